/** Edges held out of a graph, and pairs that are no edges beside them: made before anything is learned from the graph. */
import { fail } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import type { HeldOutPairs } from '../nn/held-out.ts'
import type { Random } from '../random.ts'
import { Sparse } from '../tensor/sparse.ts'

export interface LinkSplitOptions {
  /** Share of the edges to hold out. Default 0.2. */
  readonly share?: number
  /**
   * `connected`: edges of a random spanning forest are never held out, so that no component falls apart and no node loses its
   * last edge (the node2vec protocol; the held-out edges are then those with another way around). `any`: every edge may be. Default
   * `connected`.
   */
  readonly keep?: 'connected' | 'any'
  readonly rng: Random
}

export interface LinkSplit {
  /** The graph without the held-out edges: all that a method may see. Same nodes. */
  readonly train: Graph
  /** Held-out edges, and as many pairs that are no edges of the whole graph. Undirected: each pair once, from < to. */
  readonly test: HeldOutPairs
  /** Edges of the whole graph, self-loops apart. */
  readonly edges: number
  readonly keep: 'connected' | 'any'
  /** Share that was asked for; of `connected`, fewer may be free to go. */
  readonly share: number
}

/**
 * Holds out ⌊share · edges⌋ edges (self-loops always stay), and draws as many distinct negatives evenly from the pairs of
 * different nodes that are no edge of the whole graph. Weights stay with the edges that stay.
 *
 * @throws ARGUMENT for a share outside of (0, 1), EMPTY where no edge can be held out, TOO_LARGE where the graph is so dense that there
 * are not enough pairs without an edge.
 */
export function splitEdges(graph: Graph, options: LinkSplitOptions): LinkSplit {
  const { share = 0.2, keep = 'connected', rng } = options
  if (!(share > 0 && share < 1))
    throw fail('ARGUMENT', {
      what: 'share of held-out edges',
      expected: 'between 0 and 1',
      got: String(share),
    })
  const { adjacency, directed } = graph
  const edges = edgeList(adjacency, directed)
  const order = rng.stream('held-out edges').shuffle(Int32Array.from(edges.from, (_, e) => e))
  const bound = keep === 'connected' ? spanningForest(adjacency.rows, edges, order) : null
  const wanted = Math.floor(share * edges.from.length)
  const held = order.filter((e) => bound?.[e] !== 1).slice(0, wanted)
  if (held.length === 0) {
    throw fail('EMPTY', {
      what: `no edge of ${edges.from.length} can be held out${bound ? ' without cutting the graph' : ''}`,
      todo: 'Give a graph with more edges, or a larger share.',
    })
  }
  held.sort()
  const from = held.map((e) => edges.from[e])
  const to = held.map((e) => edges.to[e])
  const negatives = drawNonEdges(graph, held.length, rng.stream('negatives'))
  return {
    train: { ...graph, adjacency: without(adjacency, from, to, directed) },
    test: { from, to, negativeFrom: negatives.from, negativeTo: negatives.to },
    edges: edges.from.length,
    keep,
    share,
  }
}

export interface Pairs {
  readonly from: Int32Array
  readonly to: Int32Array
}

/** Every edge once, self-loops left out; of an undirected graph from < to. */
export function edgeList(adjacency: Sparse, directed: boolean): Pairs {
  const from = new Int32Array(adjacency.nnz)
  const to = new Int32Array(adjacency.nnz)
  let count = 0
  for (let v = 0; v < adjacency.rows; v++) {
    for (const w of adjacency.row(v)) {
      if (w === v || (!directed && w < v)) continue
      from[count] = v
      to[count++] = w
    }
  }
  return { from: from.slice(0, count), to: to.slice(0, count) }
}

/**
 * Distinct pairs of different nodes that are no edge, drawn evenly; undirected ones with from < to. `taken` says which more
 * pairs to leave out.
 */
export function drawNonEdges(
  { adjacency, directed }: Graph,
  count: number,
  rng: Random,
  taken: (from: number, to: number) => boolean = () => false,
): Pairs {
  const n = adjacency.rows
  const from = new Int32Array(count)
  const to = new Int32Array(count)
  const drawn = new Set<number>()
  let tries = 0
  while (drawn.size < count) {
    // Past this, a graph with enough free pairs is as good as impossible: it needs a density above 99 %.
    if (++tries > 1000 * (count + 10)) {
      throw fail('TOO_LARGE', {
        what: `the sample of ${count} pairs without an edge`,
        needs: 'a graph with that many, and more',
        has: `a graph of ${n} nodes where too few are left`,
        todo: 'Hold out a smaller share.',
      })
    }
    let a = rng.int(n)
    let b = rng.int(n)
    if (a === b) continue
    if (!directed && a > b) [a, b] = [b, a]
    if (adjacency.has(a, b) || taken(a, b)) continue
    const key = a * n + b
    if (drawn.has(key)) continue
    from[drawn.size] = a
    to[drawn.size] = b
    drawn.add(key)
  }
  return { from, to }
}

/** Marks the edges of a spanning forest, taken in the order given (Kruskal); directions do not count. */
function spanningForest(nodes: number, { from, to }: Pairs, order: Int32Array): Uint8Array {
  const parent = Int32Array.from({ length: nodes }, (_, v) => v)
  const root = (v: number): number => {
    while (parent[v] !== v) {
      parent[v] = parent[parent[v]]
      v = parent[v]
    }
    return v
  }
  const marks = new Uint8Array(from.length)
  for (const e of order) {
    const [a, b] = [root(from[e]), root(to[e])]
    if (a === b) continue
    parent[a] = b
    marks[e] = 1
  }
  return marks
}

/** The matrix without the given entries, and without their transposes where the graph is undirected. */
function without(a: Sparse, from: Int32Array, to: Int32Array, directed: boolean): Sparse {
  const n = a.rows
  const gone = new Set<number>()
  from.forEach((v, i) => {
    gone.add(v * n + to[i])
    if (!directed) gone.add(to[i] * n + v)
  })
  const indptr = new Uint32Array(n + 1)
  const indices = new Int32Array(a.nnz - gone.size)
  const values = a.values && new Float32Array(indices.length)
  let at = 0
  for (let v = 0; v < n; v++) {
    for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) {
      if (gone.has(v * n + a.indices[e])) continue
      indices[at] = a.indices[e]
      if (values) values[at] = a.values[e]
      at++
    }
    indptr[v + 1] = at
  }
  const rest = new Sparse(n, n, indptr, indices, values)
  return directed ? rest : rest.declareSymmetric()
}
