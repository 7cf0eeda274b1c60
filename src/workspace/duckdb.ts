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

/** Milliseconds after which an instance that nobody uses is closed. */
const IDLE = 1000

let shared: { readonly instance: Promise<DuckDBInstance>; users: number } | undefined

/**
 * One thread is plenty, and keeps memory and the bytes of the file independent of the machine. The instance is shared by those who come at
 * about the same time, and closed when it is idle: one that lives as long as a server keeps more and more of what it allocated.
 */
export async function withDuckDB<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const own = (shared ??= {
    instance: DuckDBInstance.create(':memory:', {
      threads: '1',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      temp_directory: '',
    }),
    users: 0,
  })
  own.users++
  try {
    const connection = await (await own.instance).connect()
    try {
      return await work(connection)
    } finally {
      connection.closeSync()
    }
  } finally {
    own.users--
    setTimeout(() => void closeIdle(own), IDLE).unref()
  }
}

async function closeIdle(own: NonNullable<typeof shared>): Promise<void> {
  if (own !== shared || own.users > 0) return
  shared = undefined
  // One that could not be made has told whoever asked for it.
  const instance = await own.instance.catch(() => null)
  instance?.closeSync()
}

export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** DuckDB takes paths to read as patterns; a character in brackets stands for itself. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, '[$&]')
}
