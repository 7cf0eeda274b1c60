/** Terms that pull soft assignments towards a target. */
import { fail } from '../../errors.ts'
import { mul, scale, sub, sum } from '../../tensor/elementwise.ts'
import { type Matrix, shapeOf } from '../../tensor/matrix.ts'
import { logSumExp } from '../../tensor/rowwise.ts'

/**
 * KL(P ‖ softmax(L)) = Σ_ij p_ij (ln p_ij − l_ij + ln Σ_k exp l_ik) / rows → 1 × 1. P is a constant whose rows sum to 1; taking
 * assignments before their softmax keeps the logarithm of a vanishing one finite.
 */
export function klDivergence<R extends string>(
  p: Matrix<R, 'cluster'>,
  logits: Matrix<R, 'cluster'>,
): Matrix {
  if (p.rows !== logits.rows || p.cols !== logits.cols)
    throw fail('SHAPE', {
      op: 'klDivergence',
      expected: `assignments of ${shapeOf(p)}`,
      got: shapeOf(logits),
    })
  const share = 1 / Math.max(1, p.rows)
  let entropy = 0
  for (const value of p.data) if (value > 0) entropy -= value * Math.log(value)
  return scale(sub(sum(logSumExp(logits)), sum(mul(p, logits))), share, -entropy * share)
}
