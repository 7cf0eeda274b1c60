/** Vocabularies on disk: Parquet with one column `id`, row order = row number. */
import { DuckDBDataChunk, VARCHAR } from '@duckdb/node-api'
import { fail } from '../errors.ts'
import { CHUNK, escapeGlob, forEachValue, sqlText, withDuckDB } from './duckdb.ts'

/**
 * Writes ids to a Parquet file and returns their number. Ids may hold anything that is valid Unicode.
 *
 * @throws ARGUMENT for an id that is not a string or has half a surrogate pair, which no UTF-8 file can keep.
 */
export async function writeIds(path: string, ids: Iterable<string>): Promise<number> {
  return withDuckDB(async (connection) => {
    await connection.run('CREATE TEMP TABLE ids (id VARCHAR NOT NULL)')
    const appender = await connection.createAppender('ids')
    let count = 0
    let batch: string[] = []
    const flush = () => {
      const chunk = DuckDBDataChunk.create([VARCHAR], batch.length)
      chunk.setColumnValues(0, batch)
      appender.appendDataChunk(chunk)
      batch = []
    }
    for (const id of ids) {
      if (typeof id !== 'string' || !id.isWellFormed()) {
        throw fail('ARGUMENT', {
          what: `id ${count}`,
          expected: 'valid Unicode text',
          got: JSON.stringify(id) ?? typeof id,
        })
      }
      count++
      if (batch.push(id) === CHUNK) flush()
    }
    if (batch.length > 0) flush()
    appender.closeSync()
    await connection.run(
      `COPY ids TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
    )
    return count
  })
}

/**
 * Reads the ids of a Parquet file in row order.
 *
 * @throws ARTEFACT when it is not a Parquet file with a text column `id`, or an id is null.
 */
export async function readIds(path: string): Promise<string[]> {
  const ids: string[] = []
  const expected = 'a Parquet file with one id in each row of a text column "id"'
  const todo = 'The file is damaged or is no vocabulary: use another version or train again.'
  await withDuckDB(async (connection) => {
    try {
      const file = `read_parquet(${sqlText(escapeGlob(path))}, hive_partitioning = false, file_row_number = true)`
      await forEachValue(connection, `SELECT id FROM ${file}`, (id) => ids.push(id as string))
      // The client's decoder drops a byte-order mark at the start of a text, which is part of the id all the same.
      const marked = `SELECT file_row_number FROM ${file} WHERE starts_with(id, chr(65279))`
      await forEachValue(connection, marked, (row) => (ids[Number(row)] = `\ufeff${ids[Number(row)]}`))
    } catch (cause) {
      throw fail(
        'ARTEFACT',
        { path, expected, got: (cause as Error).message.split('\n')[0], todo },
        { cause },
      )
    }
  })
  const bad = ids.findIndex((id) => typeof id !== 'string')
  if (bad >= 0) throw fail('ARTEFACT', { path, expected, got: `${ids[bad]} in row ${bad}`, todo })
  return ids
}
