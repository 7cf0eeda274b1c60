/** Ops on single numbers: arithmetic, activations, dropout, and reductions to one number. */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { UnaryOp } from '../kernels/types.ts'
import type { Random } from '../random.ts'
import { Matrix, sameShape } from './matrix.ts'
import { gradientOf, output } from './tape.ts'

type Same = <R extends string, C extends string>(x: Matrix<R, C>) => Matrix<R, C>

function unary(op: UnaryOp, slope = 0): Same {
  return <R extends string, C extends string>(x: Matrix<R, C>): Matrix<R, C> => {
    const out = output(x.rows, x.cols, [x], (g) => {
      kernels().unaryGrad(op, x.data, out.data, g, gradientOf(x)!, slope)
    })
    kernels().unary(op, x.data, out.data, slope)
    return out as Matrix<R, C>
  }
}

/** max(x, 0) */
export const relu: Same = unary('relu')
/** x where positive, else eˣ − 1 */
export const elu: Same = unary('elu')
/** 1 / (1 + e⁻ˣ) */
export const sigmoid: Same = unary('sigmoid')
export const tanh: Same = unary('tanh')
/** ln(1 + eˣ), without overflow; −ln σ(x) = softplus(−x) */
export const softplus: Same = unary('softplus')
export const exp: Same = unary('exp')
/** ln max(x, 1e-38) */
export const log: Same = unary('log')
export const sqrt: Same = unary('sqrt')
/** x² */
export const square: Same = unary('square')
/** 1 / x */
export const reciprocal: Same = unary('reciprocal')
/** x where positive, else slope · x */
export function leakyRelu<R extends string, C extends string>(x: Matrix<R, C>, slope = 0.2): Matrix<R, C> {
  return unary('leakyRelu', slope)(x)
}

/** x + y */
export function add<R extends string, C extends string>(x: Matrix<R, C>, y: Matrix<R, C>): Matrix<R, C> {
  return combine('add', 1, x, y)
}

/** x − y */
export function sub<R extends string, C extends string>(x: Matrix<R, C>, y: Matrix<R, C>): Matrix<R, C> {
  return combine('sub', -1, x, y)
}

function combine<R extends string, C extends string>(
  op: 'add' | 'sub',
  sign: number,
  x: Matrix<R, C>,
  y: Matrix<R, C>,
): Matrix<R, C> {
  sameShape(op, x, y)
  const out = output(x.rows, x.cols, [x, y], (g) => {
    const gx = gradientOf(x)
    if (gx) kernels().axpy(1, g, gx)
    const gy = gradientOf(y)
    if (gy) kernels().axpy(sign, g, gy)
  })
  kernels().binary(op, x.data, y.data, out.data)
  return out as Matrix<R, C>
}

/** x ⊙ y */
export function mul<R extends string, C extends string>(x: Matrix<R, C>, y: Matrix<R, C>): Matrix<R, C> {
  sameShape('mul', x, y)
  const pull = (g: Float32Array, to: Matrix, other: Matrix): void => {
    const gradient = gradientOf(to)
    if (!gradient) return
    heap.scope(() => {
      const product = heap.scratchF32(g.length)
      kernels().binary('mul', g, other.data, product)
      kernels().axpy(1, product, gradient)
    })
  }
  const out = output(x.rows, x.cols, [x, y], (g) => {
    pull(g, x, y)
    pull(g, y, x)
  })
  kernels().binary('mul', x.data, y.data, out.data)
  return out as Matrix<R, C>
}

/** x / y, elementwise */
export function div<R extends string, C extends string>(x: Matrix<R, C>, y: Matrix<R, C>): Matrix<R, C> {
  return mul(x, reciprocal(y))
}

/** factor · x + offset, for plain numbers */
export function scale<R extends string, C extends string>(
  x: Matrix<R, C>,
  factor: number,
  offset = 0,
): Matrix<R, C> {
  const out = output(x.rows, x.cols, [x], (g) => kernels().axpy(factor, g, gradientOf(x)!))
  kernels().affine(factor, offset, x.data, out.data)
  return out as Matrix<R, C>
}

/** −x */
export function neg<R extends string, C extends string>(x: Matrix<R, C>): Matrix<R, C> {
  return scale(x, -1)
}

/** Σ of all numbers → 1 × 1 */
export function sum(x: Matrix): Matrix {
  const out = output(1, 1, [x], (g) => {
    const gx = gradientOf(x)!
    kernels().affine(1, g[0], gx, gx)
  })
  out.data[0] = kernels().sum(x.data)
  return out
}

/** The mean of all numbers → 1 × 1 */
export function mean(x: Matrix): Matrix {
  return scale(sum(x), 1 / Math.max(1, x.data.length))
}

/** Σ_i x[i,j] → 1 × cols */
export function columnSum<C extends string>(x: Matrix<string, C>): Matrix<'one', C> {
  const out = output(1, x.cols, [x], (g) => {
    const gx = gradientOf(x)!
    kernels().addToRows(gx, g, x.rows, x.cols, gx)
  })
  kernels().columnSum(x.data, x.rows, x.cols, 0, out.data)
  return out as Matrix<'one', C>
}

/** Sets each number to zero with probability `rate` and scales the rest by 1/(1 − rate). */
export function dropout<R extends string, C extends string>(
  x: Matrix<R, C>,
  rate: number,
  rng: Random,
): Matrix<R, C> {
  if (!(rate >= 0 && rate < 1)) {
    throw fail('ARGUMENT', { what: 'dropout rate', expected: 'at least 0 and below 1', got: String(rate) })
  }
  if (rate === 0) return x
  const mask = new Matrix<R, C>(x.rows, x.cols, heap.scratchF32(x.data.length))
  kernels().uniform(rng.uint32(), mask.data)
  const kept = 1 / (1 - rate)
  for (let i = 0; i < mask.data.length; i++) mask.data[i] = mask.data[i] < rate ? 0 : kept
  return mul(x, mask)
}
