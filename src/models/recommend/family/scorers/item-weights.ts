/**
 * score(u, i) = Σ_{j seen by u} W[j, i], with W dense (items × items) or sparse (row j: what an interaction with j speaks for).
 * Similar items are the rows of W; similar users are cosines of what they interacted with.
 */
import { heap } from '../../../../kernels/heap.ts'
import { kernels } from '../../../../kernels/index.ts'
import type { Sparse } from '../../../../tensor/sparse.ts'
import type { FittedScorer, FittedState } from '../scorer.ts'
import { overlapCosines } from './cosine.ts'
import { historyOf } from './histories.ts'

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
    const sums = (count: number, histories: (b: number) => Int32Array, out: Float32Array): void => {
      out.fill(0)
      for (let b = 0; b < count; b++) {
        const base = b * itemCount
        for (const j of histories(b)) {
          for (let w = indptr[j]; w < indptr[j + 1]; w++) out[base + indices[w]] += weights[w]
        }
      }
    }
    return {
      ...shared,
      scores: (users, out) => sums(users.length, (b) => interactions.row(users[b]), out),
      foldedScores: (users, added, out) =>
        sums(users.length, (b) => historyOf(interactions, users, added, b), out),
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
    foldedScores(users, added, out) {
      heap.scope(() => {
        const histories = Array.from(users, (_, b) => historyOf(interactions, users, added, b))
        const p = heap.place(Uint32Array.from([0, ...histories.map((h) => h.length)]))
        for (let b = 0; b < users.length; b++) p[b + 1] += p[b]
        const i = heap.place(Int32Array.from(histories.flatMap((h) => [...h])))
        kernels().spmm(p, i, null, weights, itemCount, 1, 0, out, null, null)
      })
    },
    similarItems(row, out) {
      out.set(weights.subarray(row * itemCount, (row + 1) * itemCount))
    },
  }
}
