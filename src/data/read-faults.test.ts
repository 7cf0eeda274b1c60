import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReadOptions } from './options.ts'
import { readInteractions } from './read.ts'
import { describeLoad } from './report.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'homophily-read-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
let count = 0
const csv = (content: string | Uint8Array): string => file(`file-${count++}.csv`, content)

/** Reads, and checks that every row is accounted for. */
async function read(
  source: string | string[],
  options: ReadOptions = {},
): ReturnType<typeof readInteractions> {
  const result = await readInteractions(source, options)
  const { rows, kept, duplicates, bad, unknown, filtered } = result.report
  expect(kept + duplicates + bad + unknown + filtered).toBe(rows)
  return result
}

describe('bad rows', () => {
  const good = (n: number, from = 0): string =>
    Array.from({ length: n }, (_, k) => `u${(from + k) % 17},i${from + k},3,${from + k}\n`).join('')

  test('up to 1 % are left out and reported; more is an error that shows the first', async () => {
    const header = 'user,item,rating,timestamp\n'
    const exactly = csv(`${header}${good(50)}u,i,abc,1\n${good(149, 50)}`)
    const { report } = await read(exactly)
    expect(report).toMatchObject({ rows: 200, kept: 199, bad: 1 })
    const one = csv(`${header}${good(50)}u,i,abc,1\n${good(49, 50)}`)
    expect((await read(one)).report).toMatchObject({ rows: 100, bad: 1, kept: 99 })
    const more = csv(`${header}${good(50)}u,i,abc,1\n${good(20, 50)}u,i,1\n${good(9, 70)}`)
    await expect(read(more)).rejects.toMatchObject({
      code: 'DATA',
      message: expect.stringMatching(
        /:52, column "rating": expected a number, got "abc"\. 2 of 81 rows are bad, and at most 1 % may be.*\n.*:73: expected 4 fields, got 3 in "u,i,1"/,
      ),
    })
    expect((await read(more, { maxBadRows: 0.05 })).report.bad).toBe(2)
    await expect(read(one, { maxBadRows: 0 })).rejects.toThrow(/at most 0 % may be/)
  })

  const broken =
    'user,item,rating,timestamp\n' + // 1
    'u1,"i\n\n1",3,1\n' + // 2–4
    'u2,i2,abc,2\n' + // 5
    'u3,i3\n' + // 6
    '\n' + // 7
    'u4,i4,5,4,9\n' + // 8
    'u5,i5,1,yesterday\n' + // 9
    ',i6,1,1\n' + // 10
    'u7,"",1,1\n' + // 11
    '"u8,i8,1,1\n' + // 12
    'u9,i9,,1\n' + // 13
    'u10,"i10",1,1\n' // 14
  test.each(['csv', 'csv.gz', 'csv.zst'])('have the right line and column: .%s', async (extension) => {
    const content =
      extension === 'csv' ? broken : extension === 'csv.gz' ? gzipSync(broken) : zstdCompressSync(broken)
    const { interactions, report } = await read(file(`broken.${extension}`, content), { maxBadRows: 1 })
    expect(interactions.items.ids()).toEqual(['i\n\n1', 'i10'])
    expect([...interactions.matrix.values!]).toEqual([3, 1])
    expect(interactions.users.ids()).toEqual(['u1', 'u10'])
    expect(report.badRows.map(({ line, column, got }) => [line, column, got])).toEqual([
      [5, 'rating', '"abc"'],
      [6, null, '2 in "u3,i3"'],
      [8, null, '5 in "u4,i4,5,4,9"'],
      [9, 'timestamp', '"yesterday"'],
      [10, 'user', 'nothing'],
      [11, 'item', 'nothing'],
      [12, null, expect.stringContaining('"u8,i8,1,1')],
      [13, 'rating', 'nothing'],
    ])
    expect(report.rows).toBe(10)
  })

  test('bytes that are not UTF-8', async () => {
    const { report, interactions } = await read(csv(Buffer.from('user,item\nu1,caf\xe9\nu2,i\n', 'latin1')), {
      maxBadRows: 0.5,
    })
    expect(interactions.users.ids()).toEqual(['u2'])
    expect(report.badRows[0]).toMatchObject({ line: 2, column: 'item', expected: 'a non-empty id in UTF-8' })
    await expect(read(csv(Buffer.from('\ufeffuser,item\n', 'utf16le')))).rejects.toThrow(
      /expected UTF-8 text, got UTF-16/,
    )
  })

  test('in JSON Lines', async () => {
    const path = file(
      'bad.jsonl',
      '{"user":"a","item":"x","count":1}\n\n{"user":"b"\n[1]\n{"user":null,"item":"x","count":1}\n{"user":"a","item":"y","count":"many"}\n',
    )
    const { report } = await read(path, { maxBadRows: 1 })
    expect(report.badRows.map(({ line, column, got }) => [line, column, got])).toEqual([
      [3, null, '"{\\"user\\":\\"b\\""'],
      [4, null, '"[1]"'],
      [5, 'user', '"null"'],
      [6, 'count', '"\\"many\\""'],
    ])
    await expect(read(file('worse.jsonl', 'not json\nnor this\n'))).rejects.toThrow(
      /worse.jsonl:1: expected a JSON object/,
    )
  })

  test('only the first ones are kept as samples', async () => {
    const { report } = await read(csv(`user,item\n${'u\n'.repeat(50)}u,i\n`), { maxBadRows: 1 })
    expect(report.bad).toBe(50)
    expect(report.badRows).toHaveLength(10)
  })

  test('a damaged compressed file is an error, not a short one', async () => {
    const whole = gzipSync(
      `user,item\n${Array.from({ length: 5000 }, (_, k) => `u${k},i${k * 7919}\n`).join('')}`,
    )
    await expect(read(file('cut.csv.gz', whole.subarray(0, whole.length - 100)))).rejects.toThrow(
      /cut.csv.gz: expected an intact compressed file/,
    )
    const flipped = Buffer.from(whole)
    flipped[whole.length >> 1] ^= 0xff
    await expect(read(file('flipped.csv.gz', flipped))).rejects.toThrow(
      /flipped.csv.gz: expected an intact compressed file/,
    )
  })
})

describe('empty input', () => {
  test.each([
    ['empty', ''],
    ['header only', 'user,item\n'],
    ['blank lines only', '\n\n'],
    ['a byte order mark only', '\ufeff'],
  ])('%s', async (_, content) => {
    await expect(read(csv(content))).rejects.toMatchObject({
      code: 'EMPTY',
      message: expect.stringContaining('has no rows'),
    })
  })
  test.each(['empty.jsonl', 'empty.txt'])('%s', async (name) => {
    await expect(read(file(name, ''))).rejects.toMatchObject({ code: 'EMPTY' })
  })
  test('nothing but bad rows, or nothing that passes the filter', async () => {
    await expect(read(csv('user,item\nu\n'), { maxBadRows: 1 })).rejects.toThrow(
      /All of them are bad; the first is .*:2: expected 2 fields, got 1/,
    )
    await expect(read(csv('user,item,event\nu,i,view\n'), { events: ['buy'] })).rejects.toThrow(
      /events buy; the events are view/,
    )
  })
})

test('the report in sentences', async () => {
  const path = csv('user,item,rating\nu,i,1\nu,i,2\nu,j\nv,j,0\n')
  const { report } = await read(path, { maxBadRows: 1, minWeight: 1 })
  expect(describeLoad(report)).toEqual([
    `4 rows in ${path}: 1 kept, 1 merged as duplicates, 1 left out by the filter, 1 bad and left out.`,
    `${path}:4: expected 3 fields, got 2 in "u,j"`,
  ])
})
