/** Ids with numbers, such as the members of a segment or an audience, as files: CSV, JSON Lines, Parquet. */
import { DuckDBDataChunk, FLOAT, VARCHAR } from '@duckdb/node-api'
import { csvField } from '../data/csv-field.ts'
import { replaceByPath } from './atomic.ts'
import { CHUNK, sqlText, withDuckDB } from './duckdb.ts'

interface Column {
  /** Letters alone. */
  readonly name: string
  /** A number of each id. */
  readonly values: Float32Array
}

export interface IdTable {
  readonly ids: readonly string[]
  readonly columns: readonly Column[]
}

export interface Members {
  readonly ids: readonly string[]
  /** A number of each member under a name, such as `score`; null where there is none. */
  readonly column: Column | null
}

export const memberFormats = ['csv', 'jsonl', 'parquet'] as const
export type MemberFormat = (typeof memberFormats)[number]

export const memberTypes: Readonly<Record<MemberFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
}

/** Lines between two pieces of text. */
const LINES = 1000

/** {@link idTableLines} of members. */
export function memberLines(members: Members, format: Exclude<MemberFormat, 'parquet'>): Generator<string> {
  return idTableLines(tableOf(members), format)
}

/** {@link writeIdTableParquet} of members. */
export function writeMembersParquet(path: string, members: Members): Promise<void> {
  return writeIdTableParquet(path, tableOf(members))
}

function tableOf({ ids, column }: Members): IdTable {
  return { ids, columns: column ? [column] : [] }
}

/** The text of a file, in pieces: CSV with a header `id` and the columns, or one JSON object a line. */
export function* idTableLines(
  { ids, columns }: IdTable,
  format: Exclude<MemberFormat, 'parquet'>,
): Generator<string> {
  if (format === 'csv') yield `${['id', ...columns.map(({ name }) => name)].join(',')}\n`
  for (let from = 0; from < ids.length; from += LINES) {
    const lines = ids.slice(from, from + LINES).map((id, i) => {
      const row = columns.map(({ name, values }) => [name, values[from + i]] as const)
      if (format === 'csv') return [csvField(id), ...row.map(([, value]) => value)].join(',')
      return JSON.stringify({ id, ...Object.fromEntries(row) })
    })
    yield `${lines.join('\n')}\n`
  }
}

/** Writes the columns `id` (text) and those of numbers, in the order of the ids. */
export async function writeIdTableParquet(path: string, { ids, columns }: IdTable): Promise<void> {
  await replaceByPath(path, (temporary) =>
    withDuckDB(async (connection) => {
      const types = ['id VARCHAR NOT NULL', ...columns.map(({ name }) => `${name} FLOAT NOT NULL`)]
      await connection.run(`CREATE OR REPLACE TEMP TABLE members (${types.join(', ')})`)
      const appender = await connection.createAppender('members')
      for (let from = 0; from < ids.length; from += CHUNK) {
        const part = ids.slice(from, from + CHUNK)
        const chunk = DuckDBDataChunk.create([VARCHAR, ...columns.map(() => FLOAT)], part.length)
        chunk.setColumnValues(0, part)
        columns.forEach(({ values }, c) =>
          chunk.setColumnValues(c + 1, [...values.subarray(from, from + part.length)]),
        )
        appender.appendDataChunk(chunk)
      }
      appender.closeSync()
      const target = `COPY members TO ${sqlText(temporary)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`
      await connection.run(target)
      await connection.run('DROP TABLE members')
    }),
  )
}
