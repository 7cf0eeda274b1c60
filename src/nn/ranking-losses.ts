/** Losses over positive and negative items. Each answers a 1 × 1 matrix. */
import type { Matrix } from '../tensor/matrix.ts'
import { mean, mul, scale, softplus, sub, sum } from '../tensor/elementwise.ts'
import { rowSumSquares } from '../tensor/rowwise.ts'

/** Bayesian personalised ranking: mean of −ln σ(ŷ_ui − ŷ_uj). Source: https://arxiv.org/abs/1205.2618. */
export function bprLoss(positive: Matrix<string, 'one'>, negative: Matrix<string, 'one'>): Matrix {
  return mean(softplus(sub(negative, positive)))
}

/**
 * ½ Σ count · ‖row‖² / batch: the L2 penalty on the embeddings that a batch uses, an embedding once for every time that it is used
 * (as the LightGCN authors' code counts). rows: n × dim; counts: n × 1.
 */
export function batchPenalty(rows: Matrix, counts: Matrix, batch: number): Matrix {
  return scale(sum(mul(rowSumSquares(rows), counts)), 0.5 / batch)
}
