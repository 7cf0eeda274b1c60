/** Small graphs for tests. */
import { Vocabulary } from '../src/data/vocabulary.ts'
import type { Graph } from '../src/graph/graph.ts'
import { Sparse } from '../src/tensor/sparse.ts'

/** A graph of nodes "0" … from rows of [neighbour, weight] pairs, taken as they are. */
export function graphOfRows(
  rows: readonly (readonly (readonly [number, number])[])[],
  directed = true,
): Graph {
  const sorted = rows.map((row) => [...row].sort((a, b) => a[0] - b[0]))
  const indptr = new Uint32Array(rows.length + 1)
  for (const [v, row] of sorted.entries()) indptr[v + 1] = indptr[v] + row.length
  const entries = sorted.flat()
  const adjacency = new Sparse(
    rows.length,
    rows.length,
    indptr,
    Int32Array.from(entries, ([to]) => to),
    Float32Array.from(entries, ([, weight]) => weight),
  )
  return { nodes: Vocabulary.from(rows.map((_, v) => String(v))), adjacency, directed }
}

/** An undirected graph of `n` nodes from edges [a, b, weight]. */
export function undirected(n: number, edges: readonly (readonly [number, number, number?])[]): Graph {
  const rows: [number, number][][] = Array.from({ length: n }, () => [])
  for (const [a, b, weight = 1] of edges) {
    rows[a].push([b, weight])
    if (a !== b) rows[b].push([a, weight])
  }
  return graphOfRows(rows, false)
}

/** Row v as `to: weight`, for comparison. */
export function rowOf({ adjacency: a }: Graph, v: number): Record<number, number> {
  return Object.fromEntries(Array.from(a.row(v), (to, i) => [to, a.values ? a.values[a.indptr[v] + i] : 1]))
}
