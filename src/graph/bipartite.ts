/** The graph of users and items: one symmetric adjacency over users (rows first) and items (after them). */
import { Sparse } from '../tensor/sparse.ts'

/**
 * D^-½ A D^-½ of the bipartite graph A = [[0, R], [Rᵀ, 0]]: (users + items)², symmetric, self-loops none. Weights of R are
 * ignored (an interaction is an edge). Source: LightGCN, https://arxiv.org/abs/2002.02126, eq. 3 and 8.
 */
export function normalizedBipartite(r: Sparse): Sparse {
  const t = r.transposed
  const indptr = new Uint32Array(r.rows + r.cols + 1)
  indptr.set(r.indptr)
  for (let i = 0; i <= r.cols; i++) indptr[r.rows + i] = r.nnz + t.indptr[i]
  const indices = new Int32Array(2 * r.nnz)
  for (let e = 0; e < r.nnz; e++) indices[e] = r.indices[e] + r.rows
  indices.set(t.indices, r.nnz)
  const values = new Float32Array(2 * r.nnz)
  const n = r.rows + r.cols
  const root = new Float64Array(n)
  for (let v = 0; v < n; v++) root[v] = 1 / Math.sqrt(Math.max(1, indptr[v + 1] - indptr[v]))
  for (let v = 0; v < n; v++) {
    for (let e = indptr[v]; e < indptr[v + 1]; e++) values[e] = root[v] * root[indices[e]]
  }
  return new Sparse(n, n, indptr, indices, values).declareSymmetric()
}

/** D_u^-½ R D_i^-½: users × items, values 1/√(degree of the user · degree of the item). */
export function normalizedInteractions(r: Sparse): Sparse {
  const users = inverseRootDegrees(r)
  const items = inverseRootDegrees(r.transposed)
  const values = new Float32Array(r.nnz)
  for (let u = 0; u < r.rows; u++) {
    for (let e = r.indptr[u]; e < r.indptr[u + 1]; e++) values[e] = users[u] * items[r.indices[e]]
  }
  return new Sparse(r.rows, r.cols, r.indptr, r.indices, values)
}

/** 1/√degree of each row; 0 for an empty row. */
export function inverseRootDegrees(r: Sparse): Float32Array {
  const out = new Float32Array(r.rows)
  for (let v = 0; v < r.rows; v++) {
    const degree = r.degree(v)
    out[v] = degree > 0 ? 1 / Math.sqrt(degree) : 0
  }
  return out
}
