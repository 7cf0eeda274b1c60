/**
 * The metric in which the clusters of a code are round. What stands before a code and what reads it take up any invertible linear map
 * between them, so reconstruction leaves the code's metric open, and k-means depends on it. |W|, the determinant of the pooled
 * covariance within clusters, is lowered by the same partition under every such map (Friedman & Rubin 1967); k-means in the metric of W
 * lowers it, so the two take turns (Späth 1980).
 */
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { symmetricEigen } from '../../tensor/eigen.ts'
import { matmul } from '../../tensor/linear.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { inRegion, type Job, named, pace } from '../../train/run.ts'
import { kMeans } from './k-means.ts'
import { columnMoments } from './mixture.ts'

export interface ClusterMetricOptions {
  readonly rng: Random
  /** Runs of each k-means. Default 10. */
  readonly restarts?: number
  /** Turns at most. Default 20. */
  readonly rounds?: number
}

/** Symmetric d × d maps of determinant 1, each the inverse of the other: z·root has equal variances within clusters in all directions. */
export interface ClusterMetric {
  readonly root: Float32Array
  readonly inverse: Float32Array
  /** ln |W| at the beginning and after each turn that lowered it. */
  readonly logDeterminants: readonly number[]
}

/** Ends when a turn lowers ln |W| by less. */
const LEAST_GAIN = 1e-4
/** Directions with a smaller share of the mean variance count as if they had it: codes may have dead ones. */
const LEAST_VARIANCE = 1e-6

/** From k-means on the rows as they are. */
export function* clusterMetric(
  z: Matrix,
  clusters: number,
  { rng, restarts = 10, rounds = 20 }: ClusterMetricOptions,
): Job<ClusterMetric> {
  const { variance } = columnMoments(z)
  const floor = (LEAST_VARIANCE * variance.reduce((sum, value) => sum + value, 0)) / z.cols
  function* turn(round: number, root: Float32Array | null): Job<Roots> {
    const turned = root ? matmul(z, new Matrix(z.cols, z.cols, heap.place(root))) : z
    const { labels } = yield* kMeans(turned, clusters, { rng: rng.stream('turn', round), restarts })
    return rootsOf(yield* withinCovariance(z, labels, clusters), z.cols, floor)
  }
  const alone = (round: number, root: Float32Array | null): Job<Roots> =>
    named(
      `metric, round ${round}`,
      inRegion(turn(round, root), (found) => found),
    )

  let best = yield* alone(0, null)
  const logDeterminants = [best.logDeterminant]
  for (let round = 1; round <= rounds; round++) {
    const next = yield* alone(round, best.root)
    if (!(next.logDeterminant < best.logDeterminant - LEAST_GAIN)) break
    best = next
    logDeterminants.push(best.logDeterminant)
  }
  return { root: best.root, inverse: best.inverse, logDeterminants }
}

interface Roots extends Omit<ClusterMetric, 'logDeterminants'> {
  readonly logDeterminant: number
}

/** W^-½ and W^½ at determinant 1, by the eigenvectors of W. */
function rootsOf(w: Float64Array, d: number, floor: number): Roots {
  const { values, vectors } = symmetricEigen(w, d)
  const variances = values.map((value) => Math.max(value, floor, Number.MIN_VALUE))
  const logDeterminant = variances.reduce((sum, value) => sum + Math.log(value), 0)
  const unit = Math.exp(logDeterminant / d)
  const power = (exponent: number): Float32Array => {
    const out = new Float64Array(d * d)
    for (let k = 0; k < d; k++) {
      const scale = (variances[k] / unit) ** exponent
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) out[i * d + j] += scale * vectors[i * d + k] * vectors[j * d + k]
      }
    }
    return Float32Array.from(out)
  }
  return { root: power(-0.5), inverse: power(0.5), logDeterminant }
}

/** Pooled over the clusters: Σ (z − its mean)(z − its mean)ᵀ / n. */
function* withinCovariance(
  { rows, cols: d, data }: Matrix,
  labels: Int32Array,
  clusters: number,
): Job<Float64Array> {
  const due = pace()
  const means = new Float64Array(clusters * d)
  const sizes = new Float64Array(clusters)
  for (let i = 0; i < rows; i++) {
    sizes[labels[i]]++
    for (let j = 0; j < d; j++) means[labels[i] * d + j] += data[i * d + j]
  }
  for (let k = 0; k < means.length; k++) means[k] /= Math.max(1, sizes[Math.floor(k / d)])
  const w = new Float64Array(d * d)
  const own = new Float64Array(d)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < d; j++) own[j] = data[i * d + j] - means[labels[i] * d + j]
    for (let j = 0; j < d; j++) for (let l = 0; l <= j; l++) w[j * d + l] += (own[j] * own[l]) / rows
    if (i % 4096 === 0 && due()) yield { phase: 'covariance', done: i + 1, of: rows, unit: 'rows' }
  }
  for (let j = 0; j < d; j++) for (let l = 0; l < j; l++) w[l * d + j] = w[j * d + l]
  return w
}
