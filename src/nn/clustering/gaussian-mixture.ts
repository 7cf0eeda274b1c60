/**
 * Mixture of Gaussians by expectation–maximisation (Dempster, Laird & Rubin 1977), with responsibilities in logarithms:
 *   ln p(x, k) = ln π_k − ½ (d ln 2π + ln |Σ_k| + (x − μ_k)ᵀ Σ_k⁻¹ (x − μ_k)),   γ_ik = exp(ln p(x_i, k) − ln Σ_j p(x_i, j)).
 * A function that any method may use on its latent space; the method of this name is models/cluster/gaussian-mixture.ts.
 */
import { fail } from '../../errors.ts'
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import type { Random } from '../../random.ts'
import { about } from '../../tensor/centring.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { inRegion, type Job, pace } from '../../train/run.ts'
import { checkClusters, kMeans } from './k-means.ts'
import {
  columnMoments,
  type Covariance,
  jointLogDensities,
  Mixture,
  placed,
  updateMixture,
} from './mixture.ts'

export interface MixtureOptions {
  readonly rng: Random
  /** `diagonal`: K × d variances; `full`: K covariance matrices of d × d. Default diagonal. */
  readonly covariance?: Covariance
  /** Runs from other k-means partitions; the likeliest is kept. Default 1. */
  readonly restarts?: number
  /** EM rounds at most, in each run. Default 100. */
  readonly iterations?: number
  /** Ends a run when the mean log-likelihood of a row rises by less. Default 1e-3. */
  readonly tolerance?: number
  /** Added to all variances, as a share of the variance of the column. Default 1e-6. */
  readonly regularisation?: number
  /** Start from these labels instead of k-means, in one run. */
  readonly labels?: Int32Array | null
}

export interface MixtureResult {
  readonly mixture: Mixture
  /** n: the component with the greatest γ. */
  readonly labels: Int32Array
  /** γ: n × K. */
  readonly probabilities: Matrix<'node', 'cluster'>
  /** Mean over the rows of ln p(x). */
  readonly logLikelihood: number
  readonly iterations: number
  readonly converged: boolean
}

/**
 * Fits k Gaussians to the rows of x. The result lies in the region that is open when the job ends. A component may be left
 * with (almost) no rows: its weight is then near 0 and its covariance that of all rows.
 *
 * @throws ARGUMENT when k is below 1 or above the number of rows; DIVERGED when a covariance is not positive definite.
 */
export function gaussianMixture(x: Matrix, k: number, options: MixtureOptions): Job<MixtureResult> {
  return inRegion(restarts(x, k, options), keep)
}

const keep = (result: MixtureResult): MixtureResult => ({
  ...result,
  mixture: placed(result.mixture, (array) => heap.copy(array)),
  labels: heap.copy(result.labels),
  probabilities: new Matrix(
    result.probabilities.rows,
    result.probabilities.cols,
    heap.copy(result.probabilities.data),
  ),
})

function* restarts(input: Matrix, k: number, options: MixtureOptions): Job<MixtureResult> {
  checkClusters(k, input.rows)
  const x = new Matrix(input.rows, input.cols, heap.place(input.data))
  const { labels = null, rng } = options
  const runs = labels ? 1 : (options.restarts ?? 1)
  let best: MixtureResult | undefined
  for (let run = 0; run < runs; run++) {
    const stream = rng.stream('mixture', run)
    const result = yield* inRegion(oneRun(x, k, stream, options, { run, runs }), keep)
    if (!best || result.logLikelihood > best.logLikelihood) best = result
  }
  return best!
}

function* oneRun(
  input: Matrix,
  k: number,
  rng: Random,
  {
    covariance = 'diagonal',
    iterations = 100,
    tolerance = 1e-3,
    regularisation = 1e-6,
    labels = null,
  }: MixtureOptions,
  { run, runs }: { run: number; runs: number },
): Job<MixtureResult> {
  const n = input.rows
  const due = pace()
  const mixture = new Mixture(k, input.cols, covariance)
  const { mean, variance } = columnMoments(input)
  mixture.origin.set(mean)
  const x = about(input, mixture.origin)
  const first = labels ?? (yield* kMeans(x, k, { rng, restarts: 1 })).labels
  const joint = new Matrix<'node', 'cluster'>(n, k, heap.f32(n * k))
  for (let i = 0; i < n; i++) joint.data[i * k + first[i]] = 1
  const perRow = heap.scratchF32(n)
  let last = -Infinity
  for (let round = 1; ; round++) {
    const progress = { phase: 'mixture', done: run + (round - 1) / iterations, of: runs, unit: 'runs' }
    for (const _ of updateMixture(mixture, x, joint.data, variance, regularisation)) if (due()) yield progress
    for (const _ of jointLogDensities(mixture, x, joint.data)) if (due()) yield progress
    kernels().rowReduce('logSumExp', joint.data, n, k, perRow)
    const logLikelihood = kernels().sum(perRow) / n
    if (!Number.isFinite(logLikelihood)) {
      throw fail('DIVERGED', {
        what: `the likelihood of the mixture became ${logLikelihood} in round ${round}`,
        todo: 'Use fewer clusters, a diagonal covariance, or a larger regularisation.',
      })
    }
    kernels().rowSoftmax(joint.data, n, k, joint.data)
    const converged = Math.abs(logLikelihood - last) < tolerance
    if (converged || round === iterations) {
      const best = mostProbable(joint)
      return { mixture, labels: best, probabilities: joint, logLikelihood, iterations: round, converged }
    }
    last = logLikelihood
    if (due()) yield progress
  }
}

/** The column of the greatest entry of each row, the first of equal ones; in the open region. */
export function mostProbable(p: Matrix): Int32Array {
  const labels = heap.i32(p.rows)
  heap.scope(() =>
    kernels().topK(p.data, p.rows, p.cols, 1, null, null, null, labels, heap.scratchF32(p.rows)),
  )
  return labels
}

/** μ: K × d, in the coordinates of the data. */
export function meansOf({ clusters, columns, origin, means }: Mixture): Matrix<'cluster', 'latent'> {
  return new Matrix(clusters, columns, heap.place(means.map((value, at) => value + origin[at % columns])))
}

/** γ of rows under a fitted mixture, in the open region when the job ends. */
export function* responsibilities(mixture: Mixture, x: Matrix): Job<Matrix<'node', 'cluster'>> {
  const due = pace()
  const out = new Matrix<'node', 'cluster'>(
    x.rows,
    mixture.clusters,
    heap.scratchF32(x.rows * mixture.clusters),
  )
  const rows = about(x, mixture.origin)
  for (const done of jointLogDensities(mixture, rows, out.data))
    if (due()) yield { phase: 'predict', done, of: x.rows, unit: 'rows' }
  kernels().rowSoftmax(out.data, x.rows, mixture.clusters, out.data)
  return out
}
