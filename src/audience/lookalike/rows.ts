/** What the methods of look-alikes take and give. */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { inverseNorms } from '../../nn/cosines.ts'
import type { Space } from '../space.ts'

/** Vectors on the kernel heap: rows × dim. */
export interface Rows {
  readonly rows: number
  readonly dim: number
  /** Each of length 1, seen from the mean; zero vectors where there is nothing to see. */
  readonly unit: Float32Array
}

export interface SeedScores {
  /** For each set of seeds, the last of which is all of them, a score of each row: the higher the more like them. */
  readonly sets: readonly Float32Array[]
  /** What is shown of a score of the last set. */
  shown(score: number): number
}

/**
 * The vectors of a space as all methods see them, in the open region: each brought to length 1, the mean of all taken off, and again to
 * length 1. What everybody has in common says nothing of the seeds, and drowns what sets them apart: vectors of recommenders point
 * largely the same way (Mu & Viswanath 2018, https://arxiv.org/abs/1702.01417, on words). A cosine of 0 is then as like as anybody.
 */
export function centredRows({ ids, dim, data }: Space): Rows {
  const rows = ids.size
  const unit = heap.scratchF32(rows * dim)
  toLengthOne(heap.place(data), unit, rows, dim)
  const mean = heap.scratchF32(dim)
  kernels().columnSum(unit, rows, dim, 0, mean)
  kernels().affine(-1 / rows, 0, mean, mean)
  kernels().addToRows(unit, mean, rows, dim, unit)
  toLengthOne(unit, unit, rows, dim)
  return { rows, dim, unit }
}

/** Vectors no longer than this are what rounding left of zero. */
const NOTHING = 1e-6

function toLengthOne(x: Float32Array, out: Float32Array, rows: number, dim: number): void {
  const inverse = heap.scratchF32(rows)
  inverseNorms(x, dim, inverse)
  for (let row = 0; row < rows; row++) if (inverse[row] > 1 / NOTHING) inverse[row] = 0
  kernels().scaleRows(x, inverse, rows, dim, 0, out)
}
