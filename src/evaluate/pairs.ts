/** Set operations on the stored pairs of two CSR matrices of the same shape; values are left aside. */
import { fail } from '../errors.ts'
import { shapeOf } from '../tensor/matrix.ts'
import { Sparse } from '../tensor/sparse.ts'

/** The pairs in a or b. */
export function unionPairs(a: Sparse, b: Sparse): Sparse {
  sameShape('unionPairs', a, b)
  const indptr = new Uint32Array(a.rows + 1)
  const indices = new Int32Array(a.nnz + b.nnz)
  let at = 0
  for (let r = 0; r < a.rows; r++) {
    let i = a.indptr[r]
    let j = b.indptr[r]
    const endA = a.indptr[r + 1]
    const endB = b.indptr[r + 1]
    while (i < endA || j < endB) {
      const left = i < endA ? a.indices[i] : Infinity
      const right = j < endB ? b.indices[j] : Infinity
      indices[at++] = Math.min(left, right)
      if (left <= right) i++
      if (right <= left) j++
    }
    indptr[r + 1] = at
  }
  return new Sparse(a.rows, a.cols, indptr, indices.slice(0, at), null)
}

/** The pairs in a that are not in b. */
export function subtractPairs(a: Sparse, b: Sparse): Sparse {
  sameShape('subtractPairs', a, b)
  const indptr = new Uint32Array(a.rows + 1)
  const indices = new Int32Array(a.nnz)
  let at = 0
  for (let r = 0; r < a.rows; r++) {
    let j = b.indptr[r]
    const endB = b.indptr[r + 1]
    for (let i = a.indptr[r]; i < a.indptr[r + 1]; i++) {
      const item = a.indices[i]
      while (j < endB && b.indices[j] < item) j++
      if (j === endB || b.indices[j] !== item) indices[at++] = item
    }
    indptr[r + 1] = at
  }
  return new Sparse(a.rows, a.cols, indptr, indices.slice(0, at), null)
}

/** Throws unless a and b have the same shape. */
export function sameShape(op: string, a: Sparse, b: Sparse): void {
  if (a.rows !== b.rows || a.cols !== b.cols)
    throw fail('SHAPE', { op, expected: shapeOf(a), got: shapeOf(b) })
}
