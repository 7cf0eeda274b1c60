/**
 * Parquet, through DuckDB. Ids are dictionary-encoded there, so that only numbers and the distinct ids cross into JavaScript.
 * DuckDB's order of rows is not one to rely on; the file's own row numbers restore it.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { resolveColumns } from './columns.ts'
import type { Loading } from './loading.ts'
import { describeParquet, identifier, withParquet } from './parquet.ts'
import { excerpt } from './report.ts'
import type { Source } from './source.ts'
import { ID, TIME } from './values.ts'

/** A code of a dictionary whose id has no row yet: rows are numbered by first appearance among the rows that are kept. */
const UNSEEN = -2

export async function readParquet(source: Source, loading: Loading): Promise<void> {
  await withParquet(source.file, (connection, from) => readWith(connection, source.file, from, loading))
}

async function readWith(
  connection: DuckDBConnection,
  file: string,
  from: string,
  loading: Loading,
): Promise<void> {
  const { names, types } = await describeParquet(connection, from)
  const columns = resolveColumns(file, names, loading.options.columns ?? {}, loading.required)
  const used = loading.begin(file, columns, (role) => names[columns[role]])
  const name = (at: number): string => identifier(names[at])

  // A NULL or empty id has no code; a NULL number, or one that is not finite, is NaN.
  const event = used.event < 0 ? `''` : `coalesce(CAST(${name(used.event)} AS VARCHAR), '')`
  const weight = used.weight < 0 ? '1' : `coalesce(TRY_CAST(${name(used.weight)} AS DOUBLE), 'nan')`
  const time = used.time < 0 ? '0' : timeExpression(name(used.time), types[used.time])
  await connection.run(
    `CREATE TEMP TABLE events AS SELECT file_row_number AS place, CAST(${name(used.user)} AS VARCHAR) AS u,
       CAST(${name(used.item)} AS VARCHAR) AS i, ${weight} AS w, ${time} AS t, ${event} AS e FROM ${from}`,
  )
  const users = await dictionary(connection, 'u')
  const items = await dictionary(connection, 'i')
  const events = await dictionary(connection, 'e')
  const rows = Number((await connection.runAndReadAll('SELECT count(*) FROM events')).getRows()[0][0])
  const table = {
    users: new Int32Array(rows),
    items: new Int32Array(rows),
    events: new Int32Array(rows),
    weights: new Float64Array(rows),
    times: new Float64Array(rows),
  }
  const result = await connection.stream(
    `SELECT CAST(place AS DOUBLE), coalesce(us.code, -1), coalesce(its.code, -1), coalesce(es.code, -1), w, t FROM events
       LEFT JOIN dictionary_u us ON u = us.id LEFT JOIN dictionary_i its ON i = its.id LEFT JOIN dictionary_e es ON e = es.id`,
  )
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    const [at, u, i, e, w, t] = [0, 1, 2, 3, 4, 5].map((c) => chunk.getColumnValues(c) as number[])
    for (let k = 0; k < at.length; k++) {
      const row = at[k]
      table.users[row] = u[k]
      table.items[row] = i[k]
      table.events[row] = e[k]
      table.weights[row] = w[k]
      table.times[row] = t[k]
    }
  }
  const userRows = new Int32Array(users.length).fill(UNSEEN)
  const itemRows = new Int32Array(items.length).fill(UNSEEN)
  for (let row = 0; row < rows; row++) addRow(row)

  function addRow(row: number): void {
    const { tally, collector } = loading
    const bad = (at: number, expected: string, got: string): void =>
      tally.badRow(() => ({ file, line: row + 1, column: names[at], expected, got }))
    tally.rows++
    if (used.event >= 0 && !loading.acceptsEventText(table.events[row] < 0 ? '' : events[table.events[row]]))
      return
    const weight = table.weights[row]
    if (!Number.isFinite(weight)) return bad(used.weight, 'a number', 'none')
    if (weight < loading.minWeight) return loading.filter()
    const time = table.times[row]
    if (!Number.isFinite(time)) return bad(used.time, TIME, 'none')
    const user = table.users[row]
    if (user < 0) return bad(used.user, ID, excerpt(''))
    const item = table.items[row]
    if (item < 0) return bad(used.item, ID, excerpt(''))
    if (userRows[user] === UNSEEN) userRows[user] = collector.userRow(users[user])
    if (itemRows[item] === UNSEEN) itemRows[item] = collector.itemRow(items[item])
    collector.addRows(userRows[user], itemRows[item], weight, time)
  }
}

/** Makes the table dictionary_<column> of the distinct ids; returns them by code. */
async function dictionary(connection: DuckDBConnection, column: 'u' | 'i' | 'e'): Promise<string[]> {
  await connection.run(
    `CREATE TEMP TABLE dictionary_${column} AS SELECT id, (row_number() OVER (ORDER BY id) - 1)::INTEGER AS code
       FROM (SELECT DISTINCT ${column} AS id FROM events WHERE ${column} <> '')`,
  )
  const result = await connection.runAndReadAll(`SELECT id FROM dictionary_${column} ORDER BY code`)
  return result.getColumns()[0] as string[]
}

/** SQL for milliseconds since 1970 as a DOUBLE, NaN where there is none; numbers by the magnitude rule of `parseTime`. */
function timeExpression(column: string, type: string): string {
  const timestamp = `epoch_us(TRY_CAST(${column} AS TIMESTAMP)) / 1000`
  if (/^(TIMESTAMP|DATE)/.test(type)) return `coalesce(${timestamp}, 'nan')`
  const v = `TRY_CAST(${column} AS DOUBLE)`
  const number = `CASE WHEN abs(${v}) < 1e11 THEN ${v} * 1000 WHEN abs(${v}) < 1e14 THEN ${v} WHEN abs(${v}) < 1e17 THEN ${v} / 1e3 ELSE ${v} / 1e6 END`
  return type === 'VARCHAR' ? `coalesce(${number}, ${timestamp}, 'nan')` : `coalesce(${number}, 'nan')`
}
