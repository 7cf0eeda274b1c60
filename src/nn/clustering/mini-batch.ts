/** Mini-batch k-means (Sculley 2010): each centre moves towards the rows of a batch with a step of 1 / rows it has seen. */
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { denseRows, type Features } from '../../tensor/features.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { CentreSums } from './centre-sums.ts'
import { farthest, nearestCentres } from './nearest-centre.ts'

export interface MiniBatchOptions {
  readonly batch: number
  /** Passes over the rows at most. */
  readonly iterations: number
  readonly rng: Random
}

/** Passes without a better mean distance before it ends. */
const PATIENCE = 2

/**
 * Moves `centres` (K × d, in place). A centre that got no row in a whole pass goes to the row of the last batch that is farthest
 * from its own. Yields the share done.
 */
export function* miniBatchCentres(
  x: Features,
  centres: Matrix,
  { batch, iterations, rng }: MiniBatchOptions,
): Generator<number, void, void> {
  const { rows: k, cols: d } = centres
  const order = Int32Array.from({ length: x.rows }, (_, i) => i)
  const seen = new Float64Array(k)
  let best = Infinity
  let since = 0
  for (let pass = 0; pass < iterations && since < PATIENCE; pass++) {
    rng.stream('pass', pass).shuffle(order)
    const before = seen.slice()
    let total = 0
    for (let from = 0; from < x.rows; from += batch) {
      const last = from + batch >= x.rows
      total += heap.scope(() => {
        const rows = denseRows(x, order.subarray(from, from + batch))
        const distances = step(rows, centres, seen)
        const idle = last ? [...seen.keys()].filter((c) => seen[c] === before[c]) : []
        const far = farthest(distances, Math.min(idle.length, rows.rows))
        far.forEach((row, i) => centres.data.set(rows.row(row), idle[i] * d))
        return distances.reduce((sum, value) => sum + value, 0)
      })
      yield (pass + from / x.rows) / iterations
    }
    since = total < best * 0.999 ? 0 : since + 1
    best = Math.min(best, total)
  }
}

/** One batch; answers the squared distances of its rows to their centres as these were. */
function step(rows: Matrix, centres: Matrix, seen: Float64Array): Float32Array {
  const labels = heap.i32(rows.rows)
  const scores = heap.scratchF32(rows.rows)
  const totals = new CentreSums(centres.rows, centres.cols)
  const blocks = nearestCentres(rows, centres, { labels, scores }, totals)
  while (!blocks.next().done);
  for (let i = 0; i < rows.rows; i++) {
    let norm = 0
    for (const value of rows.row(i)) norm += value * value
    scores[i] = Math.max(0, scores[i] + norm)
  }
  for (let c = 0; c < centres.rows; c++) {
    if (totals.sizes[c] === 0) continue
    seen[c] += totals.sizes[c]
    const centre = centres.row(c)
    for (let j = 0; j < centre.length; j++)
      centre[j] += (totals.sums[c * centre.length + j] - totals.sizes[c] * centre[j]) / seen[c]
  }
  return scores
}
