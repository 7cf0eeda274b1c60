/** score(u, i) = e_u · e_i. Similarities are cosines of the embeddings. */
import { heap } from '../../../../kernels/heap.ts'
import { kernels } from '../../../../kernels/index.ts'
import type { Sparse } from '../../../../tensor/sparse.ts'
import type { FittedScorer, FittedState } from '../scorer.ts'
import { vectorCosines } from './cosine.ts'

export function dotProduct(state: FittedState, interactions: Sparse): FittedScorer {
  const users = state.tensors['users'].data as Float32Array
  const items = state.tensors['items'].data as Float32Array
  const dim = state.tensors['items'].shape[1]
  const itemCount = interactions.cols
  return {
    userCount: interactions.rows,
    itemCount,
    scores(rows, out) {
      heap.scope(() => {
        const batch = heap.scratchF32(rows.length * dim)
        kernels().gatherRows(users, dim, heap.place(rows), batch)
        kernels().gemm(false, true, rows.length, itemCount, dim, 1, batch, dim, items, dim, 0, out, itemCount)
      })
    },
    similarItems: (row, out) => vectorCosines(items, dim, row, out),
    similarUsers: (row, out) => vectorCosines(users, dim, row, out),
    itemVectors: { data: items, dim },
  }
}
