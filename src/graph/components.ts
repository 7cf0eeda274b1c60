/** Connected components, directions aside. */
import type { Sparse } from '../tensor/sparse.ts'

export interface Components {
  /** The component of each node, numbered from 0 in the order of their first nodes. */
  readonly of: Int32Array
  readonly sizes: Int32Array
}

/** Union–find with path halving: O(edges). For a directed graph these are the weakly connected components. */
export function connectedComponents(adjacency: Sparse): Components {
  const n = adjacency.rows
  const parent = Int32Array.from({ length: n }, (_, v) => v)
  const root = (v: number): number => {
    while (parent[v] !== v) v = parent[v] = parent[parent[v]]
    return v
  }
  for (let v = 0; v < n; v++) {
    for (let e = adjacency.indptr[v]; e < adjacency.indptr[v + 1]; e++) {
      const a = root(v)
      const b = root(adjacency.indices[e])
      // The earlier node stays on top, so roots are first nodes.
      if (a < b) parent[b] = a
      else parent[a] = b
    }
  }
  const of = new Int32Array(n)
  const sizes: number[] = []
  for (let v = 0; v < n; v++) {
    if (root(v) === v) of[v] = sizes.push(0) - 1
    else of[v] = of[root(v)]
    sizes[of[v]]++
  }
  return { of, sizes: Int32Array.from(sizes) }
}
