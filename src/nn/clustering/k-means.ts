/**
 * K-means (Lloyd 1982): exact assignments, k-means++ seeding, several restarts of which the one with the least inertia is kept.
 * A function that any method may use on its latent space; the method of this name is models/cluster/k-means.ts.
 */
import { fail } from '../../errors.ts'
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { denseRows, type Features, placeFeatures, squaredNorms } from '../../tensor/features.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { inRegion, type Job, pace } from '../../train/run.ts'
import { about, centred } from '../../tensor/centring.ts'
import { CentreSums } from './centre-sums.ts'
import { miniBatchCentres } from './mini-batch.ts'
import { farthest, nearestCentres } from './nearest-centre.ts'
import { plusPlusSeeds } from './seeding.ts'

export interface KMeansOptions {
  readonly rng: Random
  /** Runs from other seeds; the one with the least inertia is kept. Default 10. */
  readonly restarts?: number
  /** Rounds at most, in each run. Default 300. */
  readonly iterations?: number
  /** Ends a run when a round lowers the inertia by less than this share of it; 0: when no label changes. Default 1e-6. */
  readonly tolerance?: number
  /** Start here instead of at k-means++ seeds, in one run: K × d. */
  readonly init?: Matrix | null
  /** Rows of a mini-batch (Sculley 2010); a few exact rounds end the run. 0: all rows in every round. Default 0. */
  readonly batch?: number
}

export interface KMeansResult {
  /** n: for each row the nearest of `centres`. */
  readonly labels: Int32Array
  /** K × d. A cluster without rows (fewer distinct rows than K) keeps its last centre. */
  readonly centres: Matrix<'cluster', 'latent'>
  /** What was subtracted from rows and centres before distances were computed in float32; null: nothing. See {@link assign}. */
  readonly origin: Float32Array | null
  /** Σ ‖x − its centre‖². */
  readonly inertia: number
  /** Rounds of the run that was kept. */
  readonly iterations: number
  /** Whether that run ended before its last round. */
  readonly converged: boolean
}

/**
 * Groups the rows of x into k clusters. The result lies in the region that is open when the job ends.
 *
 * @throws ARGUMENT when k is below 1 or above the number of rows, or `init` is not k × d.
 */
export function kMeans(x: Features, k: number, options: KMeansOptions): Job<KMeansResult> {
  return inRegion(restarts(x, k, options), (result) => ({
    ...result,
    labels: heap.copy(result.labels),
    centres: new Matrix(result.centres.rows, result.centres.cols, heap.copy(result.centres.data)),
    origin: result.origin && heap.copy(result.origin),
  }))
}

function* restarts(input: Features, k: number, options: KMeansOptions): Job<KMeansResult> {
  checkClusters(k, input.rows)
  const { init = null, rng } = options
  if (init && (init.rows !== k || init.cols !== input.cols)) {
    throw fail('SHAPE', {
      op: 'kMeans',
      expected: `first centres of ${k} × ${input.cols}`,
      got: `${init.rows} × ${init.cols}`,
    })
  }
  const { x, shift } = centred(placeFeatures(input))
  const norms = squaredNorms(x)
  const runs = init ? 1 : (options.restarts ?? 10)
  let best: Run | undefined
  for (let run = 0; run < runs; run++) {
    const stream = rng.stream('k-means', run)
    const result = yield* inRegion(oneRun(x, norms, k, shift, stream, options, { run, runs }), (r) => ({
      ...r,
      labels: heap.copy(r.labels),
      centres: new Matrix<'cluster', 'latent'>(k, x.cols, heap.copy(r.centres.data)),
    }))
    if (!best || result.inertia < best.inertia) best = result
  }
  if (!shift) return { ...best!, origin: null }
  const centres = best!.centres
  for (let c = 0; c < k; c++) for (let j = 0; j < x.cols; j++) centres.data[c * x.cols + j] += shift[j]
  // Once more with the centres as they were rounded, so that `assign` gives these labels.
  const { labels, inertia } = yield* assign(input, centres, shift)
  return { ...best!, centres, labels, inertia, origin: shift }
}

/**
 * The nearest centre of each row, and the sum of squared distances: with the centres and the origin of a {@link kMeans} and its rows,
 * the labels of its result to the bit. In the open region.
 */
export function* assign(
  input: Features,
  centres: Matrix,
  origin: Float32Array | null,
): Job<{ labels: Int32Array; inertia: number }> {
  const x = about(placeFeatures(input), origin)
  const near = about(centres, origin)
  const norms = squaredNorms(x)
  const labels = heap.i32(x.rows)
  const scores = heap.scratchF32(x.rows)
  const due = pace()
  for (const done of nearestCentres(x, near, { labels, scores }))
    if (due()) yield { phase: 'assign', done, of: x.rows, unit: 'rows' }
  let inertia = 0
  for (let i = 0; i < x.rows; i++) inertia += Math.max(0, scores[i] + norms[i])
  return { labels, inertia }
}

type Run = Omit<KMeansResult, 'origin'>

function* oneRun(
  x: Features,
  norms: Float32Array,
  k: number,
  shift: Float32Array | null,
  rng: Random,
  { init = null, iterations = 300, tolerance = 1e-6, batch = 0 }: KMeansOptions,
  { run, runs }: { run: number; runs: number },
): Job<Run> {
  const due = pace()
  const progress = (share: number) =>
    ({ phase: 'k-means', done: run + Math.min(1, share), of: runs, unit: 'runs' }) as const
  const centres = new Matrix<'cluster', 'latent'>(k, x.cols, heap.scratchF32(k * x.cols))
  if (init) {
    heap.scope(() => centres.data.set(about(init, shift).data))
  } else {
    const seeding = plusPlusSeeds(x, norms, k, rng)
    let step = seeding.next()
    for (; !step.done; step = seeding.next()) if (due()) yield progress(0)
    const seeds = step.value
    heap.scope(() => centres.data.set(denseRows(x, seeds).data))
  }
  if (batch > 0 && batch < x.rows) {
    for (const share of miniBatchCentres(x, centres, { batch, iterations, rng }))
      if (due()) yield progress(share)
  }

  const n = x.rows
  let labels = heap.i32(n).fill(-1)
  let before = heap.i32(n)
  const scores = heap.scratchF32(n)
  const totals = new CentreSums(k, x.cols)
  let inertia = Infinity
  for (let round = 1; ; round++) {
    ;[labels, before] = [before, labels]
    totals.clear()
    for (const done of nearestCentres(x, centres, { labels, scores }, totals))
      if (due()) yield progress((round - 1 + done / n) / iterations)
    const last = inertia
    inertia = 0
    for (let i = 0; i < n; i++) inertia += scores[i] = Math.max(0, scores[i] + norms[i])
    const same = sameLabels(labels, before)
    // Rounding can make the inertia rise a little: without a tolerance that is no reason to end.
    const converged = same || (tolerance > 0 && last - inertia < tolerance * inertia)
    if (converged || round === iterations) return { labels, centres, inertia, iterations: round, converged }
    const empty = totals.means(centres.data)
    if (empty.length > 0) reseed(x, scores, empty, centres)
    if (due()) yield progress(round / iterations)
  }
}

/** Puts the centres of empty clusters on the rows that are farthest from their own centres. */
function reseed(x: Features, distances: Float32Array, empty: readonly number[], centres: Matrix): void {
  const rows = farthest(distances, empty.length)
  heap.scope(() => {
    const found = denseRows(x, rows)
    empty.forEach((c, i) => centres.row(c).set(found.row(i)))
  })
}

function sameLabels(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Throws ARGUMENT unless 1 ≤ k ≤ n. */
export function checkClusters(k: number, n: number): void {
  if (Number.isInteger(k) && k >= 1 && k <= n) return
  throw fail('ARGUMENT', {
    what: 'clusters',
    expected: `a whole number from 1 to ${n}, the number of rows`,
    got: String(k),
  })
}
