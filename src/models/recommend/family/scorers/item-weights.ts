/**
 * score(u, i) = Σ_{j seen by u} W[j, i], with W dense (items × items) or sparse (row j: what an interaction with j speaks for).
 * Similar items are the rows of W; similar users are cosines of what they interacted with.
 */
import { heap } from '../../../../kernels/heap.ts'
import { kernels } from '../../../../kernels/index.ts'
import type { Sparse } from '../../../../tensor/sparse.ts'
import type { FittedScorer, FittedState } from '../scorer.ts'
import { overlapCosines } from './cosine.ts'

export function itemWeights(state: FittedState, interactions: Sparse): FittedScorer {
  const itemCount = interactions.cols
  const weights = state.tensors['weights'].data as Float32Array
  const indptr = state.tensors['indptr']?.data as Uint32Array | undefined
  const indices = state.tensors['indices']?.data as Int32Array | undefined
  const shared = {
    userCount: interactions.rows,
    itemCount,
    similarUsers: (row: number, out: Float32Array) => overlapCosines(interactions, row, out),
  }
  if (indptr && indices) {
    return {
      ...shared,
      scores(users, out) {
        out.fill(0)
        for (let b = 0; b < users.length; b++) {
          const base = b * itemCount
          const user = users[b]
          for (let e = interactions.indptr[user]; e < interactions.indptr[user + 1]; e++) {
            const j = interactions.indices[e]
            for (let w = indptr[j]; w < indptr[j + 1]; w++) out[base + indices[w]] += weights[w]
          }
        }
      },
      similarItems(row, out) {
        out.fill(0)
        for (let w = indptr[row]; w < indptr[row + 1]; w++) out[indices[w]] = weights[w]!
      },
    }
  }
  return {
    ...shared,
    scores(users, out) {
      heap.scope(() => {
        const rows = heap.place(users)
        const { indptr: p, indices: i } = interactions
        kernels().spmm(p, i, null, weights, itemCount, 1, 0, out, rows, null)
      })
    },
    similarItems(row, out) {
      out.set(weights.subarray(row * itemCount, (row + 1) * itemCount))
    },
  }
}
