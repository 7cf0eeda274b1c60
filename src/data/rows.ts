/** A file row by row, each a record of named cells, for what is too long to be held whole. */
import { isUtf8 } from 'node:buffer'
import { fail } from '../errors.ts'
import { scanDelimited } from './delimited.ts'
import { describeParquet, identifier, withParquet } from './parquet.ts'
import { JSON_OBJECT, scanObjects } from './read-jsonl.ts'
import { excerpt } from './report.ts'
import { display, type Format, formatByName, rowExtensions, type Source } from './source.ts'
import { type Cell, CELL, isCell, LIST_SEPARATOR } from './table.ts'

/** The cells that a row has, by column; CSV and TSV have text only, and no cell where there is nothing. */
export type Row = Readonly<Record<string, Cell>>

export interface RowVisitor {
  row(row: Row, line: number): void
  /** A line that is no row. */
  bad(line: number, detail: string): void
  /** Waited for before more is read, some thousands of rows later. */
  pause(): Promise<void>
}

/** Formats that have columns. */
export type RowFormat = Exclude<Format, 'lightgcn'>
export const rowFormats: readonly RowFormat[] = ['csv', 'tsv', 'jsonl', 'parquet']

/** The format of a file by its name. */
export function rowFormatOf(file: string): RowFormat {
  return formatByName(file, rowExtensions, rowFormats)
}

/** Reads `file`; `delimiter` is of CSV, found out when absent. Answers the columns, in the order they were met. */
export async function scanRows(
  {
    file,
    format,
    delimiter,
  }: Source & { readonly format: RowFormat; readonly delimiter?: string | undefined },
  visitor: RowVisitor,
): Promise<string[]> {
  if (format === 'parquet') return scanParquet(file, visitor)
  if (format === 'jsonl') return scanLines({ file, format }, visitor)
  return scanFields({ file, format }, delimiter, visitor)
}

const decoder = new TextDecoder()

async function scanFields(
  source: Source,
  delimiter: string | undefined,
  visitor: RowVisitor,
): Promise<string[]> {
  let names: string[] = []
  await scanDelimited(source, delimiter, {
    begin(fields) {
      names = distinct(display(source.file), fields)
      return true
    },
    row(bytes, starts, ends, line) {
      if (!isUtf8(bytes.subarray(starts[0], ends[names.length - 1])))
        return visitor.bad(line, 'expected text in UTF-8, got other bytes')
      const cells: [string, string][] = []
      for (let f = 0; f < names.length; f++) {
        if (ends[f] > starts[f]) cells.push([names[f], decoder.decode(bytes.subarray(starts[f], ends[f]))])
      }
      visitor.row(Object.fromEntries(cells), line)
    },
    malformed: (line, expected, got) => visitor.bad(line, `expected ${expected}, got ${got}`),
    pause: () => visitor.pause(),
  })
  return names
}

async function scanLines(source: Source, visitor: RowVisitor): Promise<string[]> {
  const names = new Set<string>()
  await scanObjects(source, {
    object(object, line) {
      const wrong = Object.entries(object).find(([, value]) => !isCell(value))
      if (wrong) return visitor.bad(line, `column ${JSON.stringify(wrong[0])}: expected ${CELL}`)
      for (const name of Object.keys(object)) names.add(name)
      visitor.row(object as Row, line)
    },
    bad: (line, got) => visitor.bad(line, `expected ${JSON_OBJECT}, got ${got}`),
    pause: () => visitor.pause(),
  })
  return [...names]
}

/** Whole numbers that a double holds, fractions, and truth values are cells of their kind; times are text; lists have members of text. */
async function scanParquet(file: string, visitor: RowVisitor): Promise<string[]> {
  let columns: string[] = []
  await withParquet(file, async (connection, from) => {
    const { names, types } = await describeParquet(connection, from)
    columns = distinct(file, names)
    const nested = names.findIndex((_, c) => /^(STRUCT|MAP|UNION)|\[\d*\]\[\d*\]$/.test(types[c]))
    if (nested >= 0) throw fail('DATA', { file, column: names[nested], expected: CELL, got: types[nested] })
    // The client's decoder drops a byte-order mark at the start of a text: a space goes before, and is taken away again.
    const cells = names.map((name, c) => {
      const list = types[c].endsWith(']')
      const column = identifier(name)
      const text = list
        ? `array_to_string(CAST(${column} AS VARCHAR[]), chr(31))`
        : `CAST(${column} AS VARCHAR)`
      return `' ' || ${text}`
    })
    const result = await connection.stream(`SELECT ${cells.join(', ')} FROM ${from} ORDER BY file_row_number`)
    let line = 0
    for (;;) {
      const chunk = await result.fetchChunk()
      if (!chunk || chunk.rowCount === 0) return
      const values = names.map((_, c) => chunk.getColumnValues(c) as (string | null)[])
      for (let row = 0; row < chunk.rowCount; row++) {
        const filled = names.flatMap((name, c) => {
          const text = values[c][row]
          return text === null ? [] : [[name, cellOf(text.slice(1), types[c])] as const]
        })
        visitor.row(Object.fromEntries(filled), ++line)
      }
      await visitor.pause()
    }
  })
  return columns
}

function cellOf(text: string, type: string): Cell {
  if (type.endsWith(']')) return text === '' ? [] : text.split(LIST_SEPARATOR)
  if (type === 'BOOLEAN') return text === 'true'
  if (!/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/.test(type)) return text
  const value = Number(text)
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : text
}

/** Names of columns: all there, and each once. */
function distinct(file: string, names: readonly string[]): string[] {
  const seen = new Set<string>()
  for (const [at, name] of names.entries()) {
    if (name === '' || seen.has(name)) {
      const expected = 'a name of its own for every column'
      const got = name === '' ? `none for column ${at + 1}` : `${excerpt(name)} twice`
      throw fail('DATA', { file: display(file), line: 1, expected, got })
    }
    seen.add(name)
  }
  return [...names]
}
