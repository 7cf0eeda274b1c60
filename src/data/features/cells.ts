/** A column as the encoders see it: distinct texts, how many rows have each, and which of them mean that nothing is known. */
import { fail } from '../../errors.ts'
import { excerpt } from '../report.ts'
import type { Table, TableColumn } from '../table.ts'
import { encode } from '../vocabulary.ts'

/** Texts that mean "not known", beside the empty one. */
export const missingMarks: readonly string[] = ['NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', '\\N']

export class Cells {
  readonly name: string
  /** Of each row, its text; −1 where nothing is known. */
  readonly codes: Int32Array
  readonly texts: readonly string[]
  /** Rows with each text. */
  readonly counts: Float64Array
  /** Rows without one. */
  readonly missing: number
  readonly list: boolean
  readonly #table: Table

  constructor(table: Table, column: TableColumn, marks: readonly string[]) {
    this.name = column.name
    this.list = column.list
    this.#table = table
    this.texts = column.values.ids()
    const known = new Set(marks)
    const blank = this.texts.map((text) => known.has(text) || text.trim() === '')
    this.counts = new Float64Array(this.texts.length)
    let missing = 0
    this.codes = column.codes.map((code) => {
      if (code < 0 || blank[code]) {
        missing++
        return -1
      }
      this.counts[code]++
      return code
    })
    this.missing = missing
  }

  get rows(): number {
    return this.codes.length
  }

  /** Distinct texts that rows have. */
  get distinct(): number {
    return this.counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)
  }

  /** What `parse` makes of every distinct text (NaN where no row has it); one that it makes NaN of is an error. */
  parsed(parse: Parse, expected: string): Float64Array {
    const values = this.tryParsed(parse)
    const bad = values.findIndex((value, code) => Number.isNaN(value) && this.counts[code] > 0)
    if (bad >= 0) throw this.wrong(bad, `${expected} (or a mark for unknown ones, --missing)`)
    return values
  }

  tryParsed(parse: Parse): Float64Array {
    return Float64Array.from(this.texts, (text, code) => {
      if (this.counts[code] === 0) return NaN
      const { bytes, length } = encode(text)
      return parse(bytes, 0, length)
    })
  }

  /** An error about a text, at the first row that has it. */
  wrong(code: number, expected: string): Error {
    const where = this.#table.where(this.codes.indexOf(code))
    return fail('DATA', { ...where, column: this.name, expected, got: excerpt(this.texts[code]) })
  }
}

type Parse = (bytes: Uint8Array, start: number, end: number) => number
