import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readIds, writeIds } from './ids.ts'

let root = ''
let path = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ids-'))
  path = join(root, 'ids.parquet')
})
afterAll(() => rm(root, { recursive: true }))

test('order is kept over many row groups', async () => {
  const name = (row: number) => `id ${Math.imul(row, 2654435761) >>> 0}`
  const ids = Array.from({ length: 300_000 }, (_, row) => name(row))
  expect(await writeIds(path, ids)).toBe(ids.length)
  const read = await readIds(path)
  expect(read.length).toBe(ids.length)
  expect(read.every((id, row) => id === name(row))).toBe(true)
})

test('ids may hold anything', async () => {
  const ids = [
    '',
    ' ',
    'a,b',
    '"quoted"',
    "it's",
    'a/b\\c/../d',
    'line\nbreak\r\n\ttab',
    'nul\0inside',
    'NULL',
    'null',
    '007',
    '1e3',
    'é and e\u0301',
    '用户',
    '😀👩‍👩‍👧',
    '\ufeffmark',
    '\ufeff',
    '\ufeff\ufefftwo',
    'mark\ufeff',
    '\u202eright to left',
    '漢'.repeat(100),
    'x'.repeat(70_000),
  ]
  expect(await writeIds(path, new Set(ids))).toBe(ids.length)
  expect(await readIds(path)).toEqual(ids)
})

test.each([0, 1, 2047, 2048, 2049, 4096])('%i ids', async (count) => {
  const ids = Array.from({ length: count }, (_, row) => String(row))
  expect(await writeIds(path, ids)).toBe(count)
  expect(await readIds(path)).toEqual(ids)
})

test('a folder named like a pattern or a partition is only a folder', async () => {
  const odd = join(root, "a[b]*?'q", 'id=x {y}')
  const decoy = join(root, "abz1'q", 'id=x {y}')
  for (const [folder, id] of [
    [odd, 'right'],
    [decoy, 'wrong'],
  ] as const) {
    await mkdir(folder, { recursive: true })
    await writeIds(join(folder, 'ids.parquet'), [id])
  }
  expect(await readIds(join(odd, 'ids.parquet'))).toEqual(['right'])
})

test('what is no text is refused, with its row', async () => {
  await expect(writeIds(path, ['a', '\ud800'])).rejects.toMatchObject({
    code: 'ARGUMENT',
    message: expect.stringMatching(/^id 1: expected valid Unicode text/),
  })
  await expect(writeIds(path, ['a', 7] as unknown as string[])).rejects.toMatchObject({
    code: 'ARGUMENT',
    message: expect.stringMatching(/^id 1: .* got 7$/),
  })
})

test('a file that is no Parquet is refused', async () => {
  await writeFile(path, 'id\na\n')
  await expect(readIds(path)).rejects.toMatchObject({
    code: 'ARTEFACT',
    message: expect.stringContaining(path),
  })
})
