/** Comparing vectors of two views in a relation space. Wang et al. 2020, M2GRL, https://arxiv.org/abs/2005.10110. */
import { sigmoid } from '../tensor/elementwise.ts'
import { matmul } from '../tensor/linear.ts'
import type { Matrix } from '../tensor/matrix.ts'
import { negativeSamplingLoss, type SampledPairs } from './negative-sampling.ts'

/** We, or σ(We). */
export type Relation = 'linear' | 'sigmoid'

/** Vectors in the space where items and the values of a view are compared. */
export function toRelation<R extends string>(
  e: Matrix<R, 'latent'>,
  w: Matrix<'latent', 'relation'>,
  relation: Relation,
): Matrix<R, 'relation'> {
  const mapped = matmul(e, w)
  return relation === 'sigmoid' ? sigmoid(mapped) : mapped
}

/** The inter-view loss: −ln σ(r_item · r_value) for what belongs together, with sampled values against it. */
export function alignmentLoss(
  items: Matrix<string, 'latent'>,
  values: Matrix<string, 'latent'>,
  w: Matrix<'latent', 'relation'>,
  pairs: SampledPairs,
  k: number,
  relation: Relation,
): Matrix {
  const v = toRelation(values as Matrix<'context', 'latent'>, w, relation)
  return negativeSamplingLoss(toRelation(items, w, relation), v, pairs, k)
}
