/**
 * score(u, ·) = r_u (R̃ᵀR̃ + α D^-½ V Vᵀ D^½): a smoothed row of interactions (GF-CF). Taken for many users at once as two
 * sparse products on a block of columns. Similar items are the rows of the filter; similar users are cosines of what they
 * interacted with.
 */
import { inverseRootDegrees, normalizedInteractions } from '../../../../graph/bipartite.ts'
import { heap } from '../../../../kernels/heap.ts'
import { kernels } from '../../../../kernels/index.ts'
import type { Sparse } from '../../../../tensor/sparse.ts'
import type { FittedScorer, FittedState } from '../scorer.ts'
import { overlapCosines } from './cosine.ts'
import { historyOf } from './histories.ts'

/** Users per sparse product: wide enough to use whole cache lines, small enough to stay in cache. */
const BLOCK = 64

export function graphFilter(state: FittedState, interactions: Sparse): FittedScorer {
  const v = state.tensors['v'].data as Float32Array
  const rank = state.tensors['v'].shape[1]
  const alpha = (state.tensors['alpha'].data as Float32Array)[0]
  const users = interactions.rows
  const items = interactions.cols
  const normal = normalizedInteractions(interactions).placed()
  const back = normal.transposed.placed()
  const inverseRoot = heap.place(inverseRootDegrees(interactions.transposed))
  // The ideal filter's two sides: D^-½ V takes histories in, D^½ V gives scores out; items nobody touched keep 0.
  const inward = heap.scratchF32(items * rank)
  kernels().scaleRows(v, inverseRoot, items, rank, 0, inward)
  const outward = heap.scratchF32(items * rank)
  const root = heap.place(inverseRoot.map((x) => (x > 0 ? 1 / x : 0)))
  kernels().scaleRows(v, root, items, rank, 0, outward)

  /** Scores of `width` histories: history b is the items histories(b). out: width × items. */
  const filter = (width: number, histories: (b: number) => Int32Array, out: Float32Array): void => {
    const x = heap.f32(items * width)
    const touched = heap.u8(items)
    const low = heap.f32(width * rank)
    for (let b = 0; b < width; b++) {
      for (const i of histories(b)) {
        x[i * width + b] = 1
        touched[i] = 1
        for (let c = 0; c < rank; c++) low[b * rank + c] += inward[i * rank + c]
      }
    }
    const overUsers = heap.scratchF32(users * width)
    const y = heap.scratchF32(items * width)
    kernels().spmm(normal.indptr, normal.indices, normal.values, x, width, 1, 0, overUsers, null, touched)
    kernels().spmm(back.indptr, back.indices, back.values, overUsers, width, 1, 0, y, null, null)
    kernels().transpose(y, items, width, out)
    kernels().gemm(false, true, width, items, rank, alpha, low, rank, outward, rank, 1, out, items)
  }

  const inBlocks = (count: number, histories: (b: number) => Int32Array, out: Float32Array): void => {
    for (let start = 0; start < count; start += BLOCK) {
      const width = Math.min(BLOCK, count - start)
      const part = out.subarray(start * items, (start + width) * items)
      heap.scope(() => filter(width, (b) => histories(start + b), part))
    }
  }

  return {
    userCount: users,
    itemCount: items,
    scores: (rows, out) => inBlocks(rows.length, (b) => interactions.row(rows[b]), out),
    foldedScores: (rows, added, out) =>
      inBlocks(rows.length, (b) => historyOf(interactions, rows, added, b), out),
    similarItems: (row, out) => heap.scope(() => filter(1, () => Int32Array.of(row), out)),
    similarUsers: (row, out) => overlapCosines(interactions, row, out),
  }
}
