/** Gradients against central differences. */
import { heap } from '../src/kernels/heap.ts'
import { Random } from '../src/random.ts'
import { mul, sum } from '../src/tensor/elementwise.ts'
import { Matrix } from '../src/tensor/matrix.ts'
import { listParams, type Params, valueAndGrad } from '../src/tensor/tape.ts'

/** rows × cols numbers in ±[0.25, 1.25], away from the kinks of relu and the pole of 1/x. */
export function sample(rows: number, cols: number, seed: number, positive = false): Matrix {
  const rng = new Random(seed)
  const m = Matrix.zeros(rows, cols)
  for (let i = 0; i < m.data.length; i++)
    m.data[i] = (0.25 + rng.float()) * (positive || rng.float() < 0.5 ? 1 : -1)
  return m
}

/** Σ w ⊙ x with fixed pseudo-random w: a loss whose gradient differs in every entry. */
export function weigh(x: Matrix): Matrix {
  return sum(mul(x, sample(x.rows, x.cols, 99)))
}

/** The largest error of the gradient of `loss` against central differences over ±h, relative where they exceed 1. */
export function gradientError<P extends Params>(loss: (params: P) => Matrix, params: P, h = 1e-2): number {
  return heap.scope(() => {
    const found = listParams(valueAndGrad(loss, params).grads)
    let worst = 0
    listParams(params).forEach(({ matrix: { data } }, which) => {
      for (let i = 0; i < data.length; i++) {
        const kept = data[i]
        data[i] = kept + h
        const up = loss(params).item()
        data[i] = kept - h
        const down = loss(params).item()
        data[i] = kept
        const expected = (up - down) / (2 * h)
        const error = Math.abs(found[which].matrix.data[i] - expected) / Math.max(1, Math.abs(expected))
        worst = Math.max(worst, Number.isNaN(error) ? Infinity : error)
      }
    })
    return worst
  })
}
