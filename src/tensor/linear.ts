/** Products: dense × dense, sparse × dense, and what goes with them. */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { Matrix, shapeOf } from './matrix.ts'
import type { Sparse } from './sparse.ts'
import { gradientOf, output } from './tape.ts'

/** A·B: [m × k]·[k × n] → [m × n]. */
export function matmul<R extends string, K extends string, C extends string>(
  a: Matrix<R, K>,
  b: Matrix<K, C>,
): Matrix<R, C> {
  if (a.cols !== b.rows) {
    throw fail('SHAPE', { op: 'matmul', expected: `a right-hand side with ${a.cols} rows`, got: shapeOf(b) })
  }
  const backend = kernels()
  const [m, k, n] = [a.rows, a.cols, b.cols]
  const out = output(m, n, [a, b], (g) => {
    const ga = gradientOf(a)
    if (ga) backend.gemm(false, true, m, k, n, 1, g, n, b.data, n, 1, ga, k)
    const gb = gradientOf(b)
    if (gb) backend.gemm(true, false, k, n, m, 1, a.data, k, g, n, 1, gb, n)
  })
  backend.gemm(false, false, m, n, k, 1, a.data, k, b.data, n, 0, out.data, n)
  return out as Matrix<R, C>
}

/** A·Bᵀ: [m × k]·[n × k]ᵀ → [m × n]; all dot products between the rows of a and of b. */
export function matmulTransposed<R extends string, K extends string, C extends string>(
  a: Matrix<R, K>,
  b: Matrix<C, K>,
): Matrix<R, C> {
  if (a.cols !== b.cols) {
    throw fail('SHAPE', {
      op: 'matmulTransposed',
      expected: `a right-hand side with ${a.cols} columns`,
      got: shapeOf(b),
    })
  }
  const backend = kernels()
  const [m, k, n] = [a.rows, a.cols, b.rows]
  const out = output(m, n, [a, b], (g) => {
    const ga = gradientOf(a)
    if (ga) backend.gemm(false, false, m, k, n, 1, g, n, b.data, k, 1, ga, k)
    const gb = gradientOf(b)
    if (gb) backend.gemm(true, false, n, k, m, 1, g, n, a.data, k, 1, gb, k)
  })
  backend.gemm(false, true, m, n, k, 1, a.data, k, b.data, k, 0, out.data, n)
  return out as Matrix<R, C>
}

/** S·X for a constant sparse S: [m × n]·[n × d] → [m × d]. S must be on the kernel heap (`s.placed()`). */
export function spmm<R extends string, C extends string>(s: Sparse, x: Matrix<string, C>): Matrix<R, C> {
  if (s.cols !== x.rows) {
    throw fail('SHAPE', { op: 'spmm', expected: `a right-hand side with ${s.cols} rows`, got: shapeOf(x) })
  }
  const d = x.cols
  const out = output(s.rows, d, [x], (g) => {
    const t = s.transposed
    kernels().spmm(t.indptr, t.indices, t.values, g, d, 1, 1, gradientOf(x)!, null, null)
  })
  kernels().spmm(s.indptr, s.indices, s.values, x.data, d, 1, 0, out.data, null, null)
  return out as Matrix<R, C>
}

/** Xᵀ. */
export function transpose<R extends string, C extends string>(x: Matrix<R, C>): Matrix<C, R> {
  const out = output(x.cols, x.rows, [x], (g) =>
    heap.scope(() => {
      const back = heap.scratchF32(g.length)
      kernels().transpose(g, x.cols, x.rows, back)
      kernels().axpy(1, back, gradientOf(x)!)
    }),
  )
  kernels().transpose(x.data, x.rows, x.cols, out.data)
  return out as Matrix<C, R>
}

/** X + b on every row: a bias. b is 1 × cols. */
export function addBias<R extends string, C extends string>(
  x: Matrix<R, C>,
  b: Matrix<string, C>,
): Matrix<R, C> {
  if (b.rows !== 1 || b.cols !== x.cols) {
    throw fail('SHAPE', { op: 'addBias', expected: `a bias of 1 × ${x.cols}`, got: shapeOf(b) })
  }
  const out = output(x.rows, x.cols, [x, b], (g) => {
    const gx = gradientOf(x)
    if (gx) kernels().axpy(1, g, gx)
    const gb = gradientOf(b)
    if (gb) kernels().columnSum(g, x.rows, x.cols, 1, gb)
  })
  kernels().addToRows(x.data, b.data, x.rows, x.cols, out.data)
  return out as Matrix<R, C>
}
