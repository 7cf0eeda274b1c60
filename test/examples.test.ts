/** The examples of embedding methods run as they stand, on the sources. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { embedders } from '../src/models/embed/index.ts'
import { Random } from '../src/random.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const docs = readFileSync(join(root, 'docs', 'embeddings.md'), 'utf8')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'homophily-examples-'))
  writeFileSync(join(folder, 'friends.csv'), friends())
  writeFileSync(join(folder, 'events.csv'), events())
  const items = Array.from({ length: 20 }, (_, i) => `i${i},c${i % 4}\n`)
  writeFileSync(join(folder, 'items.csv'), `item,category\n${items.join('')}`)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs an example with the package's names standing for its sources. */
async function run(name: string): Promise<string> {
  const source = (path: string): string => JSON.stringify(pathToFileURL(join(root, 'src', path)).href)
  const program = readFileSync(join(root, 'examples', `${name}.ts`), 'utf8')
    .replaceAll("'homophily'", source('index.ts'))
    .replaceAll("'homophily/graph'", source('graph/index.ts'))
  writeFileSync(join(folder, `${name}.ts`), program)
  const { stdout } = await promisify(execFile)(process.execPath, [`${name}.ts`], { cwd: folder })
  return stdout
}

describe('examples', () => {
  test('deepwalk', async () => {
    const out = await run('deepwalk')
    expect(out).toMatch(/^(near ann a\d 0\.\d{3}\n){3}saved version 1\n$/)
  })

  test('node2vec', async () => {
    expect(await run('node2vec')).toMatch(/^p 1, q 0\.25: a\d a\d a\d\np 0\.25, q 4: a\d a\d a\d\n$/)
  })

  test('line', async () => {
    expect(await run('line')).toMatch(/^17 vectors of 32 numbers, the first of ann's: -?0\.\d+/)
    expect(readFileSync(join(folder, 'friends.txt'), 'utf8')).toMatch(/^17 32\nann -?0\.\d+ /)
  })

  test('item2vec', async () => {
    const lines = (await run('item2vec')).trim().split('\n')
    expect(lines.slice(0, 5).every((line) => /^next i\d+ -?\d\.\d{3}$/.test(line))).toBe(true)
    expect(lines.slice(5).every((line) => /^diverse i\d+$/.test(line))).toBe(true)
    expect(lines.length).toBeGreaterThan(5)
  })

  test('eges', async () => {
    const lines = (await run('eges')).trim().split('\n')
    expect(lines.slice(0, 3).every((line) => /^near i\d+ i\d+ -?\d\.\d{3}$/.test(line))).toBe(true)
    expect(lines.slice(3).every((line) => /^near something new of c1 i\d+$/.test(line))).toBe(true)
    expect(lines.length).toBe(6)
  })

  test('m2grl', async () => {
    const lines = (await run('m2grl')).trim().split('\n')
    expect(lines.slice(0, 3).every((line) => /^near i\d+ i\d+ -?\d\.\d{3}$/.test(line))).toBe(true)
    expect(lines[3]).toMatch(/^tasks .*"item"/)
  })
})

test('the page on embeddings names every method, and every file it names is there', () => {
  for (const { name } of embedders) expect(docs).toContain(`\`${name}\``)
  for (const [, file] of docs.matchAll(/\]\((\.\.?\/[^)#]+)\)/g))
    expect([file, existsSync(join(root, 'docs', file))]).toEqual([file, true])
})

/** Two groups of eight with one friendship between them; ann belongs to the first. */
function friends(): string {
  const rows = ['source,target', 'a1,b1']
  for (const side of ['a', 'b'])
    for (let i = 0; i < 8; i++) for (let j = 0; j < i; j++) rows.push(`${side}${i},${side}${j}`)
  for (let i = 0; i < 8; i++) rows.splice(1, 0, `ann,a${i}`)
  return `${rows.join('\n')}\n`
}

function events(): string {
  const rng = new Random(3)
  const rows = Array.from({ length: 1200 }, (_, k) => {
    const user = Math.floor(k / 12)
    return `u${user},i${2 * rng.int(10) + (user % 2)},${1_700_000_000 + k}`
  })
  return `user,item,timestamp\n${rows.join('\n')}\n`
}
