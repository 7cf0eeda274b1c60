/** Loaded by `--import`: see memory.ts. */
import { renameSync, writeFileSync } from 'node:fs'

const file = process.env['HOMOPHILY_BENCH_PROBE']!
const { gc } = globalThis as { gc?: () => void }

process.on('SIGUSR2', () => {
  // What finalisers give back is garbage of the second round.
  gc!()
  setImmediate(() => {
    gc!()
    const { rss, heapTotal, heapUsed, external } = process.memoryUsage()
    const [mib, temporary] = [2 ** 20, `${file}.tmp`]
    const bytes = { rss, reserved: heapTotal, heap: heapUsed, external }
    const memory = Object.fromEntries(Object.entries(bytes).map(([name, value]) => [name, value / mib]))
    writeFileSync(temporary, JSON.stringify(memory))
    renameSync(temporary, file)
  })
})
