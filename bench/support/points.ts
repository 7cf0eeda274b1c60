/** Rows to draw maps of. */
import { heap } from '../../src/kernels/heap.ts'
import type { Random } from '../../src/random.ts'
import { Matrix } from '../../src/tensor/matrix.ts'

const GROUPS = 40
/** Directions in which a group has an extent of its own. */
const DIRECTIONS = 4

/** Groups as embeddings have them: each about a centre, wide in four directions of its own and bent along them, thin in all others. */
export function roundedGroups(rows: number, dim: number, rng: Random): Matrix {
  const data = heap.scratchF32(rows * dim)
  const numbers = (count: number, scale: number): Float64Array =>
    Float64Array.from({ length: count }, () => scale * rng.normal())
  const groups = Array.from({ length: GROUPS }, () => ({
    centre: numbers(dim, 1),
    axes: numbers(DIRECTIONS * dim, 0.4),
    bend: numbers(DIRECTIONS * dim, 0.2),
  }))
  for (let i = 0; i < rows; i++) {
    const { centre, axes, bend } = groups[rng.int(GROUPS)]
    const place = numbers(DIRECTIONS, 1)
    for (let c = 0; c < dim; c++) {
      let value = centre[c] + 0.1 * rng.normal()
      for (let k = 0; k < DIRECTIONS; k++)
        value += place[k] * axes[k * dim + c] + place[k] ** 2 * bend[k * dim + c]
      data[i * dim + c] = value
    }
  }
  return new Matrix(rows, dim, data)
}
