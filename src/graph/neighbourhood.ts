/** Nodes within some steps of others, and the part of a graph between given nodes. */
import { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import { Sparse } from '../tensor/sparse.ts'
import type { Graph } from './graph.ts'

export interface Neighbourhood {
  /** Node rows by rising distance; the asked ones first. */
  readonly nodes: Int32Array
  /** Steps from the nearest asked node to each. */
  readonly hops: Int32Array
}

/**
 * The nodes that can be reached from `starts` in at most k steps along the edges: a breadth-first search.
 * @throws ARGUMENT for a k below 0 or a row that is not of the graph.
 */
export function neighbourhood({ adjacency }: Graph, starts: Iterable<number>, k: number): Neighbourhood {
  if (!(k >= 0)) throw fail('ARGUMENT', { what: 'k', expected: 'a number of 0 or more', got: String(k) })
  const hop = new Int32Array(adjacency.rows).fill(-1)
  const found: number[] = []
  const visit = (v: number, distance: number): void => {
    if (hop[v] >= 0) return
    hop[v] = distance
    found.push(v)
  }
  for (const v of starts) {
    checkRow(v, adjacency.rows)
    visit(v, 0)
  }
  for (let i = 0; i < found.length && hop[found[i]] < k; i++) {
    for (const w of adjacency.row(found[i])) visit(w, hop[found[i]] + 1)
  }
  return { nodes: Int32Array.from(found), hops: Int32Array.from(found, (v) => hop[v]) }
}

/** The edges between `nodes`; row i of the result is nodes[i]. */
export function inducedSubgraph(graph: Graph, nodes: ArrayLike<number>): Graph {
  const { adjacency: a } = graph
  const place = new Int32Array(a.rows).fill(-1)
  const rows = Int32Array.from(nodes)
  for (const [i, v] of rows.entries()) {
    checkRow(v, a.rows)
    if (place[v] >= 0) {
      throw fail('ARGUMENT', { what: 'nodes', expected: 'every node once', got: `row ${v} twice` })
    }
    place[v] = i
  }
  const indptr = new Uint32Array(rows.length + 1)
  for (const [i, v] of rows.entries()) {
    indptr[i + 1] = indptr[i]
    for (const w of a.row(v)) if (place[w] >= 0) indptr[i + 1]++
  }
  const indices = new Int32Array(indptr[rows.length])
  const values = a.values && new Float32Array(indices.length)
  for (const [i, v] of rows.entries()) {
    const entries: number[] = []
    for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) if (place[a.indices[e]] >= 0) entries.push(e)
    entries.sort((x, y) => place[a.indices[x]] - place[a.indices[y]])
    for (const [j, e] of entries.entries()) {
      indices[indptr[i] + j] = place[a.indices[e]]
      if (values) values[indptr[i] + j] = a.values[e]
    }
  }
  const adjacency = new Sparse(rows.length, rows.length, indptr, indices, values)
  const ids = Vocabulary.from(Array.from(rows, (v) => graph.nodes.id(v)))
  return {
    nodes: ids,
    adjacency: graph.directed ? adjacency : adjacency.declareSymmetric(),
    directed: graph.directed,
  }
}

function checkRow(v: number, n: number): void {
  if (Number.isInteger(v) && v >= 0 && v < n) return
  throw fail('ARGUMENT', { what: 'node', expected: `a row from 0 to ${n - 1}`, got: String(v) })
}
