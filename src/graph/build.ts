/** Graphs from edges. */
import type { Edges } from '../data/edges.ts'
import { fail } from '../errors.ts'
import { type AdjacencyReport, adjacencyOf, type Parallel } from './csr.ts'
import type { Graph } from './graph.ts'

export interface GraphOptions {
  /** Default: what the edges say, else undirected. */
  readonly directed?: boolean
  /** What becomes of several edges from one node to another. Default: their weights are added. */
  readonly parallel?: Parallel
}

/**
 * The graph of all edges, whatever their type. Undirected edges are entered both ways; self-loops stay, once; edges of weight zero
 * are left out and counted. Nodes without edges stay.
 */
export function graphFrom(
  edges: Edges,
  options: GraphOptions = {},
): { readonly graph: Graph; readonly report: AdjacencyReport } {
  const directed = options.directed ?? edges.directed ?? false
  const { parallel = 'sum' } = options
  const { adjacency, report } = adjacencyOf(edges.nodes.size, edges, { directed, parallel })
  return { graph: { nodes: edges.nodes, adjacency, directed }, report }
}

/** One graph for each type of edges, such as the relations of a knowledge graph, all over the same nodes. */
export function relationGraphs(edges: Edges, options: GraphOptions = {}): ReadonlyMap<string, Graph> {
  const { types, nodes } = edges
  if (!types) {
    throw fail('ARGUMENT', { what: 'relationGraphs', expected: 'edges with types', got: 'edges without' })
  }
  const graphs = new Map<string, Graph>()
  for (const [type, name] of types.names.entries()) {
    const own = types.of.reduce((count, of) => count + (of === type ? 1 : 0), 0)
    const sources = new Int32Array(own)
    const targets = new Int32Array(own)
    const weights = edges.weights && new Float32Array(own)
    for (let e = 0, at = 0; e < types.of.length; e++) {
      if (types.of[e] !== type) continue
      sources[at] = edges.sources[e]
      targets[at] = edges.targets[e]
      if (weights) weights[at] = edges.weights[e]
      at++
    }
    graphs.set(name, graphFrom({ ...edges, nodes, sources, targets, weights }, options).graph)
  }
  return graphs
}

/** The edges of a graph, each undirected one once, to be written to a file. */
export function edgesOf({ nodes, adjacency: a, directed }: Graph): Edges {
  let count = 0
  const each = (visit: (v: number, e: number) => void): void => {
    for (let v = 0; v < a.rows; v++) {
      for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) if (directed || a.indices[e] >= v) visit(v, e)
    }
  }
  each(() => count++)
  const sources = new Int32Array(count)
  const targets = new Int32Array(count)
  const weights = a.values && new Float32Array(count)
  let at = 0
  each((v, e) => {
    sources[at] = v
    targets[at] = a.indices[e]
    if (weights) weights[at] = a.values[e]
    at++
  })
  return { nodes, sources, targets, weights, times: null, types: null, nodeTypes: null, directed }
}
