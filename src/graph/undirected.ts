/** A directed graph without its directions. */
import { Sparse } from '../tensor/sparse.ts'
import type { Graph } from './graph.ts'

/**
 * The symmetric adjacency matrix of a graph: its own if it is undirected; else A + Aᵀ, self-loops once, so that every edge keeps its
 * weight and two opposite ones are one with the sum.
 */
export function undirectedAdjacency({ adjacency, directed }: Pick<Graph, 'adjacency' | 'directed'>): Sparse {
  if (!directed) return adjacency
  const a = adjacency
  const b = a.transposed
  const n = a.rows
  const indptr = new Uint32Array(n + 1)
  const indices = new Int32Array(2 * a.nnz)
  const values = new Float32Array(2 * a.nnz)
  let at = 0
  for (let v = 0; v < n; v++) {
    let e = a.indptr[v]
    let f = b.indptr[v]
    while (e < a.indptr[v + 1] || f < b.indptr[v + 1]) {
      const x = e < a.indptr[v + 1] ? a.indices[e] : n
      const y = f < b.indptr[v + 1] ? b.indices[f] : n
      const to = Math.min(x, y)
      let weight = 0
      if (x === to) weight += a.values ? a.values[e] : 1
      if (y === to && to !== v) weight += b.values ? b.values[f] : 1
      if (x === to) e++
      if (y === to) f++
      indices[at] = to
      values[at++] = weight
    }
    indptr[v + 1] = at
  }
  return new Sparse(n, n, indptr, indices.slice(0, at), values.slice(0, at)).declareSymmetric()
}
