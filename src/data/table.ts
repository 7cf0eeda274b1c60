/**
 * A table of anything: named columns of text, each kept as its distinct values and one code per row. What a value means (a number, a
 * date, a list of tags) is decided later, once per distinct value.
 */
import { fail, quote } from '../errors.ts'
import { InternTable } from './interning.ts'
import { encode, Vocabulary } from './vocabulary.ts'

/** Stands between the members of a cell that came as a list (JSON, Parquet). */
export const LIST_SEPARATOR = '\u001f'

/** The members of a cell, each once: those of a list, or what stands between separators. */
export function membersOf(text: string, separator: string): string[] {
  const parts = text.split(text.includes(LIST_SEPARATOR) ? LIST_SEPARATOR : separator)
  return [...new Set(parts.map((part) => part.trim()))].filter((part) => part !== '')
}

export interface TableColumn {
  readonly name: string
  /** Of each row, its value's row in `values`; −1 where the cell is empty, null or absent. */
  readonly codes: Int32Array
  /** The distinct values, in order of first appearance. */
  readonly values: Vocabulary
  /** Whether any cell came as a list. */
  readonly list: boolean
}

/** Where rows come from: those from `row` on are in `file`. */
interface Stretch {
  readonly file: string
  readonly row: number
}

export class Table {
  readonly rows: number
  readonly columns: readonly TableColumn[]
  readonly #lines: Uint32Array
  readonly #stretches: readonly Stretch[]

  constructor(
    rows: number,
    columns: readonly TableColumn[],
    lines: Uint32Array,
    stretches: readonly Stretch[],
  ) {
    this.rows = rows
    this.columns = columns
    this.#lines = lines
    this.#stretches = stretches
  }

  get names(): string[] {
    return this.columns.map((column) => column.name)
  }

  get files(): string[] {
    return [...new Set(this.#stretches.map(({ file }) => file))]
  }

  find(name: string): TableColumn | undefined {
    return this.columns.find((column) => column.name === name)
  }

  /** The column of this name; `flag` is what names it. */
  column(name: string, flag: string): TableColumn {
    const found = this.find(name)
    if (found) return found
    const file = this.files.join(', ')
    throw fail('MISSING_COLUMN', { file, column: name, candidates: [name], columns: this.names, flag })
  }

  /** The same rows without a column. */
  without(column: TableColumn): Table {
    const others = this.columns.filter((each) => each !== column)
    return new Table(this.rows, others, this.#lines, this.#stretches)
  }

  /** Where row r was read: the physical line it begins on (in Parquet its number, in memory its position), from 1. */
  where(row: number): { readonly file: string; readonly line: number } {
    const { file } = this.#stretches.findLast((stretch) => stretch.row <= row)!
    return { file, line: this.#lines[row] }
  }

  /** The ids in a column, one per row: every cell is filled, and none comes twice. */
  ids(column: TableColumn): Vocabulary {
    const seen = new Int32Array(column.values.size).fill(-1)
    for (let row = 0; row < this.rows; row++) {
      const code = column.codes[row]
      const fault = code < 0 ? 'nothing' : seen[code] >= 0 ? this.#again(column, code, seen[code]) : null
      if (fault !== null)
        throw fail('DATA', {
          ...this.where(row),
          column: column.name,
          expected: 'an id of its own',
          got: fault,
        })
      seen[code] = row
    }
    return column.values
  }

  #again(column: TableColumn, code: number, row: number): string {
    const { file, line } = this.where(row)
    return `${quote(column.values.id(code))}, which is also that of ${file}:${line}`
  }
}

/** Gathers a table cell by cell. */
export class TableBuilder {
  readonly #columns: {
    readonly name: string
    readonly values: InternTable
    codes: Int32Array
    list: boolean
  }[] = []
  readonly #byName = new Map<string, number>()
  readonly #stretches: Stretch[] = []
  #lines = new Uint32Array(1024)
  #rows = 0

  get rows(): number {
    return this.#rows
  }

  /** The rows that come now are of this file. */
  file(file: string): void {
    this.#stretches.push({ file, row: this.#rows })
  }

  /** The place of a column, added if it is new: rows before have nothing in it. */
  column(name: string): number {
    const found = this.#byName.get(name)
    if (found !== undefined) return found
    const codes = new Int32Array(this.#lines.length).fill(-1)
    this.#byName.set(name, this.#columns.length)
    return this.#columns.push({ name, values: new InternTable(), codes, list: false }) - 1
  }

  get names(): string[] {
    return this.#columns.map((column) => column.name)
  }

  /** A row without any cell yet. */
  row(line: number): void {
    if (this.#rows === this.#lines.length) this.#grow()
    this.#lines[this.#rows++] = line
  }

  /** The text of a cell of the last row, in UTF-8. */
  cell(column: number, bytes: Uint8Array, start: number, end: number): void {
    const { codes, values } = this.#columns[column]
    codes[this.#rows - 1] = end > start ? values.intern(bytes, start, end) : -1
  }

  text(column: number, text: string): void {
    const { bytes, length } = encode(text)
    this.cell(column, bytes, 0, length)
  }

  /** A cell that is a list. */
  list(column: number, members: readonly string[]): void {
    this.#columns[column].list = true
    this.text(column, members.join(LIST_SEPARATOR))
  }

  #grow(): void {
    const capacity = this.#lines.length * 2
    const lines = new Uint32Array(capacity)
    lines.set(this.#lines)
    this.#lines = lines
    for (const column of this.#columns) {
      const codes = new Int32Array(capacity).fill(-1)
      codes.set(column.codes)
      column.codes = codes
    }
  }

  /** The table. The builder must not be used afterwards. */
  finish(): Table {
    const n = this.#rows
    const columns = this.#columns.map(({ name, values, codes, list }) => ({
      name,
      values: Vocabulary.fromTable(values),
      codes: codes.slice(0, n),
      list,
    }))
    return new Table(n, columns, this.#lines.slice(0, n), this.#stretches)
  }
}

/** What a cell can be in a program's own records and in JSON. */
export type Cell = string | number | boolean | null | undefined | readonly (string | number | boolean)[]

export function isCell(value: unknown): value is Cell {
  return (
    value === null || value === undefined || isPlain(value) || (Array.isArray(value) && value.every(isMember))
  )
}

/** Adds a row; its columns are the keys. */
export function addRecord(builder: TableBuilder, record: Readonly<Record<string, Cell>>, line: number): void {
  const places = Object.keys(record).map((name) => builder.column(name))
  builder.row(line)
  Object.values(record).forEach((value, i) => {
    if (value === null || value === undefined) return
    if (typeof value === 'object') builder.list(places[i], value.map(String))
    else builder.text(places[i], String(value))
  })
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

function isMember(value: unknown): boolean {
  return isPlain(value) && !String(value).includes(LIST_SEPARATOR)
}

/** @throws ARGUMENT unless all values are cells. `number` is that of the record, from 1. */
export function checkRecord(record: Readonly<Record<string, unknown>>, number: number): void {
  const bad = Object.entries(record).find(([, value]) => !isCell(value))
  if (!bad) return
  throw fail('ARGUMENT', {
    what: `record ${number}, ${quote(bad[0])}`,
    expected: CELL,
    got: typeof bad[1],
  })
}

/** A table from a program's own records. The columns are the keys, in order of first appearance. */
export function tableFrom(records: Iterable<Readonly<Record<string, Cell>>>): Table {
  const builder = new TableBuilder()
  builder.file('record')
  for (const record of records) {
    checkRecord(record, builder.rows + 1)
    addRecord(builder, record, builder.rows + 1)
  }
  return builder.finish()
}

export const CELL = 'a string, a finite number, true, false, null, or a list of such'
