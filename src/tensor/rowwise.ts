/** Ops on whole rows: picking, joining, dot products, reductions over columns, normalisation, distances. */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { type Matrix, sameShape, shapeOf } from './matrix.ts'
import { gradientOf, output } from './tape.ts'

/** Rows of x: out[j] = x[index[j]]; an index may repeat. The index must be on the kernel heap. */
export function gather<C extends string>(x: Matrix<string, C>, index: Int32Array): Matrix<string, C> {
  for (let j = 0; j < index.length; j++) {
    if (!(index[j] >= 0 && index[j] < x.rows)) {
      throw fail('SHAPE', {
        op: 'gather',
        expected: `row numbers from 0 to ${x.rows - 1}`,
        got: `${index[j]} at place ${j}`,
      })
    }
  }
  const out = output(index.length, x.cols, [x], (g) =>
    kernels().scatterAddRows(g, x.cols, index, gradientOf(x)!),
  )
  kernels().gatherRows(x.data, x.cols, index, out.data)
  return out as Matrix<string, C>
}

/** [a | b | …]: matrices with the same rows side by side. */
export function concatColumns(...parts: readonly Matrix[]): Matrix {
  const rows = parts[0]?.rows ?? 0
  for (const p of parts) {
    if (p.rows !== rows)
      throw fail('SHAPE', { op: 'concatColumns', expected: `parts with ${rows} rows`, got: shapeOf(p) })
  }
  const cols = parts.reduce((total, p) => total + p.cols, 0)
  const copy = (
    from: Float32Array,
    fromCols: number,
    fromAt: number,
    to: Float32Array,
    toCols: number,
    toAt: number,
    width: number,
    add: boolean,
  ): void => {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < width; c++) {
        const value = from[r * fromCols + fromAt + c]
        const at = r * toCols + toAt + c
        to[at] = add ? to[at] + value : value
      }
    }
  }
  const out = output(rows, cols, parts, (g) => {
    let at = 0
    for (const p of parts) {
      const gp = gradientOf(p)
      if (gp) copy(g, cols, at, gp, p.cols, 0, p.cols, true)
      at += p.cols
    }
  })
  let at = 0
  for (const p of parts) {
    copy(p.data, p.cols, 0, out.data, cols, at, p.cols, false)
    at += p.cols
  }
  return out
}

/** a[i]·b[i] for every row i → rows × 1. */
export function rowDot<R extends string, C extends string>(
  a: Matrix<R, C>,
  b: Matrix<R, C>,
): Matrix<R, 'one'> {
  sameShape('rowDot', a, b)
  const { rows, cols } = a
  const out = output(rows, 1, [a, b], (g) => {
    const ga = gradientOf(a)
    if (ga) kernels().scaleRows(b.data, g, rows, cols, 1, ga)
    const gb = gradientOf(b)
    if (gb) kernels().scaleRows(a.data, g, rows, cols, 1, gb)
  })
  kernels().rowDot(a.data, b.data, rows, cols, out.data)
  return out as Matrix<R, 'one'>
}

/** s[i]·x[i] for every row i; s is rows × 1. */
export function scaleRows<R extends string, C extends string>(
  x: Matrix<R, C>,
  s: Matrix<R, 'one'>,
): Matrix<R, C> {
  if (s.rows !== x.rows || s.cols !== 1) {
    throw fail('SHAPE', { op: 'scaleRows', expected: `factors of ${x.rows} × 1`, got: shapeOf(s) })
  }
  const { rows, cols } = x
  const out = output(rows, cols, [x, s], (g) => {
    const gx = gradientOf(x)
    if (gx) kernels().scaleRows(g, s.data, rows, cols, 1, gx)
    const gs = gradientOf(s)
    if (gs) addRowDots(g, x.data, rows, cols, 1, gs)
  })
  kernels().scaleRows(x.data, s.data, rows, cols, 0, out.data)
  return out as Matrix<R, C>
}

/** Σ_j x[i,j] → rows × 1. */
export function rowSum<R extends string>(x: Matrix<R>): Matrix<R, 'one'> {
  const out = output(x.rows, 1, [x], (g) =>
    heap.scope(() => {
      const ones = heap.scratchF32(x.cols).fill(1)
      kernels().gemm(false, false, x.rows, x.cols, 1, 1, g, 1, ones, x.cols, 1, gradientOf(x)!, x.cols)
    }),
  )
  kernels().rowReduce('sum', x.data, x.rows, x.cols, out.data)
  return out as Matrix<R, 'one'>
}

/** ‖x[i]‖² → rows × 1. */
export function rowSumSquares<R extends string>(x: Matrix<R>): Matrix<R, 'one'> {
  const out = output(x.rows, 1, [x], (g) =>
    heap.scope(() => {
      const twice = heap.scratchF32(x.rows)
      kernels().affine(2, 0, g, twice)
      kernels().scaleRows(x.data, twice, x.rows, x.cols, 1, gradientOf(x)!)
    }),
  )
  kernels().rowReduce('sumSquares', x.data, x.rows, x.cols, out.data)
  return out as Matrix<R, 'one'>
}

/** ln Σ_j exp x[i,j] → rows × 1, without overflow. */
export function logSumExp<R extends string>(x: Matrix<R>): Matrix<R, 'one'> {
  const out = output(x.rows, 1, [x], (g) =>
    heap.scope(() => {
      const weights = heap.scratchF32(x.data.length)
      kernels().rowSoftmax(x.data, x.rows, x.cols, weights)
      kernels().scaleRows(weights, g, x.rows, x.cols, 1, gradientOf(x)!)
    }),
  )
  kernels().rowReduce('logSumExp', x.data, x.rows, x.cols, out.data)
  return out as Matrix<R, 'one'>
}

/** exp x[i,j] / Σ_k exp x[i,k]. */
export function softmax<R extends string, C extends string>(x: Matrix<R, C>): Matrix<R, C> {
  const { rows, cols } = x
  const out = output(rows, cols, [x], (g) =>
    heap.scope(() => {
      // gx = y ⊙ (g − ⟨g, y⟩ of the row)
      const dots = heap.scratchF32(rows)
      kernels().rowDot(g, out.data, rows, cols, dots)
      kernels().affine(-1, 0, dots, dots)
      const product = heap.scratchF32(g.length)
      kernels().binary('mul', g, out.data, product)
      kernels().axpy(1, product, gradientOf(x)!)
      kernels().scaleRows(out.data, dots, rows, cols, 1, gradientOf(x)!)
    }),
  )
  kernels().rowSoftmax(x.data, rows, cols, out.data)
  return out as Matrix<R, C>
}

/** x[i] / max(‖x[i]‖, 1e-12): rows of unit length; a zero row stays zero. */
export function normalizeRows<R extends string, C extends string>(x: Matrix<R, C>): Matrix<R, C> {
  const { rows, cols } = x
  const inverse = heap.scratchF32(rows)
  kernels().rowReduce('sumSquares', x.data, rows, cols, inverse)
  for (let i = 0; i < rows; i++) inverse[i] = 1 / Math.max(Math.sqrt(inverse[i]), 1e-12)
  const out = output(rows, cols, [x], (g) =>
    heap.scope(() => {
      // gx = (g − y⟨g, y⟩) / ‖x‖
      const gx = gradientOf(x)!
      const factor = heap.scratchF32(rows)
      kernels().rowDot(g, out.data, rows, cols, factor)
      for (let i = 0; i < rows; i++) factor[i] *= -inverse[i]
      kernels().scaleRows(g, inverse, rows, cols, 1, gx)
      kernels().scaleRows(out.data, factor, rows, cols, 1, gx)
    }),
  )
  kernels().scaleRows(x.data, inverse, rows, cols, 0, out.data)
  return out as Matrix<R, C>
}

/** ‖a[i] − b[j]‖² for all pairs of rows → a.rows × b.rows, as ‖a‖² + ‖b‖² − 2a·b (at least 0). */
export function squaredDistances<A extends string, B extends string, C extends string>(
  a: Matrix<A, C>,
  b: Matrix<B, C>,
): Matrix<A, B> {
  if (a.cols !== b.cols) {
    throw fail('SHAPE', {
      op: 'squaredDistances',
      expected: `a second matrix with ${a.cols} columns`,
      got: shapeOf(b),
    })
  }
  const [m, n, d] = [a.rows, b.rows, a.cols]
  const out = output(m, n, [a, b], (g) => {
    pullDistances(a, b, g, false)
    pullDistances(b, a, g, true)
  })
  const squares = [heap.scratchF32(m), heap.scratchF32(n)] as const
  kernels().rowReduce('sumSquares', a.data, m, d, squares[0])
  kernels().rowReduce('sumSquares', b.data, n, d, squares[1])
  for (let i = 0; i < m; i++) out.data.fill(squares[0][i], i * n, (i + 1) * n)
  kernels().addToRows(out.data, squares[1], m, n, out.data)
  kernels().gemm(false, true, m, n, d, -2, a.data, d, b.data, d, 1, out.data, n)
  for (let i = 0; i < out.data.length; i++) if (out.data[i] < 0) out.data[i] = 0
  return out as Matrix<A, B>
}

/** g_a[i] += Σ_j 2 g[i,j] (a[i] − b[j]); `flipped` reads g[j,i]. */
function pullDistances(a: Matrix, b: Matrix, g: Float32Array, flipped: boolean): void {
  const ga = gradientOf(a)
  if (!ga) return
  const [m, n, d] = [a.rows, b.rows, a.cols]
  heap.scope(() => {
    const mass = heap.scratchF32(m)
    if (flipped) kernels().columnSum(g, n, m, 0, mass)
    else kernels().rowReduce('sum', g, m, n, mass)
    kernels().affine(2, 0, mass, mass)
    kernels().scaleRows(a.data, mass, m, d, 1, ga)
    kernels().gemm(flipped, false, m, d, n, -2, g, flipped ? m : n, b.data, d, 1, ga, d)
  })
}

function addRowDots(
  a: Float32Array,
  b: Float32Array,
  rows: number,
  cols: number,
  alpha: number,
  out: Float32Array,
): void {
  heap.scope(() => {
    const dots = heap.scratchF32(rows)
    kernels().rowDot(a, b, rows, cols, dots)
    kernels().axpy(alpha, dots, out)
  })
}
