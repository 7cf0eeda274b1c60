/** What the methods of look-alikes take and give. */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { inverseNorms } from '../../nn/cosines.ts'
import type { Space } from '../space.ts'

/** Vectors on the kernel heap: rows × dim. */
export interface Rows {
  readonly rows: number
  readonly dim: number
  /** Each of length 1; zero vectors stay zero. */
  readonly unit: Float32Array
}

export interface SeedScores {
  /** For each set of seeds, the last of which is all of them, a score of each row: the higher the more like them. */
  readonly sets: readonly Float32Array[]
  /** What is shown of a score of the last set. */
  shown(score: number): number
}

/** The vectors of a space, each of length 1, in the open region. */
export function unitRows({ ids, dim, data }: Space): Rows {
  const rows = ids.size
  const unit = heap.scratchF32(rows * dim)
  const inverse = heap.scratchF32(rows)
  const placed = heap.place(data)
  inverseNorms(placed, dim, inverse)
  kernels().scaleRows(placed, inverse, rows, dim, 0, unit)
  return { rows, dim, unit }
}
