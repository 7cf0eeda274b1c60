/** score(u, i) = e_u · e_i. Similarities are cosines of the embeddings. */
import { heap } from '../../../../kernels/heap.ts'
import { kernels } from '../../../../kernels/index.ts'
import { runSync, type Steps } from '../../../../steps.ts'
import type { Sparse } from '../../../../tensor/sparse.ts'
import type { Added, FittedScorer, FittedState } from '../scorer.ts'
import { FoldIn } from '../../../../nn/fold-in.ts'
import { vectorCosines } from './cosine.ts'
import { historyOf } from './histories.ts'

export function dotProduct(state: FittedState, interactions: Sparse): FittedScorer {
  const users = state.tensors['users'].data as Float32Array
  const items = state.tensors['items'].data as Float32Array
  const dim = state.tensors['items'].shape[1]
  const itemCount = interactions.cols
  const dots = (batch: Float32Array, count: number, out: Float32Array): void =>
    kernels().gemm(false, true, count, itemCount, dim, 1, batch, dim, items, dim, 0, out, itemCount)
  // Only services fold in, so the sums it needs wait for the first who asks, or who prepares for that.
  let foldIn: FoldIn | null = null
  function* prepare(): Steps<FoldIn> {
    return (foldIn ??= yield* FoldIn.of(items, dim))
  }
  const foldedVectors = (rows: Int32Array, added: Added, out: Float32Array): void => {
    const fold = runSync(prepare())
    for (let b = 0; b < rows.length; b++) {
      const all = historyOf(interactions, rows, added, b)
      const known = rows[b] < 0 ? null : interactions.row(rows[b])
      const trained = rows[b] < 0 ? null : users.subarray(rows[b] * dim, (rows[b] + 1) * dim)
      foldedEmbedding(fold, dim, all, known, trained, out.subarray(b * dim, (b + 1) * dim))
    }
  }
  return {
    userCount: interactions.rows,
    itemCount,
    scores(rows, out) {
      heap.scope(() => {
        const batch = heap.scratchF32(rows.length * dim)
        kernels().gatherRows(users, dim, heap.place(rows), batch)
        dots(batch, rows.length, out)
      })
    },
    foldedScores(rows, added, out) {
      heap.scope(() => {
        const batch = heap.scratchF32(rows.length * dim)
        foldedVectors(rows, added, batch)
        dots(batch, rows.length, out)
      })
    },
    similarItems: (row, out) => vectorCosines(items, dim, row, out),
    similarUsers: (row, out) => vectorCosines(users, dim, row, out),
    itemVectors: { data: items, dim },
    dots: { userVectors: users, foldedVectors, prepare },
  }
}

/**
 * Who training did not know is their folded embedding f(all). Who it did know is what it learned, moved as the new interactions move
 * the folded one: u + c (f(all) − f(known)), where c brings f to the length that training gives this user.
 */
function foldedEmbedding(
  fold: FoldIn,
  dim: number,
  all: Int32Array,
  known: Int32Array | null,
  trained: Float32Array | null,
  out: Float32Array,
): void {
  const now = new Float64Array(dim)
  fold.embed(all, now)
  if (!known || !trained || known.length === 0) return out.set(now)
  const before = new Float64Array(dim)
  fold.embed(known, before)
  let along = 0
  let square = 0
  for (let c = 0; c < dim; c++) {
    along += trained[c] * before[c]
    square += before[c] ** 2
  }
  const scale = square > 0 ? Math.max(0, along / square) : 0
  for (let c = 0; c < dim; c++) out[c] = trained[c] + scale * (now[c] - before[c])
}
