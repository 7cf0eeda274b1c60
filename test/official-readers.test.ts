/** Files of vectors, written here and read by gensim, safetensors, NumPy and pyarrow, and the other way round. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { Vocabulary } from '../src/data/vocabulary.ts'
import { Random } from '../src/random.ts'
import { escapeId } from '../src/workspace/vectors/escape.ts'
import { readVectors, writeVectors } from '../src/workspace/vectors/index.ts'

const python = process.env['PYTHON']
if (!python) {
  console.warn(
    'SKIPPED: vectors against official readers; set PYTHON to one with gensim, safetensors, numpy, pyarrow.',
  )
}
const script = fileURLToPath(new URL('official-readers.py', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'homophily-readers-'))
afterAll(() => rmSync(folder, { recursive: true }))
const run = (mode: string): string =>
  execFileSync(python!, [script, folder, mode], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  })

describe.skipIf(!python)('official readers', () => {
  test('read what is written here, whatever the ids', async () => {
    const ids = [
      'plain',
      'New York',
      'two\nlines',
      'a\tb',
      '',
      '中文',
      '100%',
      '\u00a0',
      '\ufeffmark',
      '"q",',
    ]
    const rng = new Random(2)
    const data = Float32Array.from({ length: ids.length * 4 }, () => rng.normal() * 1e-3)
    const vectors = { nodes: Vocabulary.from(ids), dim: 4, data }
    const rows = ids.map((_, r) => [...data.subarray(4 * r, 4 * r + 4)])
    for (const ending of ['txt', 'bin', 'safetensors', 'parquet', 'npy'])
      await writeVectors(join(folder, `vectors.${ending}`), vectors)
    const seen = JSON.parse(run('read')) as Record<string, { ids: string[]; rows: number[][] }>
    const words = ids.map(escapeId)
    expect(seen).toEqual({
      text: { ids: words, rows },
      binary: { ids: words, rows },
      safetensors: { ids, rows },
      parquet: { ids, rows },
      npy: { ids: words, rows },
    })
  }, 120_000)

  test('what they write is read here', async () => {
    run('write')
    writeFileSync(join(folder, 'theirs.ids.txt'), 'first\n名\n')
    for (const ending of ['txt', 'bin', 'safetensors', 'parquet', 'npy']) {
      const { nodes, dim, data } = await readVectors(join(folder, `theirs.${ending}`))
      expect([ending, nodes.ids(), dim]).toEqual([ending, ['first', '名'], 3])
      expect(data).toEqual(Float32Array.of(0.5, -1.25, 3e-20, 1, 2, 16777217))
    }
  }, 120_000)
})
