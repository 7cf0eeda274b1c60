/** Cosine similarities: between rows of vectors, and between the rows of a sparse matrix. */
import { heap } from '../../../../kernels/heap.ts'
import { kernels } from '../../../../kernels/index.ts'
import { cosines, inverseNorms } from '../../../../nn/cosines.ts'
import type { Sparse } from '../../../../tensor/sparse.ts'

/** Cosine of row `row` of x (rows × dim, on the kernel heap) with every row → out[rows]; 0 where a vector is zero. */
export function vectorCosines(x: Float32Array, dim: number, row: number, out: Float32Array): void {
  heap.scope(() => {
    const inverse = heap.scratchF32(out.length)
    inverseNorms(x, dim, inverse)
    const unit = heap.scratchF32(dim)
    kernels().affine(inverse[row], 0, x.subarray(row * dim, (row + 1) * dim), unit)
    cosines(unit, x, dim, inverse, out)
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
