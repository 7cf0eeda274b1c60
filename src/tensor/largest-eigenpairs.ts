/**
 * The largest eigenvalues of a sparse symmetric matrix and their vectors, by subspace iteration with Chebyshev filters (Zhou & Saad
 * 2007): polynomials that damp the unwanted part of the spectrum are applied to a block of vectors, then the block is made
 * orthonormal and rotated to the eigenvectors within its span. The block is wider than what is wanted, so eigenvalues of any
 * multiplicity come out whole, such as the ones of a graph of several components.
 */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Random } from '../random.ts'
import { symmetricEigen } from './eigen.ts'
import type { Sparse } from './sparse.ts'
import { orthonormalize } from './svd.ts'

export interface EigenpairOptions {
  readonly count: number
  /** No eigenvalue is outside of these. */
  readonly bounds: readonly [low: number, high: number]
  readonly rng: Random
  /** Ends when ‖A v − λ v‖ is below this for all wanted pairs. Default 1e-5, about what float32 can reach for |λ| ≤ 1. */
  readonly tolerance?: number
  /** Filters applied at most. Default 200. */
  readonly iterations?: number
}

export interface Eigenpairs {
  /** Largest first. */
  readonly values: Float64Array
  /** n × count, orthonormal columns, in the region that was open. */
  readonly vectors: Float32Array
  readonly iterations: number
  readonly converged: boolean
  /** The largest ‖A v − λ v‖ of the wanted pairs. */
  readonly residual: number
}

/** A filter amplifies what is wanted by this much at most: more would cost float32 its digits. */
const AMPLIFICATION = 1000
const MAX_DEGREE = 60

/** Yields the number of filters applied. The arrays of `a` must be symmetric; that is not checked. */
export function* largestEigenpairs(
  a: Sparse,
  { count, bounds, rng, tolerance = 1e-5, iterations = 200 }: EigenpairOptions,
): Generator<number, Eigenpairs, void> {
  const n = a.rows
  if (a.cols !== n) {
    throw fail('SHAPE', { op: 'largestEigenpairs', expected: 'a square matrix', got: `${n} × ${a.cols}` })
  }
  if (!Number.isInteger(count) || count < 1 || count > n) {
    throw fail('ARGUMENT', {
      what: 'count of eigenpairs',
      expected: `a whole number from 1 to ${n}`,
      got: String(count),
    })
  }
  const width = Math.min(n, count + Math.max(8, count >> 2))
  const placed = a.placed()
  const times = (alpha: number, x: Float32Array, beta: number, out: Float32Array): void =>
    kernels().spmm(placed.indptr, placed.indices, placed.values, x, width, alpha, beta, out, null, null)
  let x = heap.scratchF32(n * width)
  let y = heap.scratchF32(n * width)
  const noise = rng.stream('eigenpairs')
  for (let i = 0; i < x.length; i++) x[i] = noise.normal()
  for (let round = 0; ; round++) {
    orthonormalize(x, n, width)
    times(1, x, 0, y)
    const { values, residuals } = rayleighRitz(x, y, n, width)
    const residual = Math.max(...residuals.subarray(0, count))
    const converged = residual <= tolerance
    if (converged || round === iterations) {
      const vectors = heap.scratchF32(n * count)
      for (let i = 0; i < n; i++) for (let k = 0; k < count; k++) vectors[i * count + k] = x[i * width + k]
      return { values: values.slice(0, count), vectors, iterations: round, converged, residual }
    }
    ;[x, y] = filter(times, x, y, bounds, values)
    yield round + 1
  }
}

/**
 * Rotates the orthonormal block x to the eigenvectors of xᵀAx, largest first; y is A x before and after. Answers the
 * eigenvalues and ‖A x_k − λ_k x_k‖.
 */
function rayleighRitz(
  x: Float32Array,
  y: Float32Array,
  n: number,
  width: number,
): { values: Float64Array; residuals: Float64Array } {
  return heap.scope(() => {
    const small = heap.scratchF32(width * width)
    kernels().gemm(true, false, width, width, n, 1, x, width, y, width, 0, small, width)
    const h = new Float64Array(width * width)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) h[i * width + j] = (small[i * width + j] + small[j * width + i]) / 2
    const { values, vectors } = symmetricEigen(h, width)
    small.set(vectors)
    const turned = heap.scratchF32(n * width)
    for (const block of [x, y]) {
      kernels().gemm(false, false, n, width, width, 1, block, width, small, width, 0, turned, width)
      block.set(turned)
    }
    const squares = new Float64Array(width)
    for (let i = 0, at = 0; i < n; i++)
      for (let k = 0; k < width; k++, at++) squares[k] += (y[at] - values[k] * x[at]) ** 2
    return { values, residuals: squares.map(Math.sqrt) }
  })
}

/**
 * p(A) x for the Chebyshev polynomial p that is small from the lower bound to the least of the values of the block, and 1 at
 * the upper bound. Answers the block and the buffer that is free now. y is overwritten.
 */
function filter(
  times: (alpha: number, x: Float32Array, beta: number, out: Float32Array) => void,
  x: Float32Array,
  y: Float32Array,
  [low, high]: readonly [number, number],
  values: Float64Array,
): [Float32Array, Float32Array] {
  const cut = Math.min(values[values.length - 1], high - 1e-6 * (high - low))
  const half = Math.max((cut - low) / 2, 1e-6 * (high - low))
  const centre = low + half
  const growth = Math.acosh(Math.max(1, (high - centre) / half))
  const degree = Math.max(
    2,
    Math.min(MAX_DEGREE, Math.floor(Math.acosh(AMPLIFICATION) / Math.max(growth, 1e-9))),
  )
  // The three-term recurrence, scaled so that p(high) stays 1.
  const first = half / (high - centre)
  let sigma = first
  times(sigma / half, x, 0, y)
  kernels().axpy((-sigma * centre) / half, x, y)
  for (let step = 2; step <= degree; step++) {
    const next = 1 / (2 / first - sigma)
    times((2 * next) / half, y, -sigma * next, x)
    kernels().axpy((-2 * next * centre) / half, y, x)
    ;[x, y] = [y, x]
    sigma = next
  }
  return [y, x]
}
