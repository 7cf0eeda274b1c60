/** BlogCatalog: the graph of friendships, the labels of its nodes, and walks. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Vocabulary } from '../../src/data/vocabulary.ts'
import type { Graph } from '../../src/graph/graph.ts'
import { createWalker } from '../../src/graph/walks/walker.ts'
import type { Random } from '../../src/random.ts'
import { Sparse } from '../../src/tensor/sparse.ts'
import { dataFolder } from './graphs.ts'

export function readBlogcatalog(): { graph: Graph; labels: Sparse } {
  const [from, to] = readPairs('edges.csv.gz')
  const [node, label] = readPairs('labels.csv.gz')
  const nodes = 1 + most([from, to, node])
  const adjacency = sparseOf(nodes, nodes, [...from, ...to], [...to, ...from])
  const names = Vocabulary.from(Array.from({ length: nodes }, (_, i) => String(i)))
  return {
    graph: { nodes: names, adjacency, directed: false },
    labels: sparseOf(nodes, 1 + most([label]), node, label),
  }
}

/** Pairs of numbers of a gzip'd CSV file with a header. */
function readPairs(file: string): [number[], number[]] {
  const rows = gunzipSync(readFileSync(join(dataFolder, 'blogcatalog', file)))
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',').map(Number))
  return [rows.map((row) => row[0]), rows.map((row) => row[1])]
}

function most(lists: readonly (readonly number[])[]): number {
  return lists.reduce((top, list) => list.reduce((a, b) => Math.max(a, b), top), 0)
}

function sparseOf(rows: number, cols: number, r: readonly number[], c: readonly number[]): Sparse {
  const indptr = new Uint32Array(rows + 1)
  for (const row of r) indptr[row + 1]++
  for (let i = 0; i < rows; i++) indptr[i + 1] += indptr[i]
  const indices = new Int32Array(c.length)
  const at = indptr.slice()
  for (const [e, column] of c.entries()) indices[at[r[e]]++] = column
  for (let i = 0; i < rows; i++) indices.subarray(indptr[i], indptr[i + 1]).sort()
  return new Sparse(rows, cols, indptr, indices, null)
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
