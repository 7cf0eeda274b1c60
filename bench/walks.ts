/**
 * Random walks on BlogCatalog: steps per second of one thread in turns with plain Python, and on a generated graph of 10 million
 * edges, with its peak memory, in a process of its own. CPU time is given beside, since machines are shared.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { networkText } from '../src/data/network/write.ts'
import { readNetwork } from '../src/data/network/read.ts'
import { edgesOf, graphFrom } from '../src/graph/build.ts'
import { adjacencyOf } from '../src/graph/csr.ts'
import type { Graph } from '../src/graph/graph.ts'
import { createWalker } from '../src/graph/walks/walker.ts'
import { Sparse } from '../src/tensor/sparse.ts'
import { Random } from '../src/random.ts'
import { dataFolder } from './support/graphs.ts'
import { median } from './support/measure.ts'
import { startPeer } from './support/peer.ts'
import { countedVocabulary, walkRate } from './support/walks.ts'

const ROUNDS = 5
const TOKENS = 4_000_000

const modes = [
  { name: 'uniform', weighted: false, p: 1, q: 1 },
  { name: 'weighted', weighted: true, p: 1, q: 1 },
  { name: 'node2vec p 1, q 0.5', weighted: false, p: 1, q: 0.5 },
  { name: 'node2vec p 0.25, q 0.25', weighted: false, p: 0.25, q: 0.25 },
  { name: 'node2vec p 4, q 0.25', weighted: false, p: 4, q: 0.25 },
  { name: 'node2vec p 0.25, q 4', weighted: false, p: 0.25, q: 4 },
  { name: 'weighted node2vec p 0.25, q 0.25', weighted: true, p: 0.25, q: 0.25 },
] as const

export async function walks(): Promise<void> {
  const { name, graph } = await socialGraph()
  const { adjacency: a, nodes } = graph
  console.log(`${name}: ${nodes.size} nodes, ${a.nnz / 2} edges; walks of 40 nodes; one thread`)
  const weights = Float32Array.from(a.indices, (w, e) => 1 + ((w + e) % 7))
  const weighted = { ...graph, adjacency: new Sparse(a.rows, a.cols, a.indptr, a.indices, weights) }
  const folder = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  try {
    const file = join(folder, 'edges.txt')
    writeFileSync(file, [...networkText(edgesOf(graph), 'edges')].join(''))
    const python = await startPeer('walks.py', { edges: file })
    console.log(
      'M steps/s, median (by CPU time)'.padEnd(48),
      python ? 'times Python' : '(Python was not found)',
    )
    for (const { name: mode, weighted: heavy, p, q } of modes) {
      const walker = createWalker(heavy ? weighted : graph, { walks: 10, length: 40, start: 'every', p, q })
      walkRate(walker, TOKENS / 4)
      const [wall, cpu, peer]: [number[], number[], number[]] = [[], [], []]
      for (let round = 0; round < ROUNDS; round++) {
        const rate = walkRate(walker, TOKENS)
        wall.push(rate.wall)
        cpu.push(rate.cpu)
        if (python && !heavy) peer.push(Number((await python.ask(`${p} ${q} 100000`))['rate']))
      }
      const shown = `${(median(wall) / 1e6).toFixed(2)} (${(median(cpu) / 1e6).toFixed(2)})`
      const ratio = peer.length > 0 ? (median(wall) / median(peer)).toFixed(0) : ''
      console.log(mode.padEnd(34), shown.padStart(13), ratio.padStart(12))
    }
    python?.stop()
  } finally {
    rmSync(folder, { recursive: true })
  }
  const script = fileURLToPath(new URL('./support/walk-once.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  console.log(`\n${stdout.trim()}`)
}

/** BlogCatalog, or a generated graph of its size. */
async function socialGraph(): Promise<{ name: string; graph: Graph }> {
  const file = join(dataFolder, 'blogcatalog', 'edges.csv.gz')
  if (existsSync(file)) {
    const { graph } = graphFrom((await readNetwork(file)).edges, { directed: false })
    return { name: 'BlogCatalog', graph }
  }
  const [n, edges] = [10_312, 334_000]
  const rng = new Random(1)
  const draw = (): Int32Array => Int32Array.from({ length: edges }, () => Math.floor(n * rng.float() ** 3))
  const { adjacency } = adjacencyOf(
    n,
    { sources: draw(), targets: draw(), weights: null },
    { directed: false, parallel: 'max' },
  )
  return {
    name: 'generated (BlogCatalog was not found)',
    graph: { nodes: countedVocabulary(n), adjacency, directed: false },
  }
}
