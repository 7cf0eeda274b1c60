import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, test } from 'vitest'
import { readTable } from './read-table.ts'
import { LIST_SEPARATOR, tableFrom, type Table } from './table.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-table-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** Cells row by row; null where there is nothing. */
function cells(table: Table): (string | null)[][] {
  return Array.from({ length: table.rows }, (_, row) =>
    table.columns.map(({ codes, values }) => (codes[row] < 0 ? null : values.id(codes[row]))),
  )
}

const EXPECTED = [
  ['u1', '34', 'Paris'],
  ['u2', null, 'a, "b"'],
  ['u3', '34', null],
]

describe('readTable', () => {
  test('CSV and TSV: quotes, empty cells, any delimiter', async () => {
    const csv = await readTable(file('a.csv', 'user, age,city\nu1,34,Paris\nu2,,"a, ""b"""\n\nu3,34,\n'))
    expect(csv.table.names).toEqual(['user', 'age', 'city'])
    expect(cells(csv.table)).toEqual(EXPECTED)
    expect(csv.report).toMatchObject({ rows: 3, kept: 3, bad: 0 })
    expect(csv.table.where(2)).toEqual({ file: join(folder, 'a.csv'), line: 5 })
    const tsv = await readTable(file('a.tsv', 'user\tage\tcity\nu1\t34\tParis\nu2\t\t"a, ""b"""\nu3\t34\t\n'))
    expect(cells(tsv.table)).toEqual(EXPECTED)
    const bare = await readTable(file('bare.csv', '1;2\n3;4\n'), { header: false })
    expect([bare.table.names, cells(bare.table)]).toEqual([
      ['1', '2'],
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ])
  })

  test('JSON Lines: keys come and go, lists, numbers as they are written', async () => {
    const { table } = await readTable(
      file(
        'a.jsonl',
        '{"id":12345678901234567890,"on":true}\n{"id":"b","tags":["x","y"],"on":null}\n{"tags":[]}\n',
      ),
    )
    expect(table.names).toEqual(['id', 'on', 'tags'])
    expect(cells(table)).toEqual([
      ['12345678901234567890', 'true', null],
      ['b', null, `x${LIST_SEPARATOR}y`],
      [null, null, null],
    ])
    expect(table.columns.map((column) => column.list)).toEqual([false, false, true])
  })

  test('Parquet: every type, in the order of the file', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const path = join(folder, 'a.parquet')
    await connection.run(
      `COPY (SELECT 'u1' AS user, 1.5::DOUBLE AS n, ['a', 'b'] AS tags, DATE '2024-02-29' AS day, TIMESTAMPTZ '2024-01-02 03:04:05+02' AS at, true AS yes
         UNION ALL SELECT 'u2', NULL, NULL, NULL, NULL, false) TO '${path}' (FORMAT parquet)`,
    )
    await connection.run(
      `COPY (SELECT i AS n FROM range(30000) t(i)) TO '${join(folder, 'long.parquet')}' (FORMAT parquet)`,
    )
    await connection.run(
      `COPY (SELECT {'a': 1} AS s) TO '${join(folder, 'nested.parquet')}' (FORMAT parquet)`,
    )
    connection.closeSync()
    instance.closeSync()
    const { table } = await readTable(path)
    expect(cells(table)).toEqual([
      ['u1', '1.5', `a${LIST_SEPARATOR}b`, '2024-02-29', '2024-01-02 01:04:05+00', 'true'],
      ['u2', null, null, null, null, 'false'],
    ])
    expect(table.find('tags')).toMatchObject({ list: true })
    const long = await readTable(join(folder, 'long.parquet'))
    expect(cells(long.table).every(([n], i) => n === String(i))).toBe(true)
    await expect(readTable(join(folder, 'nested.parquet'))).rejects.toThrow(/column "s": expected a string/)
  })

  test('several files are one table, whatever the order of their columns', async () => {
    const one = file('m1.csv', 'a,b\n1,2\n')
    const two = file('m2.csv', 'b,a\n4,3\n')
    const { table, report } = await readTable([one, two])
    expect(cells(table)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ])
    expect(table.where(1)).toEqual({ file: two, line: 2 })
    expect(report.files).toEqual([one, two])
    await expect(readTable([one, file('m3.csv', 'a\n4\n')])).rejects.toThrow(/m3\.csv: .*none called "b"/)
    await expect(readTable([one, file('m4.csv', 'a,b,c\n4,1,2\n')])).rejects.toThrow(/also "c"/)
  })

  test('malformed rows fail with file and line, or are left out and counted', async () => {
    const path = file('bad.csv', 'a,b\n1,2\n3\n5,6\n')
    await expect(readTable(path)).rejects.toThrow(/bad\.csv:3: expected 2 fields, got 1/)
    const { table, report } = await readTable(path, { maxBadRows: 0.5 })
    expect([cells(table).length, report.rows, report.bad, report.badRows[0].line]).toEqual([2, 3, 1, 3])
    await expect(readTable(file('bytes.csv', Buffer.from([97, 10, 255, 254, 10])))).rejects.toThrow(
      /bytes\.csv:2: expected text in UTF-8/,
    )
    await expect(readTable(file('deep.jsonl', '{"a":{"b":1}}\n'))).rejects.toThrow(
      /deep\.jsonl:1, column "a": expected a string/,
    )
    await expect(readTable(file('twice.csv', 'a,a\n1,2\n'))).rejects.toThrow(/every column name once/)
    await expect(readTable(file('nameless.csv', 'a,\n1,2\n'))).rejects.toThrow(/a name for every column/)
    await expect(readTable(file('head.csv', 'a,b\n'))).rejects.toThrow(/no rows/)
    await expect(readTable(file('train.txt', '1 2\n'))).rejects.toThrow(/expected a table/)
  })
})

describe('tableFrom', () => {
  test('records of a program', () => {
    const table = tableFrom([{ user: 'u1', age: 3 }, { user: 'u2', tags: ['a', 2] }, { age: null }])
    expect(cells(table)).toEqual([
      ['u1', '3', null],
      ['u2', null, `a${LIST_SEPARATOR}2`],
      [null, null, null],
    ])
    expect(table.where(1)).toEqual({ file: 'record', line: 2 })
    expect(() => tableFrom([{ a: NaN }])).toThrow(/record 1, "a": expected a string/)
  })

  test('ids are there, and unique', () => {
    const ids = (...values: (string | null)[]): string[] => {
      const table = tableFrom(values.map((user) => ({ user })))
      return table.ids(table.column('user', '--id')).ids()
    }
    expect(ids('b', 'a')).toEqual(['b', 'a'])
    expect(() => ids('b', null)).toThrow(/record:2, column "user": expected an id of its own, got nothing/)
    expect(() => ids('b', 'a', 'b')).toThrow(/record:3.*got "b", which is also that of record:1/)
    expect(() => tableFrom([{ a: 1 }]).column('user', '--id <column>')).toThrow(/Name it with --id <column>/)
  })

  test('grows', () => {
    const table = tableFrom(Array.from({ length: 5000 }, (_, i) => (i < 3000 ? { a: i } : { b: i })))
    expect([table.rows, table.columns[1].codes[2999], table.columns[1].codes[3000]]).toEqual([5000, -1, 0])
    expect(table.where(4999).line).toBe(5000)
  })
})
