/** Reading a table, whatever its columns, from CSV, TSV, JSON Lines or Parquet. */
import { isUtf8 } from 'node:buffer'
import { fail } from '../errors.ts'
import { describeParquet, identifier, withParquet } from './parquet.ts'
import { scanDelimited } from './delimited.ts'
import { scanJsonLines } from './read-jsonl.ts'
import { excerpt, Tally, type BadRow } from './report.ts'
import { display, resolveSources, type Format, type Source } from './source.ts'
import { addRecord, CELL, isCell, LIST_SEPARATOR, TableBuilder, type Cell, type Table } from './table.ts'

export interface TableOptions {
  /** The format of all files; told by each file's name when absent. Needed for standard input. */
  readonly format?: Format
  /** Whether CSV and TSV files begin with column names; without, the columns are called 1, 2, … Default true. */
  readonly header?: boolean
  /** The delimiter of CSV files: one ASCII character. Default: the one of `,` `;` tab `|` that the first line has most of. */
  readonly delimiter?: string
  /** The share of rows that may be malformed; they are left out and reported. Default 0. */
  readonly maxBadRows?: number
}

export interface TableReport {
  readonly files: readonly string[]
  /** rows = kept + bad. */
  readonly rows: number
  readonly kept: number
  readonly bad: number
  /** The first of them. */
  readonly badRows: readonly BadRow[]
}

/**
 * Reads files of one table: all must have the same columns, in any order (JSON Lines: a key that a line lacks is a missing value).
 * Rows keep their order; files of a glob are sorted by name.
 */
export async function readTable(
  source: string | readonly string[],
  options: TableOptions = {},
): Promise<{ table: Table; report: TableReport }> {
  const sources = resolveSources(source, options.format)
  const builder = new TableBuilder()
  const tally = new Tally()
  for (const each of sources) {
    builder.file(display(each.file))
    if (each.format === 'lightgcn')
      throw fail('DATA', {
        file: each.file,
        expected: 'a table',
        got: 'the format lightgcn, which has no columns',
      })
    await readers[each.format](each, { builder, tally, options })
  }
  tally.check(options.maxBadRows ?? 0)
  const files = sources.map(({ file }) => display(file))
  if (builder.rows === 0)
    throw fail('EMPTY', {
      what: `${files.join(', ')}: no rows`,
      todo: 'Give a file with column names and at least one row.',
    })
  const { rows, bad, badRows } = tally
  return { table: builder.finish(), report: { files, rows, kept: rows - bad, bad, badRows } }
}

interface Reading {
  readonly builder: TableBuilder
  readonly tally: Tally
  readonly options: TableOptions
}

const readers: Readonly<
  Record<Exclude<Format, 'lightgcn'>, (source: Source, reading: Reading) => Promise<void>>
> = {
  csv: readDelimited,
  tsv: readDelimited,
  jsonl: readJson,
  parquet: readParquetTable,
}

/** The places of a file's columns; they must be distinct, and those of the files before. */
function placesOf({ builder }: Reading, file: string, names: readonly string[]): number[] {
  const seen = new Set<string>()
  for (const [i, name] of names.entries()) {
    if (name === '')
      throw fail('DATA', {
        file,
        line: 1,
        expected: 'a name for every column',
        got: `none for column ${i + 1}`,
      })
    if (seen.has(name))
      throw fail('DATA', { file, line: 1, expected: 'every column name once', got: `${excerpt(name)} twice` })
    seen.add(name)
  }
  const before = builder.names
  const lacking = before.find((name) => !seen.has(name))
  const further = before.length > 0 ? names.find((name) => !before.includes(name)) : undefined
  if (lacking !== undefined || further !== undefined)
    throw fail('DATA', {
      file,
      expected: `the columns of the files before it (${before.join(', ')})`,
      got: lacking === undefined ? `also ${excerpt(further!)}` : `none called ${excerpt(lacking)}`,
    })
  return names.map((name) => builder.column(name))
}

async function readDelimited(source: Source, reading: Reading): Promise<void> {
  const file = display(source.file)
  const { builder, tally, options } = reading
  const hasNames = options.header !== false
  let places: number[] = []
  const bad = (line: number, expected: string, got: string): void => {
    tally.rows++
    tally.badRow(() => ({ file, line, column: null, expected, got }))
  }
  await scanDelimited(source, options.delimiter, {
    begin(fields) {
      places = placesOf(reading, file, hasNames ? fields : fields.map((_, f) => String(f + 1)))
      return hasNames
    },
    row(bytes, starts, ends, line) {
      const count = places.length
      if (!isUtf8(bytes.subarray(starts[0], ends[count - 1])))
        return bad(line, 'text in UTF-8', 'other bytes')
      tally.rows++
      builder.row(line)
      for (let f = 0; f < count; f++) builder.cell(places[f], bytes, starts[f], ends[f])
    },
    malformed: bad,
  })
}

async function readJson(source: Source, { builder, tally }: Reading): Promise<void> {
  const file = display(source.file)
  await scanJsonLines(source, tally, (object, line) => {
    const bad = Object.entries(object).find(([, value]) => !isCell(value))
    if (!bad) return addRecord(builder, object as Readonly<Record<string, Cell>>, line)
    const [column, value] = bad
    tally.badRow(() => ({ file, line, column, expected: CELL, got: excerpt(JSON.stringify(value)) }))
  })
}

/** Lists become lists of their members' text; numbers, dates and times are written as DuckDB writes them. */
async function readParquetTable(source: Source, reading: Reading): Promise<void> {
  const { builder, tally } = reading
  await withParquet(source.file, async (connection, from) => {
    const { names, types } = await describeParquet(connection, from)
    const places = placesOf(reading, source.file, names)
    const nested = names.findIndex((_, c) => /^(STRUCT|MAP|UNION)|\[\d*\]\[\d*\]$/.test(types[c]))
    if (nested >= 0)
      throw fail('DATA', { file: source.file, column: names[nested], expected: CELL, got: types[nested] })
    const cells = names.map((name, c) => {
      const column = identifier(name)
      return types[c].endsWith(']')
        ? `array_to_string(CAST(${column} AS VARCHAR[]), chr(31))`
        : `CAST(${column} AS VARCHAR)`
    })
    const result = await connection.stream(`SELECT ${cells.join(', ')} FROM ${from} ORDER BY file_row_number`)
    let line = 0
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      const columns = names.map((_, c) => chunk.getColumnValues(c) as (string | null)[])
      for (let row = 0; row < chunk.rowCount; row++) {
        tally.rows++
        builder.row(++line)
        columns.forEach((column, c) => {
          const text = column[row]
          if (text === null) return
          if (types[c].endsWith(']')) builder.list(places[c], text.split(LIST_SEPARATOR))
          else builder.text(places[c], text)
        })
      }
    }
  })
}
