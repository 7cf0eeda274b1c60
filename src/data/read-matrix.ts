/**
 * Numbers for methods that take a matrix: .npy arrays, CSV of plain numbers, and sparse triples (row, column, value) as CSV. Tables
 * with words, dates or gaps go through the features step instead.
 */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { Matrix } from '../tensor/matrix.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { MAX_INDEX, NumberFields, scanDelimited } from './delimited.ts'
import { Growing } from './growing.ts'
import { readNpy } from './npy.ts'
import { pairMatrix } from './pairs.ts'
import { display, resolveSources, type Source } from './source.ts'
import { parseNumber } from './values.ts'
import { encode } from './vocabulary.ts'

export interface Numbers {
  /** Dense ones are on the kernel heap. */
  readonly matrix: Matrix | Sparse
  /** Names of the columns, where the file has them. */
  readonly names: readonly string[] | null
}

export interface MatrixOptions {
  /** How many rows and columns there are in sparse triples, where the last may be empty. Default: as far as the entries go. */
  readonly rows?: number
  readonly columns?: number
}

/** What the columns of triples may be called; the value may be absent: each entry is then one. */
const tripleNames = [
  ['node', 'row'],
  ['feature', 'col', 'column'],
  ['value', 'weight'],
] as const

/** Reads one file: `.npy`, `.csv` or `.tsv`, compressed or not. A CSV file whose columns are node, feature, value holds triples. */
export async function readMatrix(file: string, options: MatrixOptions = {}): Promise<Numbers> {
  if (/\.npy(\.(gz|zst))?$/i.test(file)) return { matrix: await readNpy(file), names: null }
  const [source] = resolveSources(file, undefined)
  if (source.format !== 'csv' && source.format !== 'tsv')
    throw fail('DATA', {
      file,
      expected: 'numbers as .npy, .csv or .tsv',
      got: `the format ${source.format}`,
    })
  return readNumbers(source, options)
}

async function readNumbers(source: Source, options: MatrixOptions): Promise<Numbers> {
  const file = display(source.file)
  const numbers = new Growing(Float32Array)
  const rows = new Growing(Int32Array)
  const columns = new Growing(Int32Array)
  let names: readonly string[] | null = null
  let triples = false
  let width = 0
  let fields!: NumberFields
  let lines = 0
  await scanDelimited(source, undefined, {
    begin(first) {
      width = first.length
      const header = first.some((text) => !isNumber(text))
      triples = header && isTriples(first)
      names = header && !triples ? first : null
      fields = new NumberFields(file, header ? first : first.map((_, f) => String(f + 1)), parseNumber)
      return header
    },
    row(bytes, starts, ends, line) {
      lines++
      if (!triples) {
        for (let f = 0; f < width; f++) numbers.push(fields.number(bytes, starts, ends, f, line))
        return
      }
      rows.push(fields.index(bytes, starts, ends, 0, line, options.rows ?? MAX_INDEX))
      columns.push(fields.index(bytes, starts, ends, 1, line, options.columns ?? MAX_INDEX))
      if (width > 2) numbers.push(fields.number(bytes, starts, ends, 2, line))
    },
  })
  if (lines === 0)
    throw fail('EMPTY', { what: `${file}: no numbers`, todo: 'Give a file with at least one row.' })
  if (!triples) {
    const data = heap.scratchF32(numbers.size)
    data.set(numbers.values())
    return { matrix: new Matrix(lines, width, data), names }
  }
  const { matrix, duplicates } = pairMatrix(
    options.rows ?? largest(rows.values()) + 1,
    options.columns ?? largest(columns.values()) + 1,
    rows.values(),
    columns.values(),
    width > 2 ? numbers.values() : null,
    null,
    'sum',
  )
  if (duplicates > 0)
    throw fail('DATA', { file, expected: 'every (row, column) once', got: `${duplicates} that come again` })
  return { matrix, names: null }
}

function isTriples(names: readonly string[]): boolean {
  return (
    names.length >= 2 &&
    names.length <= 3 &&
    names.every((name, f) => (tripleNames[f] as readonly string[]).includes(name.toLowerCase()))
  )
}

function isNumber(text: string): boolean {
  const { bytes, length } = encode(text)
  return !Number.isNaN(parseNumber(bytes, 0, length))
}

function largest(values: Int32Array): number {
  return values.reduce((most, value) => Math.max(most, value), -1)
}
