/** Reading a CSV file of 10 million rows into an integer CSR graph: seconds and peak memory, in a process of its own. */
import { spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Random } from '../src/random.ts'

const ROWS = 10_000_000
const [USERS, ITEMS] = [100_000, 50_000]

export async function reading(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  try {
    const file = join(folder, 'events.csv')
    await generate(file)
    console.log(
      `${ROWS} rows, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB: user,item,rating,timestamp; ${USERS} users, ${ITEMS} items`,
    )
    const script = fileURLToPath(new URL('./support/read-once.ts', import.meta.url))
    for (let round = 0; round < 3; round++) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' })
      if (status !== 0) throw new Error(stderr)
      console.log(stdout.trim())
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function generate(file: string): Promise<void> {
  const rng = new Random(1)
  const out = createWriteStream(file)
  out.write('user,item,rating,timestamp\n')
  for (let row = 0; row < ROWS;) {
    const lines: string[] = []
    for (let k = 0; k < 50_000 && row < ROWS; k++, row++) {
      const user = Math.floor(USERS * rng.float() ** 1.5)
      const item = Math.floor(ITEMS * rng.float() ** 2)
      lines.push(`u${user},i${item},${1 + rng.int(5)},${1_500_000_000 + row}\n`)
    }
    if (!out.write(lines.join(''))) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
}
