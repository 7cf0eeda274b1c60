/** Rows to compare, dense or sparse: the few products that distances are made of, the same for both. */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { Matrix } from './matrix.ts'
import { Sparse } from './sparse.ts'

/** n × d, a row per node. Sparse ones stay sparse. */
export type Features = Matrix | Sparse

/** The same rows with their arrays where kernels can reach them. */
export function placeFeatures(x: Features): Features {
  return x instanceof Sparse ? x.placed() : new Matrix(x.rows, x.cols, heap.place(x.data))
}

/** Stored values: all of them where they are dense. */
export function storedValues(x: Features): number {
  return x instanceof Sparse ? x.nnz : x.rows * x.cols
}

/** Throws ARGUMENT at the first value that is NaN or infinite, with its row and column. */
export function checkFinite(x: Features, what: string): void {
  const values = x instanceof Sparse ? x.values : x.data
  if (!values) return
  for (let e = 0; e < values.length; e++) {
    if (Number.isFinite(values[e])) continue
    const [row, column] = x instanceof Sparse ? entryAt(x, e) : [Math.floor(e / x.cols), e % x.cols]
    throw fail('ARGUMENT', {
      what,
      expected: 'finite numbers (fill in or leave out missing values first)',
      got: `${values[e]} in row ${row}, column ${column} (counted from 0)`,
    })
  }
}

function entryAt(x: Sparse, entry: number): [number, number] {
  let row = 0
  while (x.indptr[row + 1] <= entry) row++
  return [row, x.indices[entry]]
}

/**
 * out[i, j] = alpha · x[from + i] · y[j] for the rows from … to − 1 of x and all of y. `turned` is yᵀ (d × rows of y), which
 * sparse rows need: see {@link turnedFor}.
 */
export function rowProducts(
  x: Features,
  from: number,
  to: number,
  y: Matrix,
  turned: Float32Array | null,
  alpha: number,
  out: Float32Array,
): void {
  const [k, d] = [y.rows, x.cols]
  if (x instanceof Sparse) {
    const indptr = x.indptr.subarray(from, to + 1)
    kernels().spmm(indptr, x.indices, x.values, turned!, k, alpha, 0, out, null, null)
  } else {
    const rows = x.data.subarray(from * d, to * d)
    kernels().gemm(false, true, to - from, k, d, alpha, rows, d, y.data, d, 0, out, k)
  }
}

/** Rows that {@link allProducts} should take at once, for an answer of about 64 MiB at most. */
export function productBlock(x: Features): number {
  return Math.max(1, Math.min(256, Math.floor(2 ** 24 / Math.max(1, x.rows))))
}

/** out[i, j] = alpha · x[index[i]] · x[j] for all rows j of x. */
export function allProducts(x: Features, index: Int32Array, alpha: number, out: Float32Array): void {
  heap.scope(() => {
    const rows = denseRows(x, index)
    if (!(x instanceof Sparse)) {
      rowProducts(rows, 0, index.length, x, null, alpha, out)
      return
    }
    const products = heap.scratchF32(x.rows * index.length)
    rowProducts(x, 0, x.rows, rows, turnedFor(x, rows), alpha, products)
    kernels().transpose(products, x.rows, index.length, out)
  })
}

/** What {@link rowProducts} needs beside y: its transpose where x is sparse. In the open region. */
export function turnedFor(x: Features, y: Matrix): Float32Array | null {
  if (!(x instanceof Sparse)) return null
  const out = heap.scratchF32(y.data.length)
  kernels().transpose(y.data, y.rows, y.cols, out)
  return out
}

/** ‖x_i‖² of all rows, in the open region. */
export function squaredNorms(x: Features): Float32Array {
  const out = heap.scratchF32(x.rows)
  if (!(x instanceof Sparse)) {
    kernels().rowReduce('sumSquares', x.data, x.rows, x.cols, out)
    return out
  }
  for (let i = 0; i < x.rows; i++) {
    let sum = 0
    for (let e = x.indptr[i]; e < x.indptr[i + 1]; e++) sum += x.values ? x.values[e] ** 2 : 1
    out[i] = sum
  }
  return out
}

/** The rows `index` of x, dense, in the open region. */
export function denseRows(x: Features, index: Int32Array): Matrix {
  const d = x.cols
  const out = heap.scratchF32(index.length * d)
  if (x instanceof Sparse) {
    out.fill(0)
    for (let i = 0; i < index.length; i++) {
      const row = index[i]
      for (let e = x.indptr[row]; e < x.indptr[row + 1]; e++)
        out[i * d + x.indices[e]] = x.values ? x.values[e] : 1
    }
  } else {
    heap.scope(() => kernels().gatherRows(x.data, d, heap.place(index), out))
  }
  return new Matrix(index.length, d, out)
}

/** All rows, dense: x itself where it is, else a copy in the open region. */
export function denseOf(x: Features): Matrix {
  return x instanceof Sparse
    ? denseRows(
        x,
        Int32Array.from({ length: x.rows }, (_, i) => i),
      )
    : x
}

/** sums[group[i]] += x[from + i] for the rows from … to − 1; sums is groups × d. */
export function addRowsToGroups(
  x: Features,
  from: number,
  to: number,
  group: Int32Array,
  sums: Float32Array,
): void {
  const d = x.cols
  if (!(x instanceof Sparse)) {
    kernels().scatterAddRows(x.data.subarray(from * d, to * d), d, group, sums)
    return
  }
  for (let i = from; i < to; i++) {
    const at = group[i - from] * d
    for (let e = x.indptr[i]; e < x.indptr[i + 1]; e++) sums[at + x.indices[e]] += x.values ? x.values[e] : 1
  }
}
