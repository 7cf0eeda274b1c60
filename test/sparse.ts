/** Small sparse matrices for tests. */
import { Sparse } from '../src/tensor/sparse.ts'

/** A matrix of ones from the columns of each row. */
export function pairsOf(rows: readonly (readonly number[])[], cols: number): Sparse {
  const indptr = new Uint32Array(rows.length + 1)
  for (const [r, row] of rows.entries()) indptr[r + 1] = indptr[r] + row.length
  const indices = Int32Array.from(rows.flatMap((row) => [...row].sort((a, b) => a - b)))
  return new Sparse(rows.length, cols, indptr, indices, null)
}
