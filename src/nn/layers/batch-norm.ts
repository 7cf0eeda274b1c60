/** Batch normalisation (Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167). */
import { columnSum, mul, neg, reciprocal, scale, sqrt, square } from '../../tensor/elementwise.ts'
import { addBias, transpose } from '../../tensor/linear.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { scaleRows } from '../../tensor/rowwise.ts'

/** Learned: 1 × columns each. */
export type BatchNorm = { readonly gain: Matrix; readonly shift: Matrix }

/** What was seen in training, for later: running mean and variance, 1 × columns each. Not learned by gradients. */
export interface BatchStatistics {
  readonly mean: Matrix
  readonly variance: Matrix
}

export function createBatchNorm(columns: number): { layer: BatchNorm; statistics: BatchStatistics } {
  const [gain, shift, mean, variance] = Array.from({ length: 4 }, () => Matrix.zeros(1, columns))
  gain.data.fill(1)
  variance.data.fill(1)
  return { layer: { gain, shift }, statistics: { mean, variance } }
}

const EPSILON = 1e-5

/**
 * (x − μ) / √(σ² + 1e-5) ⊙ gain + shift. With `momentum`, μ and σ² are the batch's own, and move the running ones by that share;
 * null: the running ones are used.
 */
export function batchNorm(
  x: Matrix,
  layer: BatchNorm,
  statistics: BatchStatistics,
  momentum: number | null,
): Matrix {
  if (momentum === null) return shifted(addBias(x, neg(statistics.mean)), statistics.variance, layer)
  const share = 1 / Math.max(1, x.rows)
  const mean = scale(columnSum(x), share) as Matrix
  const centred = addBias(x, neg(mean))
  const variance = scale(columnSum(square(centred)), share) as Matrix
  follow(statistics.mean, mean, momentum)
  follow(statistics.variance, variance, momentum)
  return shifted(centred, variance, layer)
}

function shifted(centred: Matrix, variance: Matrix, { gain, shift }: BatchNorm): Matrix {
  const factor = mul(gain, reciprocal(sqrt(scale(variance, 1, EPSILON))))
  const scaled = scaleRows(transpose(centred), transpose(factor) as Matrix<string, 'one'>)
  return addBias(transpose(scaled), shift)
}

function follow(running: Matrix, now: Matrix, share: number): void {
  for (let j = 0; j < running.data.length; j++) running.data[j] += share * (now.data[j] - running.data[j])
}
