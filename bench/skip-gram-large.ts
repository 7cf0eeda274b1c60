/**
 * A generated graph of a million nodes and ten million edges: a walk of ten nodes from every node, and one pass of skip-gram with
 * d = 128 over them. Prints the times and the peak memory, so it runs alone. The mark is 4 GiB.
 */
import { z } from 'zod'
import { Vocabulary } from '../src/data/vocabulary.ts'
import type { Graph } from '../src/graph/graph.ts'
import { createWalker } from '../src/graph/walks/walker.ts'
import { kernels } from '../src/kernels/index.ts'
import { skipGramSettings, trainSkipGram } from '../src/nn/skip-gram.ts'
import { Random } from '../src/random.ts'
import { Sparse } from '../src/tensor/sparse.ts'

const NODES = 1_000_000
const EDGES = 10_000_000
const LENGTH = 10

export async function skipGramLarge(): Promise<void> {
  const { backend, isa, threads } = kernels()
  console.log(`kernels: ${backend} ${isa}, ${threads} threads`)
  let last = performance.now()
  const report = (what: string): void => {
    const now = performance.now()
    const peak = (process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)
    console.log(
      `${what.padEnd(60)} ${((now - last) / 1000).toFixed(1).padStart(6)} s, peak so far ${peak} GiB`,
    )
    last = now
  }
  const graph = generate(new Random(1))
  report(`${NODES} nodes, ${graph.adjacency.nnz / 2} edges`)
  const walker = createWalker(graph, { walks: 1, length: LENGTH, start: 'every' })
  const counts = new Float64Array(NODES)
  let tokens = 0
  for (const batch of walker.sentences(new Random(2), 1)) {
    for (const token of batch.tokens) counts[token]++
    tokens += batch.tokens.length
  }
  report(`${tokens} tokens walked and counted`)
  const settings = z.strictObject(skipGramSettings).parse({ dim: 128 })
  const job = trainSkipGram({
    nodes: NODES,
    counts,
    sentences: (epoch) => walker.sentences(new Random(2), epoch),
    tokens,
    settings,
    rng: new Random(3),
  })
  let loss = NaN
  for (let step = job.next(); ; step = job.next()) {
    if (step.done) break
    loss = step.value.loss ?? loss
  }
  report(`walked again and trained, loss ${loss.toFixed(4)}`)
}

/** Half of the ends of edges fall on a tenth of the nodes. */
function generate(rng: Random): Graph {
  const from = new Int32Array(EDGES)
  const to = new Int32Array(EDGES)
  const indptr = new Uint32Array(NODES + 1)
  for (let e = 0; e < EDGES; e++) {
    from[e] = rng.int(rng.int(2) === 0 ? NODES / 10 : NODES)
    do to[e] = rng.int(rng.int(2) === 0 ? NODES / 10 : NODES)
    while (to[e] === from[e])
    indptr[from[e] + 1]++
    indptr[to[e] + 1]++
  }
  for (let v = 0; v < NODES; v++) indptr[v + 1] += indptr[v]
  const indices = new Int32Array(2 * EDGES)
  const at = indptr.slice()
  for (let e = 0; e < EDGES; e++) {
    indices[at[from[e]]++] = to[e]
    indices[at[to[e]]++] = from[e]
  }
  // A pair drawn twice is one edge.
  let kept = 0
  for (let v = 0, begin = 0; v < NODES; v++) {
    const end = indptr[v + 1]
    const row = indices.subarray(begin, end).sort()
    indptr[v] = kept
    for (let e = 0; e < row.length; e++) if (e === 0 || row[e] !== row[e - 1]) indices[kept++] = row[e]
    begin = end
  }
  indptr[NODES] = kept
  const adjacency = new Sparse(NODES, NODES, indptr, indices.subarray(0, kept), null)
  const nodes = Vocabulary.from(Array.from({ length: NODES }, (_, v) => String(v)))
  return { nodes, adjacency, directed: false }
}
