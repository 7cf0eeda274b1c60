/** The parameters of a mixture of Gaussians and its two steps, in blocks of rows. */
import { fail } from '../../errors.ts'
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import type { Matrix } from '../../tensor/matrix.ts'

export type Covariance = 'diagonal' | 'full'

/** Arrays are on the kernel heap. */
export class Mixture {
  readonly clusters: number
  readonly columns: number
  readonly covariance: Covariance
  /** Subtracted from rows before anything else, so that float32 keeps its digits: d, the mean of the columns at fit. */
  readonly origin: Float32Array
  /** π: K. */
  readonly weights: Float32Array
  /** μ − origin: K × d. */
  readonly means: Float32Array
  /** Diagonal: K × d variances. Full: K × d × d. */
  readonly covariances: Float32Array
  /** What densities are made of. Diagonal: K × d of 1/σ². Full: K × d × d upper triangular U with U Uᵀ = Σ⁻¹. */
  readonly precisions: Float32Array

  constructor(clusters: number, columns: number, covariance: Covariance) {
    this.clusters = clusters
    this.columns = columns
    this.covariance = covariance
    const per = columns * (covariance === 'full' ? columns : 1)
    this.origin = heap.f32(columns)
    this.weights = heap.f32(clusters)
    this.means = heap.f32(clusters * columns)
    this.covariances = heap.f32(clusters * per)
    this.precisions = heap.f32(clusters * per)
  }
}

/** The mixture with each of its arrays moved by `move`. */
export function placed(mixture: Mixture, move: (array: Float32Array) => Float32Array): Mixture {
  const { clusters, columns, covariance, origin, weights, means, covariances, precisions } = mixture
  return {
    clusters,
    columns,
    covariance,
    origin: move(origin),
    weights: move(weights),
    means: move(means),
    covariances: move(covariances),
    precisions: move(precisions),
  }
}

const BLOCK = 2048

/** Runs `work` with x − μ_c for blocks of rows and every c: `rows` of them from `from` on. Yields rows done. */
function* differences(
  mixture: Mixture,
  x: Matrix,
  work: (c: number, difference: Float32Array, from: number, rows: number) => void,
): Generator<number, void, void> {
  const { clusters, columns: d, means } = mixture
  const size = Math.max(16, Math.min(BLOCK, Math.floor(2 ** 18 / d)))
  const difference = heap.scratchF32(size * d)
  const minus = heap.scratchF32(clusters * d)
  kernels().affine(-1, 0, means, minus)
  for (let from = 0; from < x.rows; from += size) {
    const rows = Math.min(size, x.rows - from)
    for (let c = 0; c < clusters; c++) {
      const block = x.data.subarray(from * d, (from + rows) * d)
      kernels().addToRows(block, minus.subarray(c * d, (c + 1) * d), rows, d, difference)
      work(c, difference, from, rows)
    }
    yield from + rows
  }
}

/** out[i, c] = ln π_c + ln N(x_i; μ_c, Σ_c): n × K. x is about the origin. */
export function* jointLogDensities(
  mixture: Mixture,
  x: Matrix,
  out: Float32Array,
): Generator<number, void, void> {
  const { clusters, columns: d, covariance, weights, precisions } = mixture
  const full = covariance === 'full'
  const constants = Float64Array.from({ length: clusters }, (_, c) => {
    let logRoot = 0
    for (let j = 0; j < d; j++)
      logRoot += full ? Math.log(precisions[(c * d + j) * d + j]) : 0.5 * Math.log(precisions[c * d + j])
    return Math.log(Math.max(weights[c], 1e-30)) - 0.5 * d * Math.log(2 * Math.PI) + logRoot
  })
  const size = Math.max(BLOCK, d)
  const turned = heap.scratchF32(full ? size * d : 0)
  const column = heap.scratchF32(size)
  yield* differences(mixture, x, (c, difference, from, rows) => {
    if (full) {
      const root = precisions.subarray(c * d * d, (c + 1) * d * d)
      kernels().gemm(false, false, rows, d, d, 1, difference, d, root, d, 0, turned, d)
      kernels().rowReduce('sumSquares', turned, rows, d, column)
    } else {
      const block = difference.subarray(0, rows * d)
      kernels().unary('square', block, block, 0)
      kernels().gemm(false, false, rows, 1, d, 1, block, d, precisions.subarray(c * d), 1, 0, column, 1)
    }
    for (let i = 0; i < rows; i++) out[(from + i) * clusters + c] = constants[c] - 0.5 * column[i]
  })
}

/**
 * The maximisation step: weights, means and covariances from the responsibilities γ (n × K). Variances get `regularisation` ×
 * `spread` on top, the variances of the columns. x is about the origin. Yields rows done.
 */
export function* updateMixture(
  mixture: Mixture,
  x: Matrix,
  gamma: Float32Array,
  spread: Float64Array,
  regularisation: number,
): Generator<number, void, void> {
  const { clusters, columns: d, covariance, weights, means, covariances, precisions } = mixture
  const n = x.rows
  const full = covariance === 'full'
  const mass = heap.scratchF32(clusters)
  kernels().columnSum(gamma, n, clusters, 0, mass)
  kernels().gemm(true, false, clusters, d, n, 1, gamma, clusters, x.data, d, 0, means, d)
  for (let c = 0; c < clusters; c++) {
    weights[c] = mass[c] / n
    for (let j = 0; j < d; j++) means[c * d + j] = mass[c] > TINY ? means[c * d + j] / mass[c] : 0
  }
  covariances.fill(0)
  const weight = heap.scratchF32(BLOCK)
  const per = full ? d * d : d
  yield* differences(mixture, x, (c, difference, from, rows) => {
    for (let i = 0; i < rows; i++) {
      const g = gamma[(from + i) * clusters + c]
      weight[i] = full ? Math.sqrt(g) : g
    }
    const to = covariances.subarray(c * per, (c + 1) * per)
    if (full) {
      kernels().scaleRows(difference, weight, rows, d, 0, difference)
      kernels().gemm(true, false, d, d, rows, 1, difference, d, difference, d, 1, to, d)
    } else {
      const block = difference.subarray(0, rows * d)
      kernels().unary('square', block, block, 0)
      kernels().gemm(false, false, 1, d, rows, 1, weight, rows, block, d, 1, to, d)
    }
  })
  // A constant column has no scale of its own.
  const typical = spread.reduce((sum, v) => sum + v, 0) / d
  const floor = spread.map((v) => Math.max(regularisation * Math.max(v, 1e-3 * typical), 1e-12))
  for (let c = 0; c < clusters; c++) {
    const own = covariances.subarray(c * per, (c + 1) * per)
    const step = full ? d + 1 : 1
    if (mass[c] > TINY) for (let j = 0; j < per; j++) own[j] /= mass[c]
    else for (let j = 0; j < d; j++) own[j * step] = spread[j]
    for (let j = 0; j < d; j++) own[j * step] += floor[j]
    if (full) precisions.set(precisionRoot(own, d), c * per)
    else for (let j = 0; j < d; j++) precisions[c * d + j] = 1 / own[j]
  }
}

/** Responsibilities of a component that sum to less leave nothing to estimate. */
const TINY = 1e-6

/** Mean and variance of the columns, in float64: exact for constant columns. */
export function columnMoments({ rows, cols, data }: Matrix): { mean: Float64Array; variance: Float64Array } {
  const mean = new Float64Array(cols)
  const variance = new Float64Array(cols)
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++, at++) {
      const delta = data[at] - mean[j]
      mean[j] += delta / (i + 1)
      variance[j] += delta * (data[at] - mean[j])
    }
  }
  return { mean, variance: variance.map((v) => v / rows) }
}

/** U with U Uᵀ = Σ⁻¹, from Σ = L Lᵀ: U = L⁻ᵀ, upper triangular. */
export function precisionRoot(sigma: Float32Array, d: number): Float32Array {
  const l = Float64Array.from(sigma)
  for (let j = 0; j < d; j++) {
    for (let k = 0; k < j; k++) {
      const factor = l[j * d + k]
      for (let i = j; i < d; i++) l[i * d + j] -= l[i * d + k] * factor
    }
    const pivot = l[j * d + j]
    if (!(pivot > 0)) {
      throw fail('DIVERGED', {
        what: 'a covariance matrix of the mixture is not positive definite',
        todo: 'Use a diagonal covariance, fewer clusters, or a larger regularisation.',
      })
    }
    const root = Math.sqrt(pivot)
    for (let i = j; i < d; i++) l[i * d + j] /= root
  }
  const u = new Float32Array(d * d)
  const column = new Float64Array(d)
  for (let j = 0; j < d; j++) {
    // Column j of L⁻¹ is row j of U.
    for (let i = j; i < d; i++) {
      let sum = i === j ? 1 : 0
      for (let k = j; k < i; k++) sum -= l[i * d + k] * column[k]
      column[i] = sum / l[i * d + i]
      u[j * d + i] = column[i]
    }
  }
  return u
}
