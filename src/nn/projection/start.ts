/** Where the points of a map start: on the two main axes of the rows, or where they were on the map before. */
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import type { Job } from '../../train/run.ts'
import { principalComponents } from './principal.ts'

/** Half the side of the square that a first layout fills. */
const REACH = 10
/** Parts points that start at one place. */
const NOISE = 1e-4

/** Principal components (rows × 2), scaled so that the farthest coordinate is 10, with a little noise. In the open region. */
export function* principalStart(x: Matrix, rng: Random): Job<Float32Array> {
  const rank = Math.min(2, x.rows, x.cols)
  const { data } = yield* principalComponents(x, rank, rng)
  let farthest = 0
  for (const value of data) farthest = Math.max(farthest, Math.abs(value))
  const scale = farthest > 0 ? REACH / farthest : 0
  const noise = rng.stream('start')
  const at = heap.scratchF32(2 * x.rows)
  for (let e = 0; e < at.length; e++) {
    const component = e % 2 < rank ? data[rank * (e >> 1) + (e % 2)] : 0
    at[e] = component * scale + NOISE * noise.normal()
  }
  return at
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
