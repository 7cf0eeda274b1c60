/** What can be said about a graph: sizes, degrees, components, clustering, important nodes. */
import type { Random } from '../random.ts'
import { type Clustering, clusteringCoefficient } from './clustering.ts'
import { connectedComponents } from './components.ts'
import type { Graph } from './graph.ts'
import { pageRank } from './pagerank.ts'
import type { GraphJob } from './progress.ts'
import { undirectedAdjacency } from './undirected.ts'

export interface GraphFacts {
  readonly directed: boolean
  readonly nodes: number
  /** An undirected edge counts once, and so does a self-loop. */
  readonly edges: number
  readonly selfLoops: number
  /** Nodes without an edge to another node. */
  readonly isolated: number
  /** Edges without self-loops, as a share of those that there could be. */
  readonly density: number
  /** Null where every edge weighs one. */
  readonly weights: { readonly min: number; readonly max: number; readonly sum: number } | null
  /** Entries of each node's row: for directed graphs its outgoing edges. */
  readonly degree: DegreeFacts
  /** Incoming edges, for directed graphs. */
  readonly inDegree: DegreeFacts | null
  /** Connected, directions aside. */
  readonly components: { readonly count: number; readonly largest: number }
  /** Directions aside. */
  readonly clustering: Clustering
  /** The nodes with the highest PageRank. */
  readonly top: readonly { readonly id: string; readonly score: number }[]
}

export interface DegreeFacts {
  readonly min: number
  readonly median: number
  readonly mean: number
  readonly max: number
  /** How many nodes have a degree of 0, of 1, of 2 to 3, of 4 to 7 and so on. */
  readonly distribution: readonly { readonly from: number; readonly to: number; readonly nodes: number }[]
}

/** Works out the facts of a graph. `top`: how many nodes to name; clustering is sampled on large graphs, and says so. */
export function* graphFacts(
  graph: Graph,
  rng: Random,
  options: { readonly top?: number; readonly clusteringBudget?: number } = {},
): GraphJob<GraphFacts> {
  const { adjacency: a, directed, nodes } = graph
  const n = a.rows
  let selfLoops = 0
  let isolated = 0
  const inDegrees = new Uint32Array(n)
  const degrees = Uint32Array.from({ length: n }, (_, v) => a.degree(v))
  for (let v = 0; v < n; v++) {
    for (const w of a.row(v)) {
      if (w === v) selfLoops++
      inDegrees[w]++
    }
  }
  for (let v = 0; v < n; v++) {
    const loops = a.has(v, v) ? 1 : 0
    if (degrees[v] === loops && inDegrees[v] === loops) isolated++
  }
  const edges = directed ? a.nnz : (a.nnz + selfLoops) / 2
  const pairs = (n * (n - 1)) / (directed ? 1 : 2)
  const symmetric = undirectedAdjacency(graph)
  const { sizes } = connectedComponents(a)
  const budget = options.clusteringBudget
  const clustering = yield* clusteringCoefficient(
    symmetric,
    rng.stream('clustering'),
    budget === undefined ? {} : { budget },
  )
  const score = yield* pageRank(a)
  return {
    directed,
    nodes: n,
    edges,
    selfLoops,
    isolated,
    density: pairs === 0 ? 0 : (edges - selfLoops) / pairs,
    weights: a.values && weightFacts(a.values),
    degree: degreeFacts(degrees),
    inDegree: directed ? degreeFacts(inDegrees) : null,
    components: { count: sizes.length, largest: sizes.reduce((x, y) => Math.max(x, y), 0) },
    clustering,
    top: highest(score, options.top ?? 10).map((v) => ({ id: nodes.id(v), score: score[v] })),
  }
}

function weightFacts(values: Float32Array): NonNullable<GraphFacts['weights']> {
  let [min, max, sum] = [Infinity, -Infinity, 0]
  for (let e = 0; e < values.length; e++) {
    const w = values[e]
    min = Math.min(min, w)
    max = Math.max(max, w)
    sum += w
  }
  return { min, max, sum }
}

function degreeFacts(degrees: Uint32Array): DegreeFacts {
  const sorted = degrees.toSorted()
  const n = sorted.length
  const bins: { from: number; to: number; nodes: number }[] = []
  for (const degree of sorted) {
    const bin = degree === 0 ? 0 : 32 - Math.clz32(degree)
    while (bins.length <= bin) {
      const b = bins.length
      bins.push({ from: b === 0 ? 0 : 2 ** (b - 1), to: b === 0 ? 0 : 2 ** b - 1, nodes: 0 })
    }
    bins[bin].nodes++
  }
  return {
    min: n === 0 ? 0 : sorted[0],
    median: n === 0 ? 0 : (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2,
    mean: n === 0 ? 0 : sorted.reduce((x, y) => x + y, 0) / n,
    max: n === 0 ? 0 : sorted[n - 1],
    distribution: bins,
  }
}

/** The rows of the `count` highest scores, best first; equal scores by row. */
function highest(score: Float64Array, count: number): number[] {
  const best: number[] = []
  for (let v = 0; v < score.length; v++) {
    if (best.length === count && score[v] <= score[best[count - 1]]) continue
    let at = best.length
    while (at > 0 && score[best[at - 1]] < score[v]) at--
    best.splice(at, 0, v)
    best.length = Math.min(best.length, count)
  }
  return best
}
