/** Fully connected layers. */
import { fail } from '../../errors.ts'
import { heap } from '../../kernels/heap.ts'
import { kernels, zeros } from '../../kernels/index.ts'
import type { Random } from '../../random.ts'
import { Matrix, shapeOf } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { gradientOf, output } from '../../tensor/tape.ts'
import type { Features } from '../../tensor/features.ts'
import { fanIn } from './initial.ts'

/** weight: inputs × outputs; bias: 1 × outputs. */
export type Dense = { readonly weight: Matrix; readonly bias: Matrix }

/** Weights and biases uniform in ±1/√inputs. */
export function createDense(inputs: number, outputs: number, rng: Random): Dense {
  return {
    weight: fanIn(inputs, outputs, rng.stream('weight')),
    bias: fanIn(inputs, outputs, rng.stream('bias'), 1),
  }
}

/** The layers between sizes[0], sizes[1] … */
export function createStack(sizes: readonly number[], rng: Random): Dense[] {
  return sizes.slice(1).map((outputs, l) => createDense(sizes[l], outputs, rng.stream('layer', l)))
}

/**
 * f(X·W + b): [n × inputs] → [n × outputs], f = max(·, 0) or none. One op, so that a step holds one array per layer: the sign of
 * the output tells where max(·, 0) let through.
 */
export function dense(x: Features, { weight, bias }: Dense, activation: 'relu' | 'linear'): Matrix {
  if (x.cols !== weight.rows) {
    throw fail('SHAPE', { op: 'dense', expected: `rows of ${weight.rows} features`, got: shapeOf(x) })
  }
  const [n, k, m] = [x.rows, weight.rows, weight.cols]
  const inputs = x instanceof Sparse ? [weight, bias] : [x, weight, bias]
  const out = output(n, m, inputs, (g) =>
    heap.scope(() => {
      let pre = g
      if (activation === 'relu') {
        pre = zeros(g.length)
        kernels().unaryGrad('relu', out.data, out.data, g, pre, 0)
      }
      const gb = gradientOf(bias)
      if (gb) kernels().columnSum(pre, n, m, 1, gb)
      const gw = gradientOf(weight)
      if (x instanceof Sparse) {
        const t = x.transposed
        if (gw) kernels().spmm(t.indptr, t.indices, t.values, pre, m, 1, 1, gw, null, null)
        return
      }
      if (gw) kernels().gemm(true, false, k, m, n, 1, x.data, k, pre, m, 1, gw, m)
      const gx = gradientOf(x)
      if (gx) kernels().gemm(false, true, n, k, m, 1, pre, m, weight.data, m, 1, gx, k)
    }),
  )
  if (x instanceof Sparse) {
    kernels().spmm(x.indptr, x.indices, x.values, weight.data, m, 1, 0, out.data, null, null)
  } else {
    kernels().gemm(false, false, n, m, k, 1, x.data, k, weight.data, m, 0, out.data, m)
  }
  kernels().addToRows(out.data, bias.data, n, m, out.data)
  if (activation === 'relu') kernels().unary('relu', out.data, out.data, 0)
  return out
}

/** The outputs of all layers: max(·, 0) after each but the last, which is linear. */
export function stackStates(layers: readonly Dense[], x: Features): Matrix[] {
  const states: Matrix[] = []
  let h = x
  layers.forEach((layer, l) => {
    const next = dense(h, layer, l === layers.length - 1 ? 'linear' : 'relu')
    states.push(next)
    h = next
  })
  return states
}

/** The output of the last layer. */
export function stack(layers: readonly Dense[], x: Features): Matrix {
  return stackStates(layers, x)[layers.length - 1]
}
