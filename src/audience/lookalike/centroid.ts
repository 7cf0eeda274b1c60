/**
 * Centroid: the cosine of each row with the mean of the seeds, all of length 1 and seen from the mean of all users,
 *
 *   s(x) = x · m/‖m‖,   m = Σ_{s ∈ S} s
 *
 * (Rocchio's prototype; one matrix product for all sets of seeds). One direction stands for all seeds: strong where they are of one kind,
 * weak where they are of several.
 */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import type { Job } from '../../train/run.ts'
import type { Rows, SeedScores } from './rows.ts'
import type { Folds } from './seeds.ts'

/** Rows between two yields. */
const BLOCK = 1 << 16

export function* centroid({ rows, dim, unit }: Rows, folds: Folds): Job<SeedScores> {
  const sets = folds.count + 1
  const means = heap.place(centroids(unit, dim, folds))
  const scores = heap.scratchF32(sets * rows)
  for (let from = 0; from < rows; from += BLOCK) {
    const length = Math.min(BLOCK, rows - from)
    const x = unit.subarray(from * dim, (from + length) * dim)
    kernels().gemm(false, true, sets, length, dim, 1, means, dim, x, dim, 0, scores.subarray(from), rows)
    yield { phase: 'look-alikes', done: from + length, of: rows, unit: 'users' }
  }
  return {
    sets: Array.from({ length: sets }, (_, k) => scores.subarray(k * rows, (k + 1) * rows)),
    shown: (score) => score,
  }
}

/** Of each set the unit vector along the mean of its seeds: (folds + 1) × dim. Summed in float64. */
function centroids(unit: Float32Array, dim: number, { seeds, of, count }: Folds): Float32Array {
  const sums = new Float64Array((count + 1) * dim)
  seeds.forEach((row, i) => {
    for (let k = 0; k <= count; k++) {
      if (k < count && of[i] === k) continue
      for (let j = 0; j < dim; j++) sums[k * dim + j] += unit[row * dim + j]
    }
  })
  for (let k = 0; k <= count; k++) {
    const norm = Math.hypot(...sums.subarray(k * dim, (k + 1) * dim))
    for (let j = k * dim; j < (k + 1) * dim; j++) sums[j] = norm > 0 ? sums[j] / norm : 0
  }
  return Float32Array.from(sums)
}
