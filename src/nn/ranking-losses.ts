/** Losses over positive and negative items. Each answers a 1 × 1 matrix. */
import type { Matrix } from '../tensor/matrix.ts'
import { mean, mul, scale, softplus, sub, sum } from '../tensor/elementwise.ts'
import { matmulTransposed } from '../tensor/linear.ts'
import { logSumExp, rowDot, rowSumSquares } from '../tensor/rowwise.ts'

/** Bayesian personalised ranking: mean of −ln σ(ŷ_ui − ŷ_uj). Source: https://arxiv.org/abs/1205.2618. */
export function bprLoss(positive: Matrix<string, 'one'>, negative: Matrix<string, 'one'>): Matrix {
  return mean(softplus(sub(negative, positive)))
}

/**
 * Sampled softmax with negatives shared by the batch: mean of −ln (e^{s_ui} / (e^{s_ui} + Σ_j e^{s_uj})), s = user · item /
 * temperature. users, positives: batch × dim; negatives: count × dim. Source: https://arxiv.org/abs/2201.02327.
 */
export function sampledSoftmaxLoss<D extends string>(
  users: Matrix<'batch', D>,
  positives: Matrix<'batch', D>,
  negatives: Matrix<'negative', D>,
  temperature: number,
): Matrix {
  const positive = scale(rowDot(users, positives), 1 / temperature)
  const others = logSumExp(scale(matmulTransposed(users, negatives), 1 / temperature))
  // −ln σ(positive − others)
  return mean(softplus(sub(others, positive)))
}

/**
 * ½ Σ count · ‖row‖² / batch: the L2 penalty on the embeddings that a batch uses, an embedding once for every time that it is used
 * (as the LightGCN authors' code counts). rows: n × dim; counts: n × 1.
 */
export function batchPenalty(rows: Matrix, counts: Matrix, batch: number): Matrix {
  return scale(sum(mul(rowSumSquares(rows), counts)), 0.5 / batch)
}
