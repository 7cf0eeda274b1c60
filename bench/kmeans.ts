/**
 * K-means on MNIST (70,000 × 784, K = 10), here and in scikit-learn, from the same first centres: short runs that take turns, then one until
 * no label changes. The inertias must agree; times, processor times and peak memory are printed. Without ../shared/data/mnist, on generated rows.
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

const ROUNDS = 5
const CLUSTERS = 10
/** Rounds of the short runs that take turns … */
const SHORT = 20
/** … and at most of the one run to the end. */
const LONG = 300

interface Ran {
  readonly seconds: number
  /** Processor time of all threads: what a busy machine leaves comparable. */
  readonly cpu: number
  readonly inertia: number
  readonly iterations: number
  readonly peak: number
}

export async function kmeans(): Promise<void> {
  const { name, x } = await rows()
  const threads = kernels().threads
  console.log(`k-means on ${name}: ${x.rows} × ${x.cols}, K = ${CLUSTERS}, the same first centres`)
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
    const peer = await startPeer('kmeans.py', settings)
    const runs: Record<string, ((iterations: number) => Promise<Ran>) | undefined> = {
      // scikit-learn assigns once more after its last round.
      homophily: async (iterations) => ours(x, init, iterations + 1),
    }
    for (const algorithm of ['lloyd', 'elkan'])
      if (peer)
        runs[`scikit-learn ${peer.version}, ${algorithm}`] = async (iterations) =>
          (await peer.ask(`${algorithm} ${iterations}`)) as unknown as Ran
    for (const [iterations, turns] of [
      [SHORT, ROUNDS],
      [LONG, 1],
    ] as const) {
      const found = Object.keys(runs).map((name) => ({ name, ran: [] as Ran[] }))
      for (let turn = 0; turn < turns; turn++)
        for (const { name, ran } of found) ran.push(await runs[name]!(iterations))
      print(iterations === LONG ? 'until no label changes' : `${SHORT} rounds, median of ${ROUNDS}`, found)
    }
    peer?.stop()
    if (!peer) console.log('scikit-learn was not found (python3 with it, or PYTHON=…): no ratios.')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function ours(x: Matrix, init: Matrix, iterations: number): Ran {
  const before = process.cpuUsage()
  let result!: KMeansResult
  const spent = seconds(() =>
    heap.scope(
      () => (result = runSync(kMeans(x, CLUSTERS, { rng: new Random(1), init, tolerance: 0, iterations }))),
    ),
  )
  const { user, system } = process.cpuUsage(before)
  return {
    seconds: spent,
    cpu: (user + system) / 1e6,
    inertia: result.inertia,
    iterations: result.iterations,
    peak: process.resourceUsage().maxRSS * 1024,
  }
}

function print(
  title: string,
  found: readonly { readonly name: string; readonly ran: readonly Ran[] }[],
): void {
  const medians = found.map(({ ran }) => ({
    seconds: median(ran.map((each) => each.seconds)),
    cpu: median(ran.map((each) => each.cpu)),
  }))
  console.log(title)
  console.log(
    '                              seconds   times ours   CPU s   times ours   rounds     inertia   peak MiB',
  )
  found.forEach(({ name, ran }, i) => {
    const { inertia, iterations, peak } = ran[ran.length - 1]
    const ratio = (key: 'seconds' | 'cpu'): string =>
      (medians[i][key] / medians[0][key]).toFixed(2).padStart(12)
    console.log(
      `${name.padEnd(28)} ${medians[i].seconds.toFixed(2).padStart(8)} ${ratio('seconds')} ${medians[i].cpu.toFixed(2).padStart(7)} ${ratio('cpu')} ` +
        `${String(iterations).padStart(8)} ${inertia.toPrecision(7).padStart(11)} ${(peak / 2 ** 20).toFixed(0).padStart(10)}`,
    )
  })
  console.log()
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
