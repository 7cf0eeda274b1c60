/**
 * Max-similarity: the cosine of each row with the seed nearest to it, all of length 1 and seen from the mean of all users,
 *
 *   s(x) = max_{s ∈ S} x·s.
 *
 * Nothing is averaged, so seeds of several kinds keep their neighbours; a single odd seed brings its own along, too. One product of all
 * rows with all seeds serves all sets: the best of a set is the best of the folds in it.
 */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import type { Job } from '../../train/run.ts'
import type { Rows, SeedScores } from './rows.ts'
import { type Folds, heldOut } from './seeds.ts'

/** Numbers of the products of a block: 8 MB, and a few milliseconds. */
const SCRATCH = 1 << 21

export function* maxSimilarity({ rows, dim, unit }: Rows, folds: Folds): Job<SeedScores> {
  const parts = folds.count === 0 ? [folds.seeds] : range(folds.count).map((k) => heldOut(folds, k))
  const best: Float32Array[] = []
  for (const [done, part] of parts.entries()) {
    const nearest = heap.scratchF32(rows)
    const seeds = heap.scratchF32(part.length * dim)
    kernels().gatherRows(unit, dim, heap.place(part), seeds)
    const block = Math.max(16, Math.min(rows, Math.floor(SCRATCH / part.length)))
    const products = heap.scratchF32(block * part.length)
    for (let from = 0; from < rows; from += block) {
      const length = Math.min(block, rows - from)
      const x = unit.subarray(from * dim, (from + length) * dim)
      const width = part.length
      kernels().gemm(false, true, length, width, dim, 1, x, dim, seeds, dim, 0, products, width)
      kernels().rowReduce('max', products, length, width, nearest.subarray(from, from + length))
      yield { phase: 'look-alikes', done: done * rows + from, of: parts.length * rows, unit: 'users' }
    }
    best.push(nearest)
  }
  const sets = range(folds.count).map((k) => greatest(best.filter((_, g) => g !== k)))
  return { sets: [...sets, greatest(best)], shown: (score) => score }
}

/** The greatest of several scores of each row. */
function greatest(lists: readonly Float32Array[]): Float32Array {
  const out = Float32Array.from(lists[0])
  for (const list of lists.slice(1))
    for (let row = 0; row < out.length; row++) if (list[row] > out[row]) out[row] = list[row]
  return out
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, k) => k)
}
