/** BlogCatalog with a tenth of its edges held out, and walks over the rest. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Vocabulary } from '../../src/data/vocabulary.ts'
import type { Graph } from '../../src/graph/graph.ts'
import { createWalker } from '../../src/graph/index.ts'
import type { HeldOutPairs } from '../../src/nn/held-out.ts'
import { Random } from '../../src/random.ts'
import { Sparse } from '../../src/tensor/sparse.ts'
import { dataFolder } from './graphs.ts'

export interface Edges {
  readonly nodes: number
  readonly from: Int32Array
  readonly to: Int32Array
}

/** Pairs of numbers of a gzip'd CSV file with a header. */
function readPairs(file: string): [Int32Array, Int32Array] {
  const rows = gunzipSync(readFileSync(join(dataFolder, 'blogcatalog', file)))
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',').map(Number))
  return [Int32Array.from(rows, (row) => row[0]), Int32Array.from(rows, (row) => row[1])]
}

export function blogcatalogEdges(): Edges {
  const [from, to] = readPairs('edges.csv.gz')
  let nodes = 0
  for (const list of [from, to]) for (const node of list) nodes = Math.max(nodes, node + 1)
  return { nodes, from, to }
}

/** An undirected graph of the edges. */
export function graphOf({ nodes, from, to }: Edges): Graph {
  const indptr = new Uint32Array(nodes + 1)
  for (const list of [from, to]) for (const node of list) indptr[node + 1]++
  for (let i = 0; i < nodes; i++) indptr[i + 1] += indptr[i]
  const indices = new Int32Array(2 * from.length)
  const at = indptr.slice()
  for (let e = 0; e < from.length; e++) {
    indices[at[from[e]]++] = to[e]
    indices[at[to[e]]++] = from[e]
  }
  for (let i = 0; i < nodes; i++) indices.subarray(indptr[i], indptr[i + 1]).sort()
  const names = Vocabulary.from(Array.from({ length: nodes }, (_, i) => String(i)))
  return { nodes: names, adjacency: new Sparse(nodes, nodes, indptr, indices, null), directed: false }
}

/** Keeps a share of the edges out, with as many pairs that are no edges. */
export function holdOut(edges: Edges, share: number, rng: Random): { train: Edges; heldOut: HeldOutPairs } {
  const order = rng.stream('edges').shuffle(Int32Array.from(edges.from.keys()))
  const out = order.subarray(0, Math.floor(share * order.length))
  const rest = order.subarray(out.length)
  const pick = (list: Int32Array, which: Int32Array): Int32Array => Int32Array.from(which, (e) => list[e])
  const known = graphOf(edges).adjacency
  const negatives = rng.stream('negatives')
  const negativeFrom = new Int32Array(out.length)
  const negativeTo = new Int32Array(out.length)
  for (let i = 0; i < out.length; i++) {
    do {
      negativeFrom[i] = negatives.int(edges.nodes)
      negativeTo[i] = negatives.int(edges.nodes)
    } while (negativeFrom[i] === negativeTo[i] || known.has(negativeFrom[i], negativeTo[i]))
  }
  return {
    train: { nodes: edges.nodes, from: pick(edges.from, rest), to: pick(edges.to, rest) },
    heldOut: { from: pick(edges.from, out), to: pick(edges.to, out), negativeFrom, negativeTo },
  }
}

/** Walks of `length` nodes, one after the other. A walk from a node without edges is that node again and again. */
export function walksOf(graph: Graph, walks: number, length: number, rng: Random): Int32Array {
  const walker = createWalker(graph, { walks, length, start: 'every' })
  const tokens = new Int32Array(walker.tokens)
  let at = 0
  for (const batch of walker.sentences(rng, 1)) {
    for (let s = 0; s + 1 < batch.offsets.length; s++) {
      const walk = batch.tokens.subarray(batch.offsets[s], batch.offsets[s + 1])
      for (let i = 0; i < length; i++) tokens[at++] = walk[i % walk.length]
    }
  }
  return tokens
}
