/** Cosine similarities: between rows of vectors, and between the rows of a sparse matrix. */
import { heap } from '../../../../kernels/heap.ts'
import { kernels } from '../../../../kernels/index.ts'
import type { Sparse } from '../../../../tensor/sparse.ts'

/** Cosine of row `row` of x (rows × dim, on the kernel heap) with every row → out[rows]; 0 where a vector is zero. */
export function vectorCosines(x: Float32Array, dim: number, row: number, out: Float32Array): void {
  const rows = out.length
  heap.scope(() => {
    const squares = heap.scratchF32(rows)
    kernels().rowReduce('sumSquares', x, rows, dim, squares)
    kernels().gemm(
      false,
      true,
      1,
      rows,
      dim,
      1,
      x.subarray(row * dim, (row + 1) * dim),
      dim,
      x,
      dim,
      0,
      out,
      rows,
    )
    const own = squares[row]
    for (let j = 0; j < rows; j++) {
      const norm = Math.sqrt(own * squares[j])
      out[j] = norm > 0 ? out[j] / norm : 0
    }
  })
}

/** Cosine of row `row` of a 0/1 sparse matrix with every row → out[rows]: |A ∩ B| / √(|A||B|). */
export function overlapCosines(m: Sparse, row: number, out: Float32Array): void {
  out.fill(0)
  const t = m.transposed
  for (const c of m.row(row)) for (const other of t.row(c)) out[other] += 1
  const own = m.degree(row)
  for (let j = 0; j < m.rows; j++) if (out[j] > 0) out[j] /= Math.sqrt(own * m.degree(j))
}
