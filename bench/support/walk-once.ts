/** Builds a generated graph of 10 M edges, walks over it, and prints rates and the peak memory: a process of its own. */
import { adjacencyOf } from '../../src/graph/csr.ts'
import { createWalker } from '../../src/graph/walks/walker.ts'
import { Random } from '../../src/random.ts'
import { countedVocabulary, walkRate } from './walks.ts'

const EDGES = 10_000_000
const NODES = 1_000_000

const rng = new Random(1)
const sources = new Int32Array(EDGES)
const targets = new Int32Array(EDGES)
const weights = new Float32Array(EDGES)
for (let e = 0; e < EDGES; e++) {
  // A few nodes have very many edges, as graphs of people and things do.
  sources[e] = Math.floor(NODES * rng.float() ** 2)
  targets[e] = Math.floor(NODES * rng.float() ** 2)
  weights[e] = 1 + rng.int(9)
}
const start = performance.now()
const { adjacency } = adjacencyOf(NODES, { sources, targets, weights }, { directed: false })
const built = (performance.now() - start) / 1000
const graph = { nodes: countedVocabulary(NODES), adjacency, directed: false }
console.log(
  `${NODES} nodes, ${EDGES} weighted edges (${adjacency.nnz} entries): matrix built in ${built.toFixed(1)} s`,
)
for (const [name, p, q] of [
  ['weighted', 1, 1],
  ['node2vec p 0.25, q 0.25', 0.25, 0.25],
  ['node2vec p 0.25, q 4', 0.25, 4],
] as const) {
  const prepared = performance.now()
  const walker = createWalker(graph, { walks: 1, length: 40, start: 'every', p, q })
  const seconds = (performance.now() - prepared) / 1000
  const { wall, cpu } = walkRate(walker, 10_000_000)
  console.log(
    `${name}: tables ${seconds.toFixed(1)} s, ${(wall / 1e6).toFixed(2)} M steps/s (${(cpu / 1e6).toFixed(2)} by CPU time)`,
  )
}
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`)
