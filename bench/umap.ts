/**
 * Maps of 20,000 × 64, here and by umap-learn, on the same rows: generated groups, each of them bent in a few directions, and images of MNIST
 * on their 64 main axes. Both maps are measured by our own code: the share of the 15 nearest that stay, and trustworthiness. Ours is drawn twice and
 * must be the same to the last bit. PYTHON names an interpreter that has umap-learn.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMatrix } from '../src/data/read-matrix.ts'
import { kernels } from '../src/kernels/index.ts'
import { principalComponents } from '../src/nn/projection/principal.ts'
import { Random } from '../src/random.ts'
import { denseOf } from '../src/tensor/features.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { runSync } from '../src/train/run.ts'
import { dataFolder } from './support/graphs.ts'
import { draw, measure, MIN_DISTANCE, NEIGHBOURS, type Ran } from './support/maps.ts'
import { startPeer } from './support/peer.ts'
import { roundedGroups } from './support/points.ts'

const ROWS = 20_000
const DIM = 64

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
      const own = draw(x)
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
      const again = draw(x)
      console.log(
        `  again: ${hash(own.at) === hash(again.at) ? 'the same bits' : 'OTHER BITS'} (${hash(own.at)})\n`,
      )
    }
    peer?.stop()
  } finally {
    rmSync(folder, { recursive: true })
  }
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
