/** The skip-gram objective with negative samples that a whole batch shares. */
import { heap } from '../kernels/heap.ts'
import { add, neg, scale, softplus, sum } from '../tensor/elementwise.ts'
import { matmulTransposed } from '../tensor/linear.ts'
import { Matrix } from '../tensor/matrix.ts'
import { gather, rowDot, rowSum, scaleRows } from '../tensor/rowwise.ts'

/** Pairs of a batch, as places in its matrices. */
export interface SampledPairs {
  /** Place of each pair's centre among the rows of `h`. On the kernel heap. */
  readonly centres: Int32Array
  /** Place of each pair's context among the rows of `v`. On the kernel heap. */
  readonly contexts: Int32Array
  /** Places of the negative samples among the rows of `v`. On the kernel heap. */
  readonly negatives: Int32Array
}

/**
 * The mean over pairs (u, c) of −ln σ(h_u·v_c) − (k/M) Σ_m ln σ(−h_u·v_m) over the M negatives of the batch: in expectation the
 * loss of skip-gram with k negatives of each pair's own (Mikolov et al. 2013, https://arxiv.org/abs/1310.4546, eq. 4).
 */
export function negativeSamplingLoss<R extends string, C extends string>(
  h: Matrix<R, C>,
  v: Matrix<'context', C>,
  { centres, contexts, negatives }: SampledPairs,
  k: number,
): Matrix {
  const pairs = centres.length
  const positive = rowDot(gather(h, centres) as Matrix<'pair', C>, gather(v, contexts) as Matrix<'pair', C>)
  const counts = new Matrix<R, 'one'>(h.rows, 1, heap.f32(h.rows))
  for (const at of centres) counts.data[at] += 1
  const noise = rowSum(softplus(matmulTransposed(h, gather(v, negatives) as Matrix<'negative', C>)))
  return add(
    scale(sum(softplus(neg(positive))), 1 / pairs),
    scale(sum(scaleRows(noise, counts)), k / (negatives.length * pairs)),
  )
}
