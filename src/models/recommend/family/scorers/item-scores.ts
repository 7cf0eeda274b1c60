/** One score per item, the same for every user. Similarities are cosines of who interacted with what. */
import type { Sparse } from '../../../../tensor/sparse.ts'
import type { FittedScorer, FittedState } from '../scorer.ts'
import { overlapCosines } from './cosine.ts'

export function itemScores(state: FittedState, interactions: Sparse): FittedScorer {
  const scores = state.tensors['scores'].data as Float32Array
  const same = (users: Int32Array, out: Float32Array): void => {
    for (let b = 0; b < users.length; b++) out.set(scores, b * scores.length)
  }
  return {
    userCount: interactions.rows,
    itemCount: interactions.cols,
    impersonal: true,
    scores: same,
    foldedScores: (users, _, out) => same(users, out),
    similarItems: (row, out) => overlapCosines(interactions.transposed, row, out),
    similarUsers: (row, out) => overlapCosines(interactions, row, out),
  }
}
