/** Truncated singular value decomposition of a sparse matrix by random projection (Halko, Martinsson & Tropp 2011, alg. 5.1). */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Random } from '../random.ts'
import { symmetricEigen } from './eigen.ts'
import type { Sparse } from './sparse.ts'

export interface SvdOptions {
  readonly rank: number
  /** Extra directions that make the wanted ones accurate. */
  readonly oversample?: number
  /** Products with AᵀA; each sharpens the spectrum. */
  readonly powerIterations?: number
  readonly rng: Random
}

export interface Svd {
  /** rows × rank, orthonormal columns. */
  readonly u: Float32Array
  /** Singular values, largest first. */
  readonly sigma: Float64Array
  /** cols × rank, orthonormal columns. */
  readonly v: Float32Array
}

/** A ≈ U diag(σ) Vᵀ. Yields the number of passes done. */
export function* randomizedSvd(
  a: Sparse,
  options: SvdOptions,
): Generator<{ done: number; of: number }, Svd, void> {
  const { rank, oversample = 16, powerIterations = 4, rng } = options
  const width = Math.min(rank + oversample, a.rows, a.cols)
  if (rank > Math.min(a.rows, a.cols) || rank < 1) {
    throw fail('ARGUMENT', {
      what: 'rank of the decomposition',
      expected: `1 to ${Math.min(a.rows, a.cols)}, the smaller side of the matrix`,
      got: String(rank),
    })
  }
  const placed = a.placed()
  const t = a.transposed.placed()
  const times = (m: Sparse, x: Float32Array, out: Float32Array): void =>
    kernels().spmm(m.indptr, m.indices, m.values, x, width, 1, 0, out, null, null)

  // A Gaussian test matrix on the side of the columns.
  const y = heap.scratchF32(a.cols * width)
  const x = heap.scratchF32(a.rows * width)
  const noise = rng.stream('svd')
  for (let i = 0; i < y.length; i++) y[i] = noise.normal()
  const of = powerIterations + 2
  times(placed, y, x)
  orthonormalize(x, a.rows, width)
  yield { done: 1, of }
  for (let pass = 0; pass < powerIterations; pass++) {
    times(t, x, y)
    orthonormalize(y, a.cols, width)
    times(placed, y, x)
    orthonormalize(x, a.rows, width)
    yield { done: pass + 2, of }
  }
  // B = Qᵀ A as Bᵀ = Aᵀ Q (cols × width); its small Gram matrix gives the rest.
  times(t, x, y)
  const gram = gramOf(y, a.cols, width)
  const { values, vectors } = symmetricEigen(gram, width)
  const rotation = heap.scratchF32(width * rank)
  const sigma = new Float64Array(rank)
  for (let k = 0; k < rank; k++) {
    sigma[k] = Math.sqrt(Math.max(0, values[k]))
    for (let i = 0; i < width; i++) rotation[i * rank + k] = vectors[i * width + k]!
  }
  const u = heap.scratchF32(a.rows * rank)
  const v = heap.scratchF32(a.cols * rank)
  kernels().gemm(false, false, a.rows, rank, width, 1, x, width, rotation, rank, 0, u, rank)
  for (let i = 0; i < width; i++)
    for (let k = 0; k < rank; k++) rotation[i * rank + k] /= Math.max(sigma[k], 1e-12)
  kernels().gemm(false, false, a.cols, rank, width, 1, y, width, rotation, rank, 0, v, rank)
  return { u, sigma, v }
}

/** Makes the columns of x (rows × width) orthonormal, in place: Cholesky QR, twice for the precision that one loses. */
export function orthonormalize(x: Float32Array, rows: number, width: number): void {
  for (let round = 0; round < 2; round++) {
    const inverse = inverseCholesky(gramOf(x, rows, width), width)
    heap.scope(() => {
      const factor = heap.scratchF32(width * width)
      factor.set(inverse)
      const out = heap.scratchF32(x.length)
      kernels().gemm(false, false, rows, width, width, 1, x, width, factor, width, 0, out, width)
      x.set(out)
    })
  }
}

/** xᵀx in float64 storage. */
function gramOf(x: Float32Array, rows: number, width: number): Float64Array {
  return heap.scope(() => {
    const gram = heap.scratchF32(width * width)
    kernels().gemm(true, false, width, width, rows, 1, x, width, x, width, 0, gram, width)
    return Float64Array.from(gram)
  })
}

/** The upper triangular inverse R⁻¹ of g = RᵀR. Directions with (nearly) no length left become zero columns. */
function inverseCholesky(g: Float64Array, n: number): Float64Array {
  const r = g.slice()
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, g[i * n + i])
  const floor = largest * 1e-12
  for (let k = 0; k < n; k++) {
    const pivot = r[k * n + k]
    const root = pivot > floor ? Math.sqrt(pivot) : Infinity
    for (let j = k; j < n; j++) r[k * n + j] /= root
    if (root === Infinity) r[k * n + k] = Infinity
    for (let i = k + 1; i < n; i++) {
      const factor = r[k * n + i]
      for (let j = i; j < n; j++) r[i * n + j] -= factor * r[k * n + j]
    }
  }
  const inverse = new Float64Array(n * n)
  for (let j = 0; j < n; j++) {
    inverse[j * n + j] = 1 / r[j * n + j]
    for (let i = j - 1; i >= 0; i--) {
      let sum = 0
      for (let k = i + 1; k <= j; k++) sum += r[i * n + k] * inverse[k * n + j]
      inverse[i * n + j] = r[i * n + i] === Infinity ? 0 : -sum / r[i * n + i]
    }
  }
  return inverse
}
