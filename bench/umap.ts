/**
 * Maps of 20,000 × 64, here and by umap-learn, on the same rows: generated groups, each of them curved in a few directions, and images of
 * MNIST on their 64 main axes. Both maps are measured by our own code: the share of the 15 nearest that stay, and trustworthiness. Then the same bits at one thread
 * and at all, and 100,000 × 64 (`UMAP_LARGE=1`). PYTHON names an interpreter that has umap-learn.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMatrix } from '../src/data/read-matrix.ts'
import { heap } from '../src/kernels/heap.ts'
import { kernels } from '../src/kernels/index.ts'
import { neighbourhoods } from '../src/metrics/neighbourhoods.ts'
import { principalComponents } from '../src/nn/projection/principal.ts'
import { umap } from '../src/nn/projection/umap.ts'
import { Random } from '../src/random.ts'
import { denseOf } from '../src/tensor/features.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { runSync } from '../src/train/run.ts'
import { dataFolder } from './support/graphs.ts'
import { startPeer } from './support/peer.ts'
import { roundedGroups } from './support/points.ts'

const ROWS = 20_000
const LARGE = 100_000
const DIM = 64
const NEIGHBOURS = 15
const MIN_DISTANCE = 0.1
const COMPARED = 2000

interface Ran {
  readonly at: Float32Array
  readonly seconds: number
  /** Processor time of all threads: what a busy machine leaves comparable. */
  readonly cpu: number
}

export async function umapBench(): Promise<void> {
  const threads = kernels().threads
  console.log(`UMAP, ${NEIGHBOURS} neighbours, least distance ${MIN_DISTANCE}`)
  console.log(`kernels: ${kernels().backend} ${kernels().isa}, ${threads} threads\n`)
  const folder = mkdtempSync(join(tmpdir(), 'homophily-bench-'))
  const peer = await startPeer('umap_learn.py', { threads })
  if (!peer) console.log('umap-learn was not found (python3 with it, or PYTHON=…): no ratios.\n')
  try {
    for (const [name, x] of await sets()) {
      console.log(`${name}: ${x.rows} × ${x.cols}`)
      const own = ours(x)
      const runs: [string, Ran][] = [['homophily', own]]
      if (peer) {
        const [path, out] = [join(folder, 'rows.f32'), join(folder, 'map.f32')]
        writeFileSync(path, x.data)
        for (const [title, init, seed] of [
          ['spectral, seeded', 'spectral', 1],
          ['pca, seeded', 'pca', 1],
          ['spectral, all threads', 'spectral', null],
        ] as const) {
          const shape = { rows: x.rows, columns: x.cols, neighbours: NEIGHBOURS, minDistance: MIN_DISTANCE }
          const answer = await peer.ask(JSON.stringify({ path, out, init, seed, ...shape }))
          const bytes = readFileSync(out)
          const at = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
          const { seconds, cpu } = answer as { seconds: number; cpu: number }
          runs.push([`umap-learn ${peer.version}, ${title}`, { at, seconds, cpu }])
        }
      }
      print(x, runs)
      const again = ours(x)
      console.log(
        `  again: ${hash(own.at) === hash(again.at) ? 'the same bits' : 'OTHER BITS'} (${hash(own.at)})\n`,
      )
    }
    peer?.stop()
    if (process.env['UMAP_LARGE'] === '1') large()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function large(): void {
  const x = roundedGroups(LARGE, DIM, new Random(1))
  const { seconds, cpu, at } = ours(x)
  console.log(
    `${LARGE} × ${DIM}: ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of processor time, ` +
      `peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB; ${fit(x, at)}`,
  )
}

function ours(x: Matrix): Ran {
  const [started, before] = [performance.now(), process.cpuUsage()]
  const options = { rng: new Random(1), neighbours: NEIGHBOURS, minDistance: MIN_DISTANCE }
  const at = heap.scope(() => runSync(umap(x, options)).slice())
  const { user, system } = process.cpuUsage(before)
  return { at, seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 }
}

function measure(x: Matrix, at: Float32Array): { preserved: number; trustworthiness: number } {
  return heap.scope(() =>
    runSync(
      (function* () {
        const job = neighbourhoods(x, at, { k: NEIGHBOURS, sample: COMPARED, rng: new Random(2) })
        for (;;) {
          const step = job.next()
          if (step.done) return step.value
          yield { phase: 'compare', ...step.value, unit: 'rows' }
        }
      })(),
    ),
  )
}

function fit(x: Matrix, at: Float32Array): string {
  const { preserved, trustworthiness } = measure(x, at)
  return `preserved ${preserved.toFixed(4)}, trustworthiness ${trustworthiness.toFixed(4)}`
}

function print(x: Matrix, runs: readonly (readonly [string, Ran])[]): void {
  console.log(
    '                                             seconds   times ours   CPU s   times ours   preserved   ours / theirs   trustworthiness',
  )
  const own = runs[0][1]
  const kept = measure(x, own.at).preserved
  for (const [name, { at, seconds, cpu }] of runs) {
    const { preserved, trustworthiness } = measure(x, at)
    console.log(
      `${name.padEnd(42)} ${seconds.toFixed(2).padStart(9)} ${(seconds / own.seconds).toFixed(2).padStart(12)} ` +
        `${cpu.toFixed(2).padStart(7)} ${(cpu / own.cpu).toFixed(2).padStart(12)} ${preserved.toFixed(4).padStart(11)} ` +
        `${(kept / preserved).toFixed(3).padStart(15)} ${trustworthiness.toFixed(4).padStart(17)}`,
    )
  }
}

async function sets(): Promise<[string, Matrix][]> {
  const found: [string, Matrix][] = [['generated groups', roundedGroups(ROWS, DIM, new Random(1))]]
  const file = join(dataFolder, 'mnist', 'images.npy.gz')
  if (existsSync(file)) {
    const x = denseOf((await readMatrix(file)).matrix)
    const part = new Matrix(ROWS, x.cols, x.data.subarray(0, ROWS * x.cols))
    found.push([
      'MNIST, the first images on their main axes',
      runSync(principalComponents(part, DIM, new Random(1))),
    ])
  } else console.log('MNIST was not found: only generated rows.\n')
  return found
}

function hash(at: Float32Array): string {
  return createHash('sha256').update(at).digest('hex').slice(0, 16)
}
