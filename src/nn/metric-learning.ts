/** Learning in which space things should be near: contrastive loss on unit vectors (Hadsell et al. 2006). */
import { add, mul, relu, scale, sqrt, sub, sum } from '../tensor/elementwise.ts'
import { matmul } from '../tensor/linear.ts'
import { Matrix } from '../tensor/matrix.ts'
import { normalizeRows, rowSumSquares } from '../tensor/rowwise.ts'

/** z = xA at unit length: between such vectors distance and cosine say the same, ‖z − z'‖² = 2 − 2 z·z'. */
export function metricSpace<R extends string>(
  x: Matrix<R, 'view'>,
  a: Matrix<'view', 'latent'>,
): Matrix<R, 'latent'> {
  return normalizeRows(matmul(x, a))
}

/** Mean of ‖a_i − b_i‖² over rows that should be near. */
export function pullLoss<R extends string>(a: Matrix<R, 'latent'>, b: Matrix<R, 'latent'>): Matrix {
  return scale(sum(rowSumSquares(sub(a, b))), 1 / a.rows)
}

/** Mean of max(0, margin − ‖a_i − b_i‖)² over rows that should be far. */
export function pushLoss<R extends string>(
  a: Matrix<R, 'latent'>,
  b: Matrix<R, 'latent'>,
  margin: number,
): Matrix {
  // The tiny summand keeps the root's derivative finite where both are the same.
  const distance = sqrt(scale(rowSumSquares(sub(a, b)), 1, 1e-6))
  const short = relu(scale(distance, -1, margin))
  return scale(sum(mul(short, short)), 1 / a.rows)
}

/** Neighbours near, strangers far, and `weight` times: those of one category far. All four matrices have a row per anchor. */
export function diversityLoss<R extends string>(
  anchors: Matrix<R, 'latent'>,
  neighbours: Matrix<R, 'latent'>,
  strangers: Matrix<R, 'latent'>,
  siblings: Matrix<R, 'latent'>,
  margin: number,
  weight: number,
): Matrix {
  const near = add(pullLoss(anchors, neighbours), pushLoss(anchors, strangers, margin))
  return add(near, scale(pushLoss(anchors, siblings, margin), weight))
}
