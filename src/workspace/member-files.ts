/** Members of a segment or an audience as files: CSV, JSON Lines, Parquet. */
import { DuckDBDataChunk, FLOAT, VARCHAR } from '@duckdb/node-api'
import { csvField } from '../data/csv-field.ts'
import { replaceByPath } from './atomic.ts'
import { CHUNK, sqlText, withDuckDB } from './duckdb.ts'

export interface Members {
  readonly ids: readonly string[]
  /** A number of each member under a name, such as `score`; null where there is none. */
  readonly column: { readonly name: string; readonly values: Float32Array } | null
}

/** The formats, and their media types. */
export const memberTypes = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
} as const
export type MemberFormat = keyof typeof memberTypes

/** Lines between two pieces of text. */
const LINES = 1000

/** The text of a file, in pieces: CSV with a header `id` and the column, or one JSON object a line. */
export function* memberLines(
  { ids, column }: Members,
  format: Exclude<MemberFormat, 'parquet'>,
): Generator<string> {
  if (format === 'csv') yield column ? `id,${column.name}\n` : 'id\n'
  for (let from = 0; from < ids.length; from += LINES) {
    const lines = ids.slice(from, from + LINES).map((id, i) => {
      const value = column?.values[from + i]
      if (format === 'csv') return value === undefined ? csvField(id) : `${csvField(id)},${value}`
      return JSON.stringify(value === undefined ? { id } : { id, [column!.name]: value })
    })
    yield `${lines.join('\n')}\n`
  }
}

/** Writes the columns `id` (text) and the number's, if there is one, in the order of the members. */
export async function writeMembersParquet(path: string, { ids, column }: Members): Promise<void> {
  await replaceByPath(path, (temporary) =>
    withDuckDB(async (connection) => {
      const columns = column ? `id VARCHAR NOT NULL, ${column.name} FLOAT NOT NULL` : 'id VARCHAR NOT NULL'
      await connection.run(`CREATE OR REPLACE TEMP TABLE members (${columns})`)
      const appender = await connection.createAppender('members')
      for (let from = 0; from < ids.length; from += CHUNK) {
        const part = ids.slice(from, from + CHUNK)
        const chunk = DuckDBDataChunk.create(column ? [VARCHAR, FLOAT] : [VARCHAR], part.length)
        chunk.setColumnValues(0, part)
        if (column) chunk.setColumnValues(1, [...column.values.subarray(from, from + part.length)])
        appender.appendDataChunk(chunk)
      }
      appender.closeSync()
      const target = `COPY members TO ${sqlText(temporary)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`
      await connection.run(target)
      await connection.run('DROP TABLE members')
    }),
  )
}
