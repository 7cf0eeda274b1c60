/**
 * K-means on MNIST (70,000 × 784, K = 10), here and in scikit-learn, in one run: the same first centres, until no label changes,
 * taking turns. The inertias must agree; times and peak memory are printed. Without ../shared/data/mnist, on generated rows.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMatrix } from '../src/data/read-matrix.ts'
import { heap } from '../src/kernels/heap.ts'
import { kernels } from '../src/kernels/index.ts'
import { kMeans, type KMeansResult } from '../src/nn/clustering/k-means.ts'
import { Random } from '../src/random.ts'
import { denseOf, denseRows } from '../src/tensor/features.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { runSync } from '../src/train/run.ts'
import { dataFolder } from './support/graphs.ts'
import { median, seconds } from './support/measure.ts'
import { startPeer } from './support/peer.ts'

const ROUNDS = 3
const CLUSTERS = 10
const ITERATIONS = 300

export async function kmeans(): Promise<void> {
  const { name, x } = await rows()
  const threads = kernels().threads
  console.log(`k-means on ${name}: ${x.rows} × ${x.cols}, K = ${CLUSTERS}, one run until no label changes`)
  console.log(`kernels: ${kernels().backend} ${kernels().isa}, ${threads} threads\n`)
  const rng = new Random(1)
  const init = denseRows(
    x,
    Int32Array.from({ length: CLUSTERS }, () => rng.int(x.rows)),
  )

  const folder = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  try {
    const path = join(folder, 'rows.f32')
    const centres = join(folder, 'centres.f32')
    writeFileSync(path, bytesOf(x.data))
    writeFileSync(centres, bytesOf(init.data))
    const settings = { rows: x.rows, columns: x.cols, clusters: CLUSTERS, path, init: centres, threads }
    const peer = await startPeer('kmeans.py', { ...settings, tolerance: 0, iterations: ITERATIONS })
    const times: Record<string, number[]> = { homophily: [], lloyd: [], elkan: [] }
    let ours!: KMeansResult
    const theirs: Record<string, Record<string, unknown>> = {}
    for (let round = 0; round < ROUNDS; round++) {
      times['homophily'].push(
        seconds(() => heap.scope(() => (ours = runSync(kMeans(x, CLUSTERS, { rng, init, tolerance: 0 }))))),
      )
      for (const algorithm of ['lloyd', 'elkan']) {
        if (!peer) continue
        theirs[algorithm] = await peer.ask(algorithm)
        times[algorithm].push(theirs[algorithm]['seconds'] as number)
      }
    }
    peer?.stop()
    const own = median(times['homophily'])
    const line = (label: string, time: number, inertia: number, rounds: number, peak: number): void =>
      console.log(
        `${label.padEnd(28)} ${time.toFixed(2).padStart(8)} ${((1000 * time) / rounds).toFixed(1).padStart(10)} ${String(rounds).padStart(7)} ` +
          `${inertia.toPrecision(7).padStart(12)} ${(peak / 2 ** 20).toFixed(0).padStart(10)} ${(time / own).toFixed(2).padStart(11)}`,
      )
    console.log(
      '                              seconds   ms/round  rounds      inertia   peak MiB  times ours',
    )
    line('homophily', own, ours.inertia, ours.iterations, process.resourceUsage().maxRSS * 1024)
    for (const [algorithm, answer] of Object.entries(theirs)) {
      const [inertia, rounds, peak] = ['inertia', 'iterations', 'peak'].map((key) => answer[key] as number)
      line(`scikit-learn ${peer?.version}, ${algorithm}`, median(times[algorithm]), inertia, rounds, peak)
    }
    if (!peer) console.log('scikit-learn was not found (python3 with it, or PYTHON=…): no ratios.')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function rows(): Promise<{ name: string; x: Matrix }> {
  const file = join(dataFolder, 'mnist', 'images.npy.gz')
  if (existsSync(file)) {
    const x = denseOf((await readMatrix(file)).matrix)
    kernels().affine(1 / 255, 0, x.data, x.data)
    return { name: 'MNIST', x }
  }
  const rng = new Random(2)
  const data = heap.scratchF32(70_000 * 784)
  for (let i = 0; i < data.length; i++) data[i] = rng.float() + ((i / 784) % 10 < 5 ? 0.1 : 0)
  return { name: 'generated rows (MNIST was not found)', x: new Matrix(70_000, 784, data) }
}

function bytesOf(array: Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
