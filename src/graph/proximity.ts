/** How near nodes are by short random walks. */
import { Sparse } from '../tensor/sparse.ts'

/**
 * M = (B + B²) / 2 for a row-stochastic B (DAEGC, https://arxiv.org/abs/1906.06532, §3.1): at the stored entries of B only, or
 * wherever it is not zero.
 */
export function twoStepProximity(b: Sparse, where: 'edges' | 'two steps'): Sparse {
  const indptr = new Uint32Array(b.rows + 1)
  const indices: number[] = []
  const values: number[] = []
  const row = new Float64Array(b.cols)
  const valueAt = (e: number): number => (b.values ? b.values[e] : 1)
  for (let i = 0; i < b.rows; i++) {
    const seen = new Set(b.row(i))
    for (let e = b.indptr[i]; e < b.indptr[i + 1]; e++) {
      row[b.indices[e]] += valueAt(e) / 2
      const k = b.indices[e]
      for (let f = b.indptr[k]; f < b.indptr[k + 1]; f++) {
        row[b.indices[f]] += (valueAt(e) * valueAt(f)) / 2
        if (where === 'two steps') seen.add(b.indices[f])
      }
    }
    for (const j of [...seen].sort((x, y) => x - y)) {
      indices.push(j)
      values.push(row[j])
    }
    indptr[i + 1] = indices.length
    // All that this row has touched, whether kept or not.
    for (let e = b.indptr[i]; e < b.indptr[i + 1]; e++) {
      row[b.indices[e]] = 0
      for (const j of b.row(b.indices[e])) row[j] = 0
    }
  }
  return new Sparse(b.rows, b.cols, indptr, Int32Array.from(indices), Float32Array.from(values))
}
