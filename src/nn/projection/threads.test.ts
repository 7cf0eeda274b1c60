/** The same map to the last bit, whatever the number of threads and however often: each time in a process of its own. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const program = `
  import { createHash } from 'node:crypto'
  import { Random } from './src/random.ts'
  import { Matrix } from './src/tensor/matrix.ts'
  import { runSync } from './src/train/run.ts'
  import { umap } from './src/nn/projection/umap.ts'
  const rng = new Random(6)
  const rows = Array.from({ length: 1500 }, (_, i) => Array.from({ length: 24 }, () => (i % 7) + rng.normal()))
  const at = runSync(umap(Matrix.from(rows), { rng: new Random(1), epochs: 20 }))
  console.log(createHash('sha256').update(at).digest('hex'))`

function mapOf(backend: string, threads: number): string {
  const env = { ...process.env, HOMOPHILY_BACKEND: backend, HOMOPHILY_THREADS: String(threads) }
  const options = { cwd: root, env, encoding: 'utf8' } as const
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], options)
}

for (const backend of ['wasm', 'native']) {
  test.skipIf(backend === 'native' && !existsSync(join(root, 'build/kernels.node')))(
    `on the ${backend} backend`,
    { timeout: 120_000 },
    () => {
      const first = mapOf(backend, 1)
      expect(first).toMatch(/^[0-9a-f]{64}\n$/)
      for (const threads of [1, 2, 5]) expect(mapOf(backend, threads)).toBe(first)
    },
  )
}
