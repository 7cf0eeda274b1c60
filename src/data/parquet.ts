/** Parquet files, through DuckDB. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { fail } from '../errors.ts'
import { display } from './source.ts'

/** A connection that lives while `work` runs, and the SQL that reads the file; file_row_number is its rows' order. Times are in UTC. */
export async function withParquet(
  file: string,
  work: (connection: DuckDBConnection, from: string) => Promise<void>,
): Promise<void> {
  if (file === '-') {
    throw fail('DATA', {
      file: display('-'),
      expected: 'a text format',
      got: 'Parquet, which needs a file: its index is at the end',
    })
  }
  // Unless told otherwise DuckDB spills into the working directory.
  const spill = mkdtempSync(join(tmpdir(), 'homophily-'))
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '1GB',
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    await work(connection, `read_parquet(${literal(file.replace(/[*?[]/g, '[$&]'))}, file_row_number = true)`)
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'HomophilyError') throw error
    throw fail(
      'DATA',
      { file, expected: 'an intact Parquet file', got: error.message.split('\n')[0] },
      { cause: error },
    )
  } finally {
    connection.closeSync()
    instance.closeSync()
    rmSync(spill, { recursive: true, force: true })
  }
}

/** Names and types of the file's own columns. */
export async function describeParquet(
  connection: DuckDBConnection,
  from: string,
): Promise<{ readonly names: string[]; readonly types: string[] }> {
  const schema = await connection.runAndReadAll(`DESCRIBE SELECT * EXCLUDE (file_row_number) FROM ${from}`)
  const rows = schema.getRowObjects()
  return {
    names: rows.map((row) => String(row.column_name)),
    types: rows.map((row) => String(row.column_type)),
  }
}

/** A column name in SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
