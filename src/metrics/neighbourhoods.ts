/** How much of the neighbourhoods of rows a map of them shows. */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Random } from '../random.ts'
import { centred } from '../tensor/centring.ts'
import { allProducts, type Features, placeFeatures, productBlock, squaredNorms } from '../tensor/features.ts'

export interface Neighbourhoods {
  /** The mean share of a row's k nearest rows that are among the k nearest of its point. */
  readonly preserved: number
  /**
   * 1 − 2 / (m k (2n − 3k − 1)) Σᵢ Σⱼ (r(i, j) − k) over the m rows i looked at and those j of the k nearest points that are not among its k nearest
   * rows, r being the rank of j by distance from row i: 1 where no point has a wrong neighbour (Venna & Kaski 2001).
   */
  readonly trustworthiness: number
  /** Rows looked at, each against all. */
  readonly sampled: number
}

export interface NeighbourhoodOptions {
  readonly k: number
  /** Look at this many rows, drawn at random, when there are more. Default: all. The time grows with rows × this. */
  readonly sample?: number
  /** Draws the sample. */
  readonly rng: Random
}

/**
 * Compares Euclidean neighbourhoods of rows with those of `points` (rows × 2). Of equally near ones the first are nearer. Yields rows done;
 * its buffers are in the open region.
 *
 * @throws ARGUMENT unless 1 ≤ k < rows / 2; SHAPE for another number of points.
 */
export function* neighbourhoods(
  input: Features,
  points: Float32Array,
  { k, sample = input.rows, rng }: NeighbourhoodOptions,
): Generator<{ done: number; of: number }, Neighbourhoods, void> {
  const n = input.rows
  if (!Number.isInteger(k) || k < 1 || 2 * k >= n) {
    const expected = `a whole number of 1 or more, below half the ${n} rows`
    throw fail('ARGUMENT', { what: 'neighbours to compare', expected, got: String(k) })
  }
  if (points.length !== 2 * n) {
    const got = `${points.length} numbers`
    throw fail('SHAPE', { op: 'neighbourhoods', expected: `${n} × 2 coordinates`, got })
  }
  const order = Int32Array.from({ length: n }, (_, i) => i)
  const chosen = sample >= n ? order : rng.stream('neighbourhoods').shuffle(order).slice(0, sample).sort()
  const { x } = centred(placeFeatures(input))
  const minus = heap.scratchF32(n)
  kernels().affine(-1, 0, squaredNorms(x), minus)
  const step = Math.min(32, productBlock(x))
  const [nearRows, nearPoints] = [new Nearest(step, n, k), new Nearest(step, n, k)]
  let [kept, excess] = [0, 0]
  for (let from = 0; from < chosen.length; from += step) {
    const index = chosen.subarray(from, Math.min(chosen.length, from + step))
    const rows = nearRows.scores.subarray(0, index.length * n)
    allProducts(x, index, 2, rows)
    kernels().addToRows(rows, minus, index.length, n, rows)
    index.forEach((i, b) => pointScores(points, i, nearPoints.scores.subarray(b * n, (b + 1) * n)))
    nearRows.find(index)
    nearPoints.find(index)
    for (let b = 0; b < index.length; b++) {
      const own = new Set(nearRows.of(b))
      const score = rows.subarray(b * n, (b + 1) * n)
      for (const j of nearPoints.of(b)) {
        if (own.has(j)) kept++
        else excess += rank(score, j) - k
      }
    }
    yield { done: from + index.length, of: chosen.length }
  }
  const pairs = chosen.length * k
  return {
    preserved: kept / pairs,
    trustworthiness: 1 - (2 * excess) / (pairs * (2 * n - 3 * k - 1)),
    sampled: chosen.length,
  }
}

/** The k columns of the greatest scores of some rows, the rows themselves left out. */
class Nearest {
  readonly scores: Float32Array
  readonly #n: number
  readonly #k: number
  readonly #found: Int32Array
  readonly #best: Float32Array

  constructor(rows: number, n: number, k: number) {
    this.scores = heap.scratchF32(rows * n)
    this.#n = n
    this.#k = k
    this.#found = heap.i32(rows * k)
    this.#best = heap.scratchF32(rows * k)
  }

  find(index: Int32Array): void {
    const [n, k, rows] = [this.#n, this.#k, index.length]
    for (let b = 0; b < rows; b++) this.scores[b * n + index[b]] = -Infinity
    const scores = this.scores.subarray(0, rows * n)
    const [found, best] = [this.#found.subarray(0, rows * k), this.#best.subarray(0, rows * k)]
    kernels().topK(scores, rows, n, k, null, null, null, found, best)
  }

  of(b: number): Int32Array {
    return this.#found.subarray(b * this.#k, (b + 1) * this.#k)
  }
}

/** −‖p_i − p_j‖² for all j: from differences, since points of a large map lie close together and far from the origin. */
function pointScores(points: Float32Array, i: number, out: Float32Array): void {
  const [x, y] = [points[2 * i], points[2 * i + 1]]
  for (let j = 0; j < out.length; j++) out[j] = -((points[2 * j] - x) ** 2) - (points[2 * j + 1] - y) ** 2
}

/** 1 for the nearest row; a row's own score is −∞. */
function rank(score: Float32Array, j: number): number {
  const own = score[j]
  let before = 0
  for (let l = 0; l < score.length; l++) if (score[l] > own || (score[l] === own && l < j)) before++
  return before + 1
}
