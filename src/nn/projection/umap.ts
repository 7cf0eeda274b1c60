/**
 * Rows as points of a map, near rows near each other: UMAP (McInnes, Healy & Melville 2018, https://arxiv.org/abs/1802.03426). The exact
 * nearest neighbours become a fuzzy graph, which is laid out in two dimensions from the main axes of the rows, or from a map before.
 */
import { fail } from '../../errors.ts'
import { nearestNeighbours, type Neighbours } from '../../graph/nearest.ts'
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { checkFinite } from '../../tensor/features.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { inRegion, type Job } from '../../train/run.ts'
import { fitCurve } from './curve.ts'
import { fuzzySet } from './fuzzy-set.ts'
import { layOut } from './layout.ts'
import { continuedStart, principalStart } from './start.ts'

export interface UmapOptions {
  readonly rng: Random
  /** k: how many nearest rows make a neighbourhood; all others where there are fewer. Default 15. */
  readonly neighbours?: number
  /** How close points may lie; at most `spread`. Default .1. */
  readonly minDistance?: number
  /** The scale of the map: distances at which points belong together a little. Default 1. */
  readonly spread?: number
  /** Passes over the edges. Default: 100 where a map before is gone on from, else 500 up to 10,000 rows and 200 beyond. */
  readonly epochs?: number | undefined
  /** Points that each sample of an edge pushes away from. Default 5. */
  readonly negatives?: number
  /** Coordinates to start from, rows × 2: NaN for a row that has none. Default: principal components. */
  readonly start?: Float32Array | null
}

/** Step size of a first layout, and of one that goes on from a map before: enough to settle, too little to wander. */
const RATE = 1
const RATE_CONTINUED = 0.25

/**
 * The coordinates, rows × 2, in the region that was open. The same bits for the same seed and backend at any number of threads. In the phase
 * `layout` each yield at the end of an epoch has a snapshot whose array `coordinates` is the map so far.
 *
 * @throws ARGUMENT for values that are not finite, no rows, or options outside their domain; SHAPE for a start of another size.
 */
export function umap(x: Matrix, options: UmapOptions): Job<Float32Array> {
  return inRegion(project(x, options), (at) => heap.copy(at))
}

function* project(x: Matrix, options: UmapOptions): Job<Float32Array> {
  const { rng, neighbours = 15, minDistance = 0.1, spread = 1, negatives = 5 } = options
  const n = x.rows
  if (n === 0) throw fail('EMPTY', { what: 'a map of no rows', todo: 'Give at least one.' })
  if (options.start && options.start.length !== 2 * n) {
    const got = `${options.start.length} numbers`
    throw fail('SHAPE', { op: 'umap', expected: `a start of ${n} × 2 numbers`, got })
  }
  const start = options.start?.some((value) => !Number.isNaN(value)) ? options.start : null
  const { epochs = start ? 100 : n <= 10_000 ? 500 : 200 } = options
  for (const [what, value, least] of [
    ['neighbours', neighbours, 1],
    ['epochs', epochs, 1],
    ['negatives', negatives, 0],
  ] as const) {
    if (Number.isInteger(value) && value >= least) continue
    throw fail('ARGUMENT', { what, expected: `a whole number of ${least} or more`, got: String(value) })
  }
  checkFinite(x, 'rows of a map')
  const curve = fitCurve(minDistance, spread)
  if (n === 1) return start ? heap.copy(start) : heap.f32(2)
  const k = Math.min(neighbours, n - 1)
  const graph = fuzzySet(yield* search(x, k), k)
  const at = start ? continuedStart(start, graph, rng) : yield* principalStart(x, rng)
  yield* layOut(at, graph, { rng, curve, epochs, negatives, rate: start ? RATE_CONTINUED : RATE })
  return at
}

function* search(x: Matrix, k: number): Job<Neighbours> {
  const job = nearestNeighbours(x, k)
  let step = job.next()
  for (; !step.done; step = job.next()) yield { phase: 'neighbours', ...step.value, unit: 'rows' }
  return step.value
}
