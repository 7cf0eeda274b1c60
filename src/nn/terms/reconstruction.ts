/** Terms that compare rows with what a decoder made of them. Targets may be sparse; they are constants. */
import { fail } from '../../errors.ts'
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { Matrix, shapeOf } from '../../tensor/matrix.ts'
import { gradientOf, output } from '../../tensor/tape.ts'
import type { Features } from '../../tensor/features.ts'

/** Σ (x̂ − x)² / numbers → 1 × 1: the mean squared error. */
export function meanSquaredError(xHat: Matrix, x: Features): Matrix {
  check('meanSquaredError', xHat, x)
  const share = 1 / Math.max(1, xHat.data.length)
  const rest = heap.scratchF32(xHat.data.length)
  const out = output(1, 1, [xHat], (g) => kernels().axpy(2 * share * g[0], rest, gradientOf(xHat)!))
  rest.set(xHat.data)
  subtract(x, rest)
  out.data[0] = share * sumSquares(rest, xHat.rows, xHat.cols)
  return out
}

/**
 * −Σ [x ln σ(l) + (1 − x) ln(1 − σ(l))] / rows → 1 × 1, l the decoder's output before σ, x in [0, 1]: the negative log-likelihood
 * of a Bernoulli decoder, summed over the features. ln(1 + eˡ) − x·l in a form that does not overflow.
 */
export function bernoulliError(logits: Matrix, x: Features): Matrix {
  check('bernoulliError', logits, x)
  const share = 1 / Math.max(1, logits.rows)
  const size = logits.data.length
  const out = output(1, 1, [logits], (g) =>
    heap.scope(() => {
      const rest = heap.scratchF32(size)
      kernels().unary('sigmoid', logits.data, rest, 0)
      subtract(x, rest)
      kernels().axpy(share * g[0], rest, gradientOf(logits)!)
    }),
  )
  heap.scope(() => {
    const soft = heap.scratchF32(size)
    kernels().unary('softplus', logits.data, soft, 0)
    out.data[0] = share * (kernels().sum(soft) - dot(logits.data, x, soft))
  })
  return out
}

function check(op: string, a: Matrix, b: Features): void {
  if (a.rows !== b.rows || a.cols !== b.cols)
    throw fail('SHAPE', { op, expected: shapeOf(b), got: shapeOf(a) })
}

/** rest −= x. */
function subtract(x: Features, rest: Float32Array): void {
  if (x instanceof Matrix) {
    kernels().binary('sub', rest, x.data, rest)
    return
  }
  for (let r = 0; r < x.rows; r++) {
    const row = r * x.cols
    for (let e = x.indptr[r]; e < x.indptr[r + 1]; e++) rest[row + x.indices[e]] -= x.values ? x.values[e] : 1
  }
}

/** Σ a ⊙ x; `scratch` is as long as a and is overwritten. */
function dot(a: Float32Array, x: Features, scratch: Float32Array): number {
  if (x instanceof Matrix) {
    kernels().binary('mul', a, x.data, scratch)
    return kernels().sum(scratch)
  }
  let total = 0
  for (let r = 0; r < x.rows; r++) {
    const row = r * x.cols
    for (let e = x.indptr[r]; e < x.indptr[r + 1]; e++)
      total += a[row + x.indices[e]] * (x.values ? x.values[e] : 1)
  }
  return total
}

function sumSquares(x: Float32Array, rows: number, cols: number): number {
  return heap.scope(() => {
    const perRow = heap.scratchF32(rows)
    kernels().rowReduce('sumSquares', x, rows, cols, perRow)
    return kernels().sum(perRow)
  })
}
