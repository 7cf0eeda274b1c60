/**
 * Deep clustering beside PyTorch on the CPU, in one run: a step of DEC's pre-training (d-500-500-2000-10, batches of 256, rows as
 * many and as wide as MNIST's) and an epoch of SDCN on ACM, or on a generated graph of its size. Each side is a process of its own;
 * rounds take turns, medians are compared, of the time on the clock and of the processor's time, which
 * a busy machine disturbs less. The peak memory of each process is printed.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acm } from '../src/evaluate/tables/sets.ts'
import { kernels } from '../src/kernels/index.ts'
import { Random } from '../src/random.ts'
import { Sparse } from '../src/tensor/sparse.ts'
import { dataFolder } from './support/graphs.ts'
import { median } from './support/measure.ts'
import { startPeer, type Peer } from './support/peer.ts'

const ROUNDS = 3
const network = { hidden: [500, 500, 2000], latent: 10 }

export async function deep(): Promise<void> {
  const threads = kernels().threads
  const folder = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  try {
    const rows = { rows: 70_000, columns: 784, batch: 256 }
    await compare('DEC pre-training, one step: 784-500-500-2000-10, batch 256', 20, [
      ['homophily', 'deep.ts', { what: 'pretrain', ...network, ...rows, threads }],
      ['PyTorch', 'deep.py', { what: 'pretrain', ...network, ...rows, threads }],
    ])
    const { name, features, graph } = await acmLike()
    const path = join(folder, 'graph.i32')
    writeFileSync(path, entriesOf(features, graph))
    const sizes = { rows: features.rows, columns: features.cols, clusters: 3, path, ...network, threads }
    await compare(`SDCN on ${name}, one epoch: ${features.rows} rows, ${features.cols} features`, 2, [
      ['homophily', 'deep.ts', { what: 'sdcn', ...sizes }],
      ['PyTorch, lean', 'deep.py', { what: 'sdcn', variant: 'lean', ...sizes }],
      ['PyTorch, as the authors’ code', 'deep.py', { what: 'sdcn', variant: 'official', ...sizes }],
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compare(
  title: string,
  steps: number,
  sides: readonly (readonly [name: string, script: string, settings: unknown])[],
): Promise<void> {
  console.log(title)
  const running: { name: string; peer: Peer; seconds: number[]; cpu: number[]; peak: number }[] = []
  for (const [name, script, settings] of sides) {
    const peer = await startPeer(script, settings)
    if (peer) running.push({ name: `${name} (${peer.version})`, peer, seconds: [], cpu: [], peak: 0 })
    else console.log(`${name} did not start (PYTHON names an interpreter with torch): left out`)
  }
  for (const { peer } of running) await peer.ask('1')
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of running) {
      const { seconds, cpu, peak } = await side.peer.ask(String(steps))
      side.seconds.push(Number(seconds) / steps)
      side.cpu.push(Number(cpu) / steps)
      side.peak = Number(peak)
    }
  }
  const [wall, work] = [median(running[0].seconds), median(running[0].cpu)]
  const figure = (value: number, own: number): string =>
    `${(1000 * value).toFixed(1).padStart(8)} ms (${(value / own).toFixed(2)})`
  console.log(`  ${'times ours in brackets'.padEnd(44)}       clock             processor          peak`)
  for (const { name, peer, seconds, cpu, peak } of running) {
    const times = `${figure(median(seconds), wall)}  ${figure(median(cpu), work)}`
    console.log(`  ${name.padEnd(44)} ${times} ${peak.toFixed(0).padStart(7)} MiB`)
    peer.stop()
  }
}

/** ACM, or random words and edges as many as it has. */
async function acmLike(): Promise<{ name: string; features: Sparse; graph: Sparse }> {
  if (existsSync(join(dataFolder, 'acm'))) {
    const { input } = await acm.load(dataFolder)
    return { name: 'ACM', features: input.features as Sparse, graph: input.graph! }
  }
  const rng = new Random(1)
  const n = 3025
  const features = fromPairs(
    n,
    1870,
    Array.from({ length: n * 41 }, (_, i) => [i % n, rng.int(1870)]),
  )
  const edges = Array.from({ length: 13_128 }, () => [rng.int(n), rng.int(n)]).filter(([a, b]) => a !== b)
  const graph = fromPairs(n, n, [...edges, ...edges.map(([a, b]) => [b, a])])
  return { name: 'a generated graph (ACM was not found)', features, graph }
}

function fromPairs(rows: number, cols: number, pairs: readonly (readonly number[])[]): Sparse {
  const byRow = Array.from({ length: rows }, () => new Set<number>())
  for (const [r, c] of pairs) byRow[r].add(c)
  const sorted = byRow.map((row) => [...row].toSorted((a, b) => a - b))
  const indptr = new Uint32Array(rows + 1)
  sorted.forEach((row, r) => (indptr[r + 1] = indptr[r] + row.length))
  return new Sparse(rows, cols, indptr, Int32Array.from(sorted.flat()), null)
}

/** Number of stored features, their rows, their columns; the edges' rows and columns, with a loop at each node. */
function entriesOf(features: Sparse, graph: Sparse): Int32Array {
  const rowsOf = (m: Sparse): number[] =>
    Array.from({ length: m.rows }, (_, r) => Array.from(m.row(r), () => r)).flat()
  const loops = Array.from({ length: graph.rows }, (_, r) => r)
  return Int32Array.from([
    features.nnz,
    ...rowsOf(features),
    ...features.indices,
    ...rowsOf(graph),
    ...loops,
    ...graph.indices,
    ...loops,
  ])
}
