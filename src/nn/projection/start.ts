/** Where the points of a map start: on the two main axes of the rows, or where they were on the map before. */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import type { Random } from '../../random.ts'
import { about } from '../../tensor/centring.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { randomizedSvd } from '../../tensor/svd.ts'
import { type Job } from '../../train/run.ts'

/** Half the side of the square that a first layout fills. */
const REACH = 10
/** Parts points that start at one place. */
const NOISE = 1e-4

/** Principal components (rows × 2), scaled so that the farthest coordinate is 10, with a little noise. In the open region. */
export function* principalStart(x: Matrix, rng: Random): Job<Float32Array> {
  const [n, d] = [x.rows, x.cols]
  const mean = heap.scratchF32(d)
  kernels().columnSum(heap.place(x.data), n, d, 0, mean)
  kernels().affine(1 / n, 0, mean, mean)
  const { data } = about(x, mean)
  const indptr = Uint32Array.from({ length: n + 1 }, (_, i) => i * d)
  const indices = new Int32Array(n * d)
  for (let e = 0; e < indices.length; e++) indices[e] = e % d
  const rank = Math.min(2, n, d)
  const { u, sigma } = yield* passes(new Sparse(n, d, indptr, indices, data), rank, rng)
  const at = heap.f32(2 * n)
  let farthest = 0
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < rank; c++) {
      at[2 * i + c] = u[i * rank + c] * sigma[c]
      farthest = Math.max(farthest, Math.abs(at[2 * i + c]))
    }
  }
  const scale = farthest > 0 ? REACH / farthest : 0
  const noise = rng.stream('start')
  for (let e = 0; e < at.length; e++) at[e] = at[e] * scale + NOISE * noise.normal()
  return at
}

function* passes(a: Sparse, rank: number, rng: Random) {
  const job = randomizedSvd(a, { rank, rng })
  let step = job.next()
  for (; !step.done; step = job.next()) yield { phase: 'start', ...step.value, unit: 'passes' }
  return step.value
}

/**
 * The points of `before` (rows × 2, NaN for rows that were not there) where they were, and each other one at the mean of its neighbours
 * in `graph` that have a place, weighted, wave by wave; those that no wave reaches anywhere in the square around the others. In the open region.
 */
export function continuedStart(before: Float32Array, graph: Sparse, rng: Random): Float32Array {
  const at = heap.f32(before.length)
  at.set(before)
  const noise = rng.stream('start')
  const missing = Array.from({ length: graph.rows }, (_, i) => i).filter((i) => Number.isNaN(at[2 * i]))
  for (let waiting = missing; waiting.length > 0;) {
    const placed = waiting.map((i) => [i, ...meanOfNeighbours(at, graph, i)] as const)
    const found = placed.filter(([, x]) => !Number.isNaN(x))
    for (const [i, x, y] of found) {
      at[2 * i] = x + NOISE * noise.normal()
      at[2 * i + 1] = y + NOISE * noise.normal()
    }
    if (found.length === 0) {
      for (const i of waiting) for (const c of [0, 1]) at[2 * i + c] = REACH * (2 * noise.float() - 1)
      break
    }
    waiting = waiting.filter((i) => Number.isNaN(at[2 * i]))
  }
  return at
}

function meanOfNeighbours(at: Float32Array, graph: Sparse, i: number): [number, number] {
  let [x, y, sum] = [0, 0, 0]
  for (let e = graph.indptr[i]; e < graph.indptr[i + 1]; e++) {
    const j = graph.indices[e]
    if (Number.isNaN(at[2 * j])) continue
    x += graph.values![e] * at[2 * j]
    y += graph.values![e] * at[2 * j + 1]
    sum += graph.values![e]
  }
  return [x / sum, y / sum]
}
