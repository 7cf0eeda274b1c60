/** DuckDB as the reader and writer of our own Parquet files. */
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'

/** The most rows that one chunk holds. */
export const CHUNK = 2048

/** Calls `use` with each value of the first column of a query. */
export async function forEachValue(
  connection: DuckDBConnection,
  sql: string,
  use: (value: DuckDBValue) => void,
): Promise<void> {
  const result = await connection.stream(sql)
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return
    for (const value of chunk.getColumnValues(0)) use(value)
  }
}

let shared: Promise<DuckDBInstance> | undefined

/** One thread is plenty, and keeps memory and the bytes of the file independent of the machine. */
export async function withDuckDB<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  shared ??= DuckDBInstance.create(':memory:', {
    threads: '1',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: '',
  })
  const connection = await (await shared).connect()
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
  }
}

export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** DuckDB takes paths to read as patterns; a character in brackets stands for itself. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, '[$&]')
}
