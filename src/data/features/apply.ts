/** Rows of a table as rows of a matrix, by a plan. */
import { fail } from '../../errors.ts'
import { heap } from '../../kernels/heap.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import type { Table, TableColumn } from '../table.ts'
import { Vocabulary } from '../vocabulary.ts'
import type { Block } from './block.ts'
import { Cells } from './cells.ts'
import { encodeColumn } from './encoders.ts'
import type { FeaturePlan } from './plan.ts'
import { featureNames } from './plan.ts'

export interface ColumnReport {
  readonly column: string
  /** Rows of which nothing is known here. */
  readonly missing: number
  /** Rows with a category, tag or text that the plan has not seen. */
  readonly unseen: number
}

export interface Features {
  /** rows × features; dense ones are on the kernel heap. */
  readonly matrix: Matrix | Sparse
  readonly names: readonly string[]
  /** The ids of the rows, where the table has them. */
  readonly ids: Vocabulary | null
  readonly columns: readonly ColumnReport[]
  /** Columns of the table that the plan does not know; they are not used. */
  readonly ignored: readonly string[]
  /** Columns that the table lacks, whose values count as unknown. */
  readonly absent: readonly string[]
}

export interface ApplyOptions {
  /** What to do about a column that the plan needs and the table lacks. Default `fail`. */
  readonly absent?: 'fail' | 'unknown'
}

/**
 * Encodes the rows of a table. A category that the plan has not seen goes to the column of the rare ones, or has no entry where there is none; an
 * unknown number takes the median of the fit. A cell that should be a number or a date and is not is an error with its place.
 */
export function applyFeatures(plan: FeaturePlan, table: Table, options: ApplyOptions = {}): Features {
  const blocks: Placed[] = []
  const reports: ColumnReport[] = []
  const absent: string[] = []
  let ids: Vocabulary | null = null
  let width = 0
  for (const { name, encoding } of plan.columns) {
    if (encoding.kind === 'skip') continue
    const found = table.find(name)
    if (encoding.kind === 'id') {
      if (found) ids = table.ids(found)
      continue
    }
    if (!found && options.absent !== 'unknown') table.column(name, '--feature <column=kind>')
    if (!found) absent.push(name)
    const cells = new Cells(table, found ?? emptyColumn(name, table.rows), plan.missing)
    const block = encodeColumn(encoding, cells)!
    blocks.push({ block, codes: cells.codes, offset: width })
    width += block.entries.cols
    reports.push({ column: name, missing: cells.missing, unseen: rowsOf(cells.codes, block.unseen) })
  }
  const known = new Set(plan.columns.map(({ name }) => name))
  const build = plan.layout === 'sparse' ? buildSparse : buildDense
  return {
    matrix: build(table.rows, width, blocks),
    names: featureNames(plan),
    ids,
    columns: reports,
    ignored: table.names.filter((name) => !known.has(name)),
    absent,
  }
}

interface Placed {
  readonly block: Block
  readonly codes: Int32Array
  /** Its first column in the matrix. */
  readonly offset: number
}

function emptyColumn(name: string, rows: number): TableColumn {
  return { name, codes: new Int32Array(rows).fill(-1), values: Vocabulary.from([]), list: false }
}

function rowsOf(codes: Int32Array, marks: Uint8Array): number {
  return codes.reduce((sum, code) => sum + (code >= 0 ? marks[code] : 0), 0)
}

/** The row of a block's entries for a row of the table: the last one where nothing is known. */
function rowIn({ block, codes }: Placed, row: number): number {
  return codes[row] < 0 ? block.entries.rows - 1 : codes[row]
}

function buildSparse(rows: number, width: number, blocks: readonly Placed[]): Sparse {
  const indptr = new Uint32Array(rows + 1)
  let total = 0
  for (let r = 0; r < rows; r++) {
    for (const placed of blocks) total += placed.block.entries.degree(rowIn(placed, r))
    indptr[r + 1] = total
  }
  if (total >= 2 ** 32)
    throw fail('TOO_LARGE', {
      what: 'The sparse feature matrix',
      needs: `${total} entries`,
      has: 'room for 2³² − 1',
      todo: 'Leave columns out, or hash them into fewer.',
    })
  const indices = new Int32Array(total)
  const values = new Float32Array(total)
  let at = 0
  for (let r = 0; r < rows; r++) {
    for (const placed of blocks) {
      const { entries } = placed.block
      const from = rowIn(placed, r)
      for (let e = entries.indptr[from]; e < entries.indptr[from + 1]; e++) {
        indices[at] = placed.offset + entries.indices[e]
        values[at++] = entries.values![e]
      }
    }
  }
  return new Sparse(rows, width, indptr, indices, values)
}

function buildDense(rows: number, width: number, blocks: readonly Placed[]): Matrix {
  const data = heap.f32(rows * width)
  for (let r = 0; r < rows; r++) {
    for (const placed of blocks) {
      const { entries } = placed.block
      const from = rowIn(placed, r)
      for (let e = entries.indptr[from]; e < entries.indptr[from + 1]; e++) {
        data[r * width + placed.offset + entries.indices[e]] = entries.values![e]
      }
    }
  }
  return new Matrix(rows, width, data)
}
