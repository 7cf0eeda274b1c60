/**
 * The embedding of a user from what they interacted with, with the items' embeddings fixed: the least squares of implicit feedback,
 *
 *     u = (Σ_{i∈N} v_i v_iᵀ + w (VᵀV + λ t I))⁻¹ Σ_{i∈N} v_i,   t = trace(VᵀV) / dim,
 *
 * with interactions counted as 1 and everything else as 0 at weight w. Source: Hu, Koren & Volinsky 2008, for users who came after
 * the training.
 */
import { kernels } from '../kernels/index.ts'
import { heap } from '../kernels/heap.ts'
import type { Steps } from '../steps.ts'

/** Weight of what was not interacted with, and of the ridge: any values near these do, from .01 to 1. */
const REST = 0.1
const RIDGE = 0.1

/** Numbers that are multiplied in one step. */
const PIECE = 2 ** 21

export class FoldIn {
  readonly #items: Float32Array
  readonly #dim: number
  /** w (VᵀV + λ t I), the part that all users share. */
  readonly #shared: Float64Array
  readonly #work: Float64Array

  private constructor(items: Float32Array, dim: number, shared: Float64Array) {
    this.#items = items
    this.#dim = dim
    this.#shared = shared
    this.#work = new Float64Array(dim * dim)
  }

  /** @param items count × dim, on the kernel heap; read again at every call */
  static *of(items: Float32Array, dim: number): Steps<FoldIn> {
    const shared = new Float64Array(dim * dim)
    const count = items.length / dim
    const step = Math.ceil(PIECE / dim)
    for (let from = 0; from < count; from += step) {
      const rows = Math.min(step, count - from)
      const piece = items.subarray(from * dim, (from + rows) * dim)
      heap.scope(() => {
        const gram = heap.scratchF32(dim * dim)
        kernels().gemm(true, false, dim, dim, rows, 1, piece, dim, piece, dim, 0, gram, dim)
        for (let at = 0; at < gram.length; at++) shared[at] += REST * gram[at]
      })
      yield
    }
    let trace = 0
    for (let c = 0; c < dim; c++) trace += shared[c * dim + c]
    for (let c = 0; c < dim; c++) shared[c * dim + c] += (RIDGE * trace) / dim
    return new FoldIn(items, dim, shared)
  }

  /** The embedding of somebody who interacted with `items` (rows) → out[dim]. Nothing to go by: zeros. */
  embed(items: Int32Array, out: Float64Array): void {
    const d = this.#dim
    const v = this.#items
    const a = this.#work
    a.set(this.#shared)
    out.fill(0)
    for (const i of items) {
      for (let r = 0; r < d; r++) {
        const x = v[i * d + r]
        out[r] += x
        for (let c = 0; c <= r; c++) a[r * d + c] += x * v[i * d + c]
      }
    }
    solveCholesky(a, out, d)
  }
}

/** Solves A x = b for a symmetric positive definite A, of which the lower half is read and overwritten; x replaces b. All-zero A: zeros. */
function solveCholesky(a: Float64Array, b: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    let pivot = a[j * n + j]
    for (let k = 0; k < j; k++) pivot -= a[j * n + k] ** 2
    if (!(pivot > 0)) return void b.fill(0)
    const root = Math.sqrt(pivot)
    a[j * n + j] = root
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j]
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k]
      a[i * n + j] = sum / root
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = b[i]
    for (let k = 0; k < i; k++) sum -= a[i * n + k] * b[k]
    b[i] = sum / a[i * n + i]
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]
    for (let k = i + 1; k < n; k++) sum -= a[k * n + i] * b[k]
    b[i] = sum / a[i * n + i]
  }
}
