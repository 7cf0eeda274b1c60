/**
 * A sparse matrix in compressed sparse rows. Row r's entries are indices[indptr[r] … indptr[r+1]), ascending and unique.
 * `values` null means that every entry is one. At most 2³²−1 entries.
 */
import { fail } from '../errors.ts'
import { heap, type Region } from '../kernels/heap.ts'
import { runSync, type Steps } from '../steps.ts'

/** Entries between two steps of work that takes steps: some milliseconds. */
const STEP = 2 ** 14

export class Sparse {
  readonly rows: number
  readonly cols: number
  readonly indptr: Uint32Array
  readonly indices: Int32Array
  readonly values: Float32Array | null
  #transposed: Sparse | undefined

  constructor(
    rows: number,
    cols: number,
    indptr: Uint32Array,
    indices: Int32Array,
    values: Float32Array | null,
  ) {
    if (indptr.length !== rows + 1) {
      throw fail('SHAPE', { op: 'Sparse', expected: `${rows + 1} row offsets`, got: String(indptr.length) })
    }
    if (indptr[rows] !== indices.length || (values && values.length !== indices.length)) {
      throw fail('SHAPE', {
        op: 'Sparse',
        expected: `${indptr[rows]} entries (the last row offset)`,
        got: `${indices.length} indices and ${values ? values.length : 'no'} values`,
      })
    }
    this.rows = rows
    this.cols = cols
    this.indptr = indptr
    this.indices = indices
    this.values = values
  }

  /** This matrix with its arrays on the kernel heap, in the region that is open now; symmetric ones stay their own transpose. */
  placed(): Sparse {
    return runSync(this.placing(heap.region))
  }

  /** {@link placed} in steps, in `region`. */
  *placing(region: Region): Steps<Sparse> {
    const result = yield* placing(this, region)
    if (this.#transposed)
      result.#transposed = this.#transposed === this ? result : yield* placing(this.#transposed, region)
    return result
  }

  /** Declares this matrix to equal its transpose, which saves computing and keeping one. */
  declareSymmetric(): this {
    this.#transposed = this
    return this
  }

  /** Number of stored entries. */
  get nnz(): number {
    return this.indices.length
  }

  /** Number of entries in row r. */
  degree(r: number): number {
    return this.indptr[r + 1] - this.indptr[r]
  }

  /** The column indices of row r (a view). */
  row(r: number): Int32Array {
    return this.indices.subarray(this.indptr[r], this.indptr[r + 1])
  }

  /** Whether (r, c) is stored: binary search. */
  has(r: number, c: number): boolean {
    return this.find(r, c) >= 0
  }

  /** The place of (r, c) among the entries, −1 if it is not stored: binary search. */
  find(r: number, c: number): number {
    let low = this.indptr[r]
    let high = this.indptr[r + 1]
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = this.indices[middle]
      if (at === c) return middle
      if (at < c) low = middle + 1
      else high = middle
    }
    return -1
  }

  /** The transpose, computed once (counting sort; rows of the result are ascending). */
  get transposed(): Sparse {
    return runSync(this.transposing())
  }

  /** {@link transposed} in steps. */
  *transposing(): Steps<Sparse> {
    if (this.#transposed) return this.#transposed
    const indptr = new Uint32Array(this.cols + 1)
    for (let from = 0; from < this.nnz; from += STEP) {
      countColumns(this.indices.subarray(from, from + STEP), indptr)
      yield
    }
    for (let c = 0; c < this.cols; c++) indptr[c + 1] += indptr[c]
    const next = indptr.slice(0, this.cols)
    const indices = new Int32Array(this.nnz)
    const values = this.values ? new Float32Array(this.nnz) : null
    for (let row = 0; row < this.rows;) {
      row = scatterRows(this, row, STEP, next, indices, values)
      yield
    }
    const result = new Sparse(this.cols, this.rows, indptr, indices, values)
    result.#transposed = this
    this.#transposed = result
    return result
  }
}

// The loops of steps are functions of their own, over indexes: V8 compiles those while they run, and neither generators nor for … of over
// typed arrays, which takes twenty times as long.

function countColumns(columns: Int32Array, indptr: Uint32Array): void {
  for (let e = 0; e < columns.length; e++) indptr[columns[e] + 1]++
}

/** Moves the entries of rows from `from` on, of as many as have about `most`, to their columns; answers the next row. */
function scatterRows(
  x: Sparse,
  from: number,
  most: number,
  next: Uint32Array,
  indices: Int32Array,
  values: Float32Array | null,
): number {
  const { rows, indptr, indices: columns, values: weights } = x
  let r = from
  for (; r < rows && indptr[r] - indptr[from] < most; r++) {
    for (let e = indptr[r]; e < indptr[r + 1]; e++) {
      const at = next[columns[e]]++
      indices[at] = r
      if (values) values[at] = weights![e]
    }
  }
  return r
}

function* placing({ rows, cols, indptr, indices, values }: Sparse, region: Region): Steps<Sparse> {
  return new Sparse(
    rows,
    cols,
    yield* heap.placing(indptr, region),
    yield* heap.placing(indices, region),
    values && (yield* heap.placing(values, region)),
  )
}
