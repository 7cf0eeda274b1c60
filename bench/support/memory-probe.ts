/** Loaded by `--import`: see memory.ts. */
import { renameSync, writeFileSync } from 'node:fs'

const file = process.env['HOMOPHILY_BENCH_PROBE']!
const { gc } = globalThis as { gc?: () => void }

process.on('SIGUSR2', () => {
  // What finalisers give back is garbage of the second round.
  gc!()
  setImmediate(() => {
    gc!()
    const { rss, heapUsed, external } = process.memoryUsage()
    const [mib, temporary] = [2 ** 20, `${file}.tmp`]
    writeFileSync(
      temporary,
      JSON.stringify({ rss: rss / mib, heap: heapUsed / mib, external: external / mib }),
    )
    renameSync(temporary, file)
  })
})
