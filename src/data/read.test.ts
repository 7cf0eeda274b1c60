import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Interactions } from './interactions.ts'
import type { ReadOptions } from './options.ts'
import { readInteractions } from './read.ts'

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

/** `user item weight time` of every entry, sorted. */
function lines({ users, items, matrix, times }: Interactions): string[] {
  const found: string[] = []
  for (let u = 0; u < matrix.rows; u++) {
    for (let e = matrix.indptr[u]; e < matrix.indptr[u + 1]; e++) {
      found.push(
        [users.id(u), items.id(matrix.indices[e]), matrix.values?.[e], times?.[e]]
          .filter((v) => v !== undefined)
          .join(' '),
      )
    }
  }
  return found.sort()
}

/** Reads, and checks what every report must satisfy. */
async function read(
  source: string | string[],
  options: ReadOptions = {},
): ReturnType<typeof readInteractions> {
  const result = await readInteractions(source, options)
  const { rows, kept, duplicates, bad, unknown, filtered } = result.report
  expect(kept + duplicates + bad + unknown + filtered).toBe(rows)
  expect(kept).toBe(result.interactions.matrix.nnz)
  return result
}

const TABLE = 'user,item,rating,timestamp\nu1,i1,4,100\nu2,i1,3.5,200\nu1,i2,1,300\n'
const EXPECTED = ['u1 i1 4 100000', 'u1 i2 1 300000', 'u2 i1 3.5 200000']

describe('formats', () => {
  const jsonl = TABLE.trim()
    .split('\n')
    .slice(1)
    .map((row) => {
      const [user, item, rating, timestamp] = row.split(',')
      return JSON.stringify({ user, item, rating: Number(rating), timestamp: Number(timestamp) })
    })
    .join('\n')
  test.each<[string, () => string | Uint8Array]>([
    ['plain.csv', () => TABLE],
    ['tabs.tsv', () => TABLE.replaceAll(',', '\t')],
    ['semicolon.csv', () => TABLE.replaceAll(',', ';')],
    ['bars.csv', () => TABLE.replaceAll(',', '|')],
    ['windows.csv', () => `\ufeff${TABLE.replaceAll('\n', '\r\n')}`],
    ['mixed-line-ends.csv', () => TABLE.replace('100\n', '100\r\n')],
    ['no-final-line-end.csv', () => TABLE.trimEnd()],
    ['blank-lines.csv', () => TABLE.replaceAll('\n', '\n\n')],
    ['packed.csv.gz', () => gzipSync(TABLE)],
    ['packed.tsv.zst', () => zstdCompressSync(TABLE.replaceAll(',', '\t'))],
    ['packed-without-saying.csv', () => gzipSync(TABLE)],
    ['two-members.csv.gz', () => Buffer.concat([gzipSync(TABLE.slice(0, 40)), gzipSync(TABLE.slice(40))])],
    ['lines.jsonl', () => jsonl],
    ['lines.ndjson.gz', () => gzipSync(`${jsonl}\n\n`)],
    ['lines.jsonl.zst', () => zstdCompressSync(jsonl)],
  ])('%s', async (name, content) => {
    const { interactions, report } = await read(file(name, content()))
    expect(lines(interactions)).toEqual(EXPECTED)
    expect(interactions.users.ids()).toEqual(['u1', 'u2'])
    expect(report).toMatchObject({ rows: 3, kept: 3, bad: 0, unknown: 0, timeRange: [100_000, 300_000] })
    expect(report.columns).toEqual({
      user: 'user',
      item: 'item',
      weight: 'rating',
      time: 'timestamp',
      event: null,
    })
  })

  test('the LightGCN text format, with a user who has no items', async () => {
    const { interactions, report } = await read(file('train.txt', '0 10 11 12\r\n1 10\n2 \n\n3\n1 12 10\n'))
    expect(lines(interactions)).toEqual(['0 10', '0 11', '0 12', '1 10', '1 12'])
    expect(report).toMatchObject({ rows: 6, kept: 5, duplicates: 1 })
  })

  test('Parquet, whatever the types of the columns', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const path = (name: string): string => join(folder, name)
    const write = (name: string, select: string): unknown =>
      connection.run(`COPY (${select}) TO '${path(name)}' (FORMAT parquet)`)
    await write(
      'a.parquet',
      `SELECT * FROM (VALUES ('u1', 'i1', 4.0, 100), ('u2', 'i1', 3.5, 200), ('u1', 'i2', 1.0, 300)) t("user", item, rating, ts)`,
    )
    const first = await read(path('a.parquet'))
    expect(lines(first.interactions)).toEqual(EXPECTED)
    expect(first.interactions.users.ids()).toEqual(['u1', 'u2'])
    await write(
      'b.parquet',
      `SELECT 7::BIGINT AS user_id, '007' AS item_id, TIMESTAMPTZ '2024-01-02 03:04:05+02' AS time UNION ALL SELECT 8, '7', NULL UNION ALL SELECT NULL, '7', now()`,
    )
    const second = await read(path('b.parquet'), { maxBadRows: 1 })
    expect(lines(second.interactions)).toEqual([`7 007 ${Date.UTC(2024, 0, 2, 1, 4, 5)}`])
    expect(second.report.badRows.map(({ line, column }) => [line, column])).toEqual([
      [2, 'time'],
      [3, 'user_id'],
    ])
    await write(
      'c.parquet',
      `SELECT 'u' || (i % 700) AS "user", 'i' || (i % 901) AS item, i AS ts, i % 3 AS count FROM range(20000) t(i)`,
    )
    const third = await read(path('c.parquet'), { minWeight: 1 })
    expect(third.interactions.users.ids().slice(0, 5)).toEqual(['u1', 'u2', 'u4', 'u5', 'u7'])
    expect(third.report).toMatchObject({ rows: 20_000, filtered: 6667 })
    await write("[d] it's.parquet".replace("'", "''"), `SELECT 'u' AS "user", 'i' AS item`)
    expect((await read(path("[d] it's.parquet"))).report.rows).toBe(1)
    connection.closeSync()
    instance.closeSync()
    await expect(read(file('broken.parquet', 'PAR1 not really'))).rejects.toThrow(
      /broken.parquet: expected an intact Parquet file/,
    )
    await expect(read(path('a.parquet'), { columns: { user: 'who' } })).rejects.toThrow(
      /no user column \(looked for who\).*"user", "item"/,
    )
  })

  test('globs, in the order of the names, and names with glob characters', async () => {
    mkdirSync(join(folder, 'many'))
    for (const [k, name] of ['b', 'a', '[c]'].entries()) file(`many/part-${name}.csv`, `item,user\nx${k},u\n`)
    const { interactions, report } = await read(join(folder, 'many/*.csv'))
    expect(report.files.map((f) => f.slice(-5, -4))).toEqual([']', 'a', 'b'])
    expect(interactions.items.ids()).toEqual(['x2', 'x1', 'x0'])
    expect((await read(join(folder, 'many/part-[c].csv'))).interactions.items.ids()).toEqual(['x2'])
    expect((await read([join(folder, 'many/part-a.csv'), join(folder, 'many/part-b.csv')])).report.rows).toBe(
      2,
    )
    await expect(read(join(folder, 'none-*.csv'))).rejects.toThrow(/No file matches/)
    await expect(read(join(folder, 'none.csv'))).rejects.toThrow(/There is no file/)
    await expect(read(join(folder, 'many'))).rejects.toThrow(/got a folder/)
    await expect(read([])).rejects.toThrow(/No input file/)
    await expect(read(file('data.xyz', 'x'))).rejects.toThrow(/say what it is with --format/)
  })

  test('standard input', async () => {
    const program = `import { readInteractions } from ${JSON.stringify(fileURLToPath(new URL('read.ts', import.meta.url)))}
      const { interactions, report } = await readInteractions('-', { format: 'csv' })
      console.log(JSON.stringify([interactions.users.ids(), interactions.matrix.nnz, report.files]))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (data) => (output += String(data)))
    child.stdin.end(gzipSync(TABLE))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).toBe(0)
    expect(JSON.parse(output)).toEqual([['u1', 'u2'], 3, ['standard input']])
    await expect(read('-')).rejects.toThrow(/standard input: expected a format/)
  })
})

describe('ids', () => {
  test('are strings, whatever they look like', async () => {
    const long = '名'.repeat(99) + '😀'
    const odd = [
      '007',
      '7',
      '7.0',
      '1e3',
      'a,b',
      'say "hi"',
      'a/b/../c',
      'two\nlines',
      ' padded ',
      long,
      'NULL',
      'true',
    ]
    const quoted = odd.map((id) => `"${id.replaceAll('"', '""')}",x\n`).join('')
    const { interactions } = await read(csv(`user,item\n${quoted}`))
    expect(interactions.users.ids()).toEqual(odd)
    const rows = odd.map((user) => `${JSON.stringify({ user, item: 'x' })}\n`).join('')
    expect((await read(file('ids.jsonl', rows))).interactions.users.ids()).toEqual(odd)
  })

  test('JSON numbers are kept as written, even beyond 2⁵³', async () => {
    const path = file(
      'numbers.jsonl',
      '{"user":12345678901234567891,"item":7}\n{"user":12345678901234567892,"item":"7"}\n',
    )
    const { interactions } = await read(path)
    expect(interactions.users.ids()).toEqual(['12345678901234567891', '12345678901234567892'])
    expect(interactions.items.ids()).toEqual(['7'])
  })

  test('one user', async () => {
    const { interactions } = await read(csv('user,item\nu,a\nu,b\n'))
    expect([interactions.users.size, interactions.items.size]).toEqual([1, 2])
  })
})

describe('columns', () => {
  test('are found by usual names, in any order and case, or as told', async () => {
    const found = await read(csv('Movie-ID,when,Rating,UserID\nm,5,2,u\n'))
    expect(lines(found.interactions)).toEqual(['u m 2'])
    const told = await read(csv('a,b,c,d,user\nu,i,3,2024-01-02,x\n'), {
      columns: { user: 'a', item: 'b', weight: 'c', time: 'd' },
    })
    expect(lines(told.interactions)).toEqual([`u i 3 ${Date.UTC(2024, 0, 2)}`])
  })

  test('a missing one lists those there are, and the flag', async () => {
    await expect(read(csv('who,item\nu,i\n'))).rejects.toMatchObject({
      code: 'MISSING_COLUMN',
      message: expect.stringMatching(
        /no user column \(looked for user, user_id.*\); the file has "who", "item"\. Name it with --user/,
      ),
    })
    await expect(read(csv('user,item\nu,i\n'), { columns: { time: 'when' } })).rejects.toThrow(
      /no time column/,
    )
    await expect(read(csv('user,item\nu,i\n'), { events: ['buy'] })).rejects.toThrow(
      /no event column.*--event/,
    )
    await expect(read(csv('user,item\nu,i\n'), { minWeight: 2 })).rejects.toThrow(/no weight column/)
    await expect(read(file('one.jsonl', '{"user":"u","what":1}\n'))).rejects.toThrow(
      /no item column.*"user", "what"/,
    )
  })

  test('without a header: numbers are refused as names, and read by position when told', async () => {
    const path = csv('1,10,5,100\n2,10,4,200\n')
    await expect(read(path)).rejects.toThrow(
      /:1: expected column names.*only numbers \(1, 10, 5, 100\).*--no-header/,
    )
    const { interactions } = await read(path, { header: false })
    expect(lines(interactions)).toEqual(['1 10 5 100000', '2 10 4 200000'])
    const swapped = await read(path, { header: false, columns: { user: '2', item: '1' } })
    expect(lines(swapped.interactions)).toEqual(['10 1', '10 2'])
    await expect(read(path, { header: false, columns: { weight: '9' } })).rejects.toThrow(
      /column number 9.*--weight-column <number>/,
    )
  })

  test('files that disagree on weights or times are refused', async () => {
    await expect(read([csv('user,item,rating\nu,i,1\n'), csv('user,item\nu,j\n')])).rejects.toThrow(
      /expected a weight column, as in/,
    )
  })
})

describe('options', () => {
  const log =
    'user,item,event,rating,date\na,x,view,1,2024-01-03\na,x,buy,5,2024-01-01\nb,y,view,2,2024-01-02\nb,y,view,2,2024-01-04\n'
  const day = (n: number): number => Date.UTC(2024, 0, n)

  test.each([
    ['first', [`a x 5 ${day(1)}`, `b y 2 ${day(2)}`]],
    ['last', [`a x 1 ${day(3)}`, `b y 2 ${day(4)}`]],
    ['sum', [`a x 6 ${day(3)}`, `b y 4 ${day(4)}`]],
    ['max', [`a x 5 ${day(1)}`, `b y 2 ${day(2)}`]],
  ] as const)('duplicates: %s', async (duplicates, expected) => {
    const { interactions, report } = await read(csv(log), { duplicates })
    expect(lines(interactions)).toEqual(expected)
    expect(report).toMatchObject({ duplicates: 2, events: { view: 3, buy: 1 } })
  })

  test('events, minWeight, implicit', async () => {
    const bought = await read(csv(log), { events: ['buy'] })
    expect(lines(bought.interactions)).toEqual([`a x 5 ${day(1)}`])
    expect(bought.interactions.users.ids()).toEqual(['a'])
    expect(bought.report).toMatchObject({ filtered: 3, events: { view: 3, buy: 1 } })
    expect((await read(csv(log), { minWeight: 2 })).report.filtered).toBe(1)
    const implicit = await read(csv(log), { implicit: true, minWeight: 2 })
    expect(implicit.interactions.matrix.values).toBeNull()
    expect(implicit.report).toMatchObject({ filtered: 1, columns: { weight: null } })
    expect(
      (await read(csv('user,item,rating\nu,i,good\n'), { implicit: true })).interactions.matrix.nnz,
    ).toBe(1)
  })

  test('vocabularies of an existing data set: others are counted as unknown', async () => {
    const train = (await read(csv('user,item\nu1,i1\nu2,i2\n'))).interactions
    const { interactions, report } = await read(csv('user,item\nu2,i1\nu3,i1\nu1,i9\nu3,i9\n'), {
      vocabularies: train,
    })
    expect(interactions.users).toBe(train.users)
    expect(lines(interactions)).toEqual(['u2 i1'])
    expect(report).toMatchObject({ unknown: 3, unknownUser: 2, unknownItem: 2 })
    const none = await read(csv('user,item\nu3,i9\n'), { vocabularies: train })
    expect(none.interactions.matrix.nnz).toBe(0)
  })

  test('out of their domain', async () => {
    const path = csv('user,item\nu,i\n')
    await expect(read(path, { duplicates: 'most' as never })).rejects.toThrow(
      /unknown duplicate policy "most"/,
    )
    await expect(read(path, { maxBadRows: 2 })).rejects.toThrow(/share from 0 to 1/)
    await expect(read(path, { minWeight: NaN })).rejects.toThrow(/minWeight/)
    await expect(read(path, { delimiter: ';;' })).rejects.toThrow(/one ASCII character/)
    expect((await read(csv('user^item\nu,1^i\n'), { delimiter: '^' })).interactions.users.ids()).toEqual([
      'u,1',
    ])
  })
})
