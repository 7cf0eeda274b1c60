/** Adjacency matrices as graph networks read them: with a loop at every node, so that none is isolated, and normalised. */
import { Sparse } from '../tensor/sparse.ts'

/** A + I, with values; a loop that is there already becomes 1. Symmetric where A is. */
export function withLoops(a: Sparse): Sparse {
  const indptr = new Uint32Array(a.rows + 1)
  for (let r = 0; r < a.rows; r++) indptr[r + 1] = indptr[r] + a.degree(r) + (a.has(r, r) ? 0 : 1)
  const indices = new Int32Array(indptr[a.rows])
  const values = new Float32Array(indices.length)
  for (let r = 0, at = 0; r < a.rows; r++) {
    let looped = false
    const loop = (): void => {
      indices[at] = r
      values[at++] = 1
      looped = true
    }
    for (let e = a.indptr[r]; e < a.indptr[r + 1]; e++) {
      const c = a.indices[e]
      if (!looped && c >= r) loop()
      if (c === r) continue
      indices[at] = c
      values[at++] = a.values ? a.values[e] : 1
    }
    if (!looped) loop()
  }
  const out = new Sparse(a.rows, a.cols, indptr, indices, values)
  return a.transposed === a ? out.declareSymmetric() : out
}

/** D^-½·A·D^-½ (symmetric) or D⁻¹·A (row), D the row sums of A; a row without weight stays zero. */
export function normalised(a: Sparse, kind: 'symmetric' | 'row'): Sparse {
  const degree = new Float64Array(a.rows)
  for (let r = 0; r < a.rows; r++)
    for (let e = a.indptr[r]; e < a.indptr[r + 1]; e++) degree[r] += a.values ? a.values[e] : 1
  const factor = degree.map((d) => (d > 0 ? (kind === 'row' ? 1 / d : 1 / Math.sqrt(d)) : 0))
  const values = new Float32Array(a.nnz)
  for (let r = 0; r < a.rows; r++) {
    for (let e = a.indptr[r]; e < a.indptr[r + 1]; e++) {
      const other = kind === 'row' ? 1 : factor[a.indices[e]]
      values[e] = (a.values ? a.values[e] : 1) * factor[r] * other
    }
  }
  const out = new Sparse(a.rows, a.cols, a.indptr, a.indices, values)
  return kind === 'symmetric' && a.transposed === a ? out.declareSymmetric() : out
}
