/** Adam for tables of which a step touches few rows. */
import { heap } from '../kernels/heap.ts'
import type { Matrix } from '../tensor/matrix.ts'

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-8

/**
 * Adam (Kingma & Ba 2015, https://arxiv.org/abs/1412.6980) whose moments and parameters move only in the rows that have a
 * gradient; the bias correction counts all steps. A step costs as much as the rows it touches, however large the table.
 */
export class RowAdam {
  readonly table: Matrix
  /** First and second moments, the shape of the table; live. */
  readonly m: Float32Array
  readonly v: Float32Array

  constructor(table: Matrix) {
    this.table = table
    this.m = heap.f32(table.data.length)
    this.v = heap.f32(table.data.length)
  }

  /** Moves row rows[k] along row k of `gradient`; `step` counts from 1. A gradient beyond ±`clip` counts as that. */
  step(rows: ArrayLike<number>, gradient: Matrix, rate: number, step: number, clip = Infinity): void {
    const { data: p, cols } = this.table
    const { m, v } = this
    const g = gradient.data
    const correction = Math.sqrt(1 - BETA2 ** step)
    const scaled = (rate * correction) / (1 - BETA1 ** step)
    const epsilon = EPSILON * correction
    for (let k = 0; k < rows.length; k++) {
      let at = rows[k] * cols
      for (let from = k * cols; from < (k + 1) * cols; from++, at++) {
        let x = g[from]
        if (x > clip) x = clip
        else if (x < -clip) x = -clip
        const first = BETA1 * m[at] + (1 - BETA1) * x
        const second = BETA2 * v[at] + (1 - BETA2) * x * x
        m[at] = first
        v[at] = second
        p[at] -= (scaled * first) / (Math.sqrt(second) + epsilon)
      }
    }
  }
}
