/** Where k-means starts: k-means++ (Arthur & Vassilvitskii 2007), the best of a few candidates per step. */
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { denseRows, type Features, rowProducts, turnedFor } from '../../tensor/features.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { blockRows } from './nearest-centre.ts'

/**
 * k rows of x: the first at random, each next one drawn with probability proportional to its squared distance to the nearest
 * of those before; of 2 + ⌊ln k⌋ draws the one that lowers the sum of these distances most. `norms` are ‖x_i‖². Where all
 * rows lie on centres already (fewer than k distinct rows), the rest are drawn uniformly. Yields the number of centres so far.
 */
export function* plusPlusSeeds(
  x: Features,
  norms: Float32Array,
  k: number,
  rng: Random,
): Generator<number, Int32Array, void> {
  const n = x.rows
  const trials = 2 + Math.floor(Math.log(k))
  const seeds = new Int32Array(k)
  const nearest = new Float64Array(n).fill(Infinity)
  const candidates = heap.scratchF32(n * trials)
  for (let s = 0; s < k; s++) {
    const drawn =
      s === 0 ? Int32Array.of(rng.int(n)) : Int32Array.from({ length: trials }, drawer(nearest, rng))
    const best = heap.scope(() => {
      distancesTo(x, norms, drawn, candidates)
      return bestCandidate(nearest, candidates, drawn.length)
    })
    seeds[s] = drawn[best]
    for (let i = 0; i < n; i++)
      nearest[i] = Math.min(nearest[i], Math.max(0, candidates[i * drawn.length + best]))
    yield s + 1
  }
  return seeds
}

/** Draws row numbers with probability proportional to `weights` (≥ 0), uniformly where all are 0. */
function drawer(weights: Float64Array, rng: Random): () => number {
  let total = 0
  for (const w of weights) total += w
  if (!(total > 0)) return () => rng.int(weights.length)
  return () => {
    let left = rng.float() * total
    let last = 0
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] === 0) continue
      last = i
      left -= weights[i]
      if (left < 0) break
    }
    return last
  }
}

/** out[i, t] = ‖x_i − x_{drawn t}‖², up to rounding. */
function distancesTo(x: Features, norms: Float32Array, drawn: Int32Array, out: Float32Array): void {
  const count = drawn.length
  const rows: Matrix = denseRows(x, drawn)
  const turned = turnedFor(x, rows)
  const step = blockRows(count)
  for (let from = 0; from < x.rows; from += step) {
    const to = Math.min(x.rows, from + step)
    rowProducts(x, from, to, rows, turned, -2, out.subarray(from * count, to * count))
  }
  for (let i = 0, at = 0; i < x.rows; i++)
    for (let t = 0; t < count; t++, at++) out[at] = i === drawn[t] ? 0 : out[at] + norms[i] + norms[drawn[t]]
}

/** The candidate with the smallest sum of distances to the nearest centre, were it added. */
function bestCandidate(nearest: Float64Array, candidates: Float32Array, count: number): number {
  const sums = new Float64Array(count)
  for (let i = 0, at = 0; i < nearest.length; i++)
    for (let t = 0; t < count; t++, at++) sums[t] += Math.min(nearest[i], Math.max(0, candidates[at]))
  let best = 0
  for (let t = 1; t < count; t++) if (sums[t] < sums[best]) best = t
  return best
}
