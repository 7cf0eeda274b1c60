/** The program in the README runs as it stands there, on the built package. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { sampleMarketplace } from '../src/data/sample.ts'
import { Random } from '../src/random.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const program = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? ''
const built = existsSync(join(root, 'dist', 'index.js'))
if (!built) console.warn('SKIPPED: the README program needs dist/ (npm run build).')

test('the README has a program of about 15 lines that uses public exports only', () => {
  expect(program.trim().split('\n').length).toBeLessThanOrEqual(15)
  expect([...program.matchAll(/from '([^']+)'/g)].map(([, from]) => from)).toEqual(['homophily'])
  expect(readFileSync(join(root, 'examples', 'quickstart.ts'), 'utf8').trim()).toBe(program.trim())
})

describe.skipIf(!built)('on the built package', () => {
  test('the program reads, splits, trains, evaluates and recommends', () => {
    // A folder of the package, so that its own name resolves to it.
    const folder = mkdtempSync(join(root, 'build', 'readme-'))
    try {
      writeFileSync(join(folder, 'program.ts'), program)
      writeFileSync(join(folder, 'events.csv'), csv())
      const output = execFileSync(process.execPath, ['program.ts'], { cwd: folder, encoding: 'utf8' })
      expect(output).toContain('LightGCN on my events')
      expect(output).toMatch(/recall +0\.\d{4}/)
      expect(output).toMatch(/user-\d+ \S+ -?\d+\.\d{3}\n/)
      expect(output).toMatch(/similar \S+/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

function csv(): string {
  const { interactions } = sampleMarketplace(new Random(1), { users: 200, items: 100, events: 4000 })
  const { users, items, matrix, times } = interactions
  const rows = ['user,item,timestamp']
  for (let u = 0; u < matrix.rows; u++) {
    for (let e = matrix.indptr[u]; e < matrix.indptr[u + 1]; e++) {
      rows.push(`${users.id(u)},${items.id(matrix.indices[e])},${times![e] / 1000}`)
    }
  }
  return `${rows.join('\n')}\n`
}
