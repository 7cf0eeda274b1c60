/**
 * A sparse matrix in compressed sparse rows. Row r's entries are indices[indptr[r] … indptr[r+1]), ascending and unique.
 * `values` null means that every entry is one. At most 2³²−1 entries.
 */
import { fail } from '../errors.ts'
import { heap, type Region } from '../kernels/heap.ts'
import { runSync, type Steps } from '../steps.ts'

/** Entries between two steps of work that takes steps: some milliseconds. */
const STEP = 2 ** 18

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
    for (let e = 0; e < this.nnz; e++) {
      indptr[this.indices[e] + 1]++
      if (e % STEP === STEP - 1) yield
    }
    for (let c = 0; c < this.cols; c++) indptr[c + 1] += indptr[c]
    const next = indptr.slice(0, this.cols)
    const indices = new Int32Array(this.nnz)
    const values = this.values ? new Float32Array(this.nnz) : null
    let told = 0
    for (let r = 0; r < this.rows; r++) {
      if (this.indptr[r] - told >= STEP) {
        yield
        told = this.indptr[r]
      }
      for (let e = this.indptr[r]; e < this.indptr[r + 1]; e++) {
        const at = next[this.indices[e]]++
        indices[at] = r
        if (values) values[at] = this.values![e]!
      }
    }
    const result = new Sparse(this.cols, this.rows, indptr, indices, values)
    result.#transposed = this
    this.#transposed = result
    return result
  }
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
