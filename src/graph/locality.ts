/** Numbering nodes so that neighbours lie close together in memory, which saves cache misses in products with the matrix. */
import { Sparse } from '../tensor/sparse.ts'

/** The place of each node in a breadth-first walk of a symmetric graph, component by component, from low degrees up. */
export function breadthFirstPlaces(a: Sparse): Int32Array {
  const n = a.rows
  const place = new Int32Array(n).fill(-1)
  const walk = new Int32Array(n)
  let found = 0
  const visit = (v: number): void => {
    if (place[v] >= 0) return
    place[v] = found
    walk[found++] = v
  }
  const byDegree = Int32Array.from({ length: n }, (_, v) => v).sort(
    (v, w) => a.degree(v) - a.degree(w) || v - w,
  )
  for (const start of byDegree) {
    let next = found
    visit(start)
    for (; next < found; next++) for (const w of a.row(walk[next])) visit(w)
  }
  return place
}

/** The symmetric matrix with row and column v moved to place[v]. */
export function moveNodes(a: Sparse, place: Int32Array): Sparse {
  const n = a.rows
  const indptr = new Uint32Array(n + 1)
  for (let v = 0; v < n; v++) indptr[place[v] + 1] = a.degree(v)
  for (let v = 0; v < n; v++) indptr[v + 1] += indptr[v]
  // Going through the old rows in the order of their new places writes every new row in ascending order.
  const old = new Int32Array(n)
  for (let v = 0; v < n; v++) old[place[v]] = v
  const next = indptr.slice(0, n)
  const indices = new Int32Array(a.nnz)
  const values = a.values ? new Float32Array(a.nnz) : null
  for (let at = 0; at < n; at++) {
    const v = old[at]
    for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) {
      const to = next[place[a.indices[e]]]++
      indices[to] = at
      if (values) values[to] = a.values![e]
    }
  }
  return new Sparse(n, n, indptr, indices, values).declareSymmetric()
}
