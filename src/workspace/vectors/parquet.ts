/** Parquet: columns `id` (text) and `vector` (a list of float). */
import { DuckDBDataChunk, FLOAT, LIST, listValue, VARCHAR } from '@duckdb/node-api'
import { describeParquet, identifier, withParquet } from '../../data/parquet.ts'
import { display } from '../../data/source.ts'
import { fail } from '../../errors.ts'
import { replaceByPath } from '../atomic.ts'
import { CHUNK, forEachValue, sqlText, withDuckDB } from '../duckdb.ts'
import { type Vectors, vectorsFromTable } from './vectors.ts'

export async function writeParquetVectors(path: string, { nodes, dim, data }: Vectors): Promise<void> {
  await replaceByPath(path, (temporary) =>
    withDuckDB(async (connection) => {
      await connection.run('CREATE TEMP TABLE vectors (id VARCHAR NOT NULL, vector FLOAT[] NOT NULL)')
      const appender = await connection.createAppender('vectors')
      for (let from = 0; from < nodes.size; from += CHUNK) {
        const rows = Array.from({ length: Math.min(CHUNK, nodes.size - from) }, (_, k) => from + k)
        const chunk = DuckDBDataChunk.create([VARCHAR, LIST(FLOAT)], rows.length)
        chunk.setColumnValues(
          0,
          rows.map((row) => nodes.id(row)),
        )
        chunk.setColumnValues(
          1,
          rows.map((row) => listValue([...data.subarray(row * dim, (row + 1) * dim)])),
        )
        appender.appendDataChunk(chunk)
      }
      appender.closeSync()
      await connection.run(
        `COPY vectors TO ${sqlText(temporary)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
      )
      await connection.run('DROP TABLE vectors')
    }),
  )
}

/** Columns named `id` and `vector` or `embedding`, the latter a list of numbers. */
export async function readParquetVectors(path: string): Promise<Vectors> {
  const file = display(path)
  const ids: string[] = []
  let data = new Float32Array(0)
  let dim = 0
  await withParquet(path, async (connection, from) => {
    const { names, types } = await describeParquet(connection, from)
    const column = (candidates: readonly string[], flag: string): number => {
      const at = names.findIndex((name) => candidates.includes(name.toLowerCase()))
      if (at >= 0) return at
      throw fail('MISSING_COLUMN', { file, column: candidates[0], candidates, columns: names, flag })
    }
    const rename = 'a column of that name'
    const vector = column(['vector', 'embedding'], rename)
    if (!/\[\d*\]$/.test(types[vector])) {
      throw fail('DATA', { file, column: names[vector], expected: 'a list of numbers', got: types[vector] })
    }
    const id = identifier(names[column(['id'], rename)])
    const list = identifier(names[vector])
    const ordered = `(SELECT ${id}::VARCHAR AS id, ${list} AS vector, file_row_number AS place FROM ${from})`
    // A byte-order mark at the start of a text is part of the id, but the client's decoder would drop it: a space goes before.
    const marked = `SELECT CASE WHEN id IS NULL THEN NULL ELSE ' ' || id END FROM ${ordered} ORDER BY place`
    await forEachValue(connection, marked, (value) => {
      if (typeof value !== 'string')
        throw fail('DATA', { file, line: ids.length + 1, column: 'id', expected: 'an id', got: 'none' })
      ids.push(value.slice(1))
    })
    let row = 0
    await forEachValue(connection, `SELECT len(vector) FROM ${ordered} ORDER BY place`, (value) => {
      row++
      dim ||= Number(value ?? 0)
      if (Number(value ?? 0) === dim && dim > 0) return
      const expected = dim > 0 && row > 1 ? `${dim} numbers, as in the first row` : 'numbers'
      const got = value === null ? 'none' : String(value)
      throw fail('DATA', { file, line: row, column: names[vector], expected, got })
    })
    data = new Float32Array(ids.length * dim)
    let at = 0
    const flat = `SELECT unnest(vector)::FLOAT FROM (SELECT vector FROM ${ordered} ORDER BY place)`
    await forEachValue(connection, flat, (value) => (data[at++] = value === null ? NaN : (value as number)))
  })
  return vectorsFromTable(file, ids, data, dim)
}
