/** The objective of logistic regression for several labels at once: values, gradients, products with the Hessian, steps. */
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Matrix } from '../tensor/matrix.ts'
import type { Sparse } from '../tensor/sparse.ts'

/** Weights, gradients and directions are labels × width, row-major; the intercept, if there is one, is the last of a row. */
export class LogisticObjective {
  readonly labels: number
  readonly width: number
  /** C · ‖Σ_i |x_i|‖ / 2: the largest gradient that any labels could give at 0. */
  readonly scale: number
  /** ∇f_l = λ ⊙ w_l + C Σ_i (σ(z_il) − [i has l]) x_i at the point of the last `evaluate` or `step`. */
  readonly gradient: Float64Array
  /** Diagonal of the Hessian there: λ_j + C Σ_i s_il x_ij². */
  readonly diagonal: Float64Array
  readonly #c: number
  readonly #rows: number
  /** λ of the intercept; λ of the rest is 1. */
  readonly #interceptPenalty: number
  readonly #hasIntercept: boolean
  /** rows × width: features with the constant. */
  readonly #x: Float32Array
  readonly #squares: Float32Array
  /** rows × labels: 1 for positives. */
  readonly #y: Uint8Array
  /** rows × labels: w·x of the point, and of the direction of the last Hessian product. */
  readonly #z: Float32Array
  readonly #u: Float32Array
  /** rows × labels: curvature s = σ(z)(1 − σ(z)). */
  readonly #s: Float32Array
  readonly #residual: Float32Array
  readonly #small: Float32Array
  readonly #product: Float32Array

  /** On the open region of the heap. `chosen`: the labels to solve, columns of `positives`. */
  constructor(
    x: Matrix,
    positives: Sparse,
    chosen: Int32Array,
    c: number,
    intercept: 'free' | 'penalised' | 'none',
  ) {
    const rows = x.rows
    const labels = chosen.length
    const width = intercept === 'none' ? x.cols : x.cols + 1
    this.labels = labels
    this.width = width
    this.#c = c
    this.#rows = rows
    this.#hasIntercept = intercept !== 'none'
    this.#interceptPenalty = intercept === 'penalised' ? 1 : 0
    this.#x = heap.scratchF32(rows * width)
    if (this.#hasIntercept) this.#x.fill(1)
    for (let i = 0; i < rows; i++) this.#x.set(x.row(i), i * width)
    const sums = new Float64Array(width)
    for (let i = 0; i < rows; i++) for (let j = 0; j < width; j++) sums[j] += Math.abs(this.#x[i * width + j])
    this.scale = (c / 2) * Math.hypot(...sums)
    this.#squares = heap.scratchF32(rows * width)
    kernels().unary('square', this.#x, this.#squares, 0)
    this.#y = new Uint8Array(rows * labels)
    const place = new Int32Array(positives.cols).fill(-1)
    chosen.forEach((label, k) => (place[label] = k))
    for (let i = 0; i < rows; i++)
      for (const label of positives.row(i)) if (place[label] >= 0) this.#y[i * labels + place[label]] = 1
    this.#z = heap.f32(rows * labels)
    this.#u = heap.f32(rows * labels)
    this.#s = heap.f32(rows * labels)
    this.#residual = heap.f32(rows * labels)
    this.#small = heap.f32(labels * width)
    this.#product = heap.f32(labels * width)
    this.gradient = new Float64Array(labels * width)
    this.diagonal = new Float64Array(labels * width)
  }

  /** f of each label at w; sets the gradient, the curvature and its diagonal. */
  evaluate(w: Float64Array): Float64Array {
    this.#times(w, this.#z)
    const { labels } = this
    const [z, y, s, r] = [this.#z, this.#y, this.#s, this.#residual]
    const loss = new Float64Array(labels)
    for (let e = 0, l = 0; e < z.length; e++) {
      const m = Math.exp(-Math.abs(z[e]))
      const p = z[e] >= 0 ? 1 / (1 + m) : m / (1 + m)
      s[e] = m / ((1 + m) * (1 + m))
      r[e] = p - y[e]
      loss[l] += Math.log1p(m) + (y[e] === 1 ? Math.max(0, -z[e]) : Math.max(0, z[e]))
      if (++l === labels) l = 0
    }
    this.#transposedTimes(r, this.#x, this.gradient)
    this.#transposedTimes(s, this.#squares, this.diagonal)
    for (let j = 0; j < w.length; j++) {
      const penalty = this.#penalty(j)
      this.gradient[j] = this.#c * this.gradient[j] + penalty * w[j]
      this.diagonal[j] = this.#c * this.diagonal[j] + penalty
    }
    return loss.map((sum, l) => this.#c * sum + this.#ridge(w, l))
  }

  /** H_l v_l of each label, H_l = diag(λ) + C Σ_i s_il x_i x_iᵀ. */
  hessianTimes(v: Float64Array, out: Float64Array): void {
    this.#times(v, this.#u)
    kernels().binary('mul', this.#u, this.#s, this.#u)
    this.#transposedTimes(this.#u, this.#x, out)
    for (let j = 0; j < v.length; j++) out[j] = this.#c * out[j] + this.#penalty(j) * v[j]
  }

  /**
   * w += t · direction for the active labels, each with the first t of 1, ½, ¼ … that lowers f enough (Armijo); then `evaluate`. A label
   * whose f no step lowers, for want of precision, takes the full Newton step: near the answer that is the better of the two.
   */
  step(w: Float64Array, direction: Float64Array, active: Float64Array, values: Float64Array): Float64Array {
    const { labels, width } = this
    this.#times(direction, this.#u)
    const t = Float64Array.from(active)
    const slope = new Float64Array(labels)
    for (let l = 0; l < labels; l++)
      for (let j = l * width; j < (l + 1) * width; j++) slope[l] += this.gradient[j] * direction[j]
    const pending = Array.from(active, (a) => a === 1)
    for (let halving = 0; halving < 30 && pending.includes(true); halving++) {
      const tried = this.#valuesAt(w, direction, t)
      for (let l = 0; l < labels; l++) {
        if (!pending[l]) continue
        pending[l] = !(tried[l] <= values[l] + 1e-4 * t[l] * slope[l] + 1e-7 * Math.abs(values[l]))
        if (pending[l]) t[l] /= 2
      }
    }
    for (let l = 0; l < labels; l++) {
      const length = pending[l] ? 1 : t[l]
      for (let j = l * width; j < (l + 1) * width; j++) w[j] += length * direction[j]
    }
    return this.evaluate(w)
  }

  /** f of each label at w + t · direction, whose product with the features stands in `#u`. */
  #valuesAt(w: Float64Array, direction: Float64Array, t: Float64Array): Float64Array {
    const { labels, width } = this
    const [z, u, y] = [this.#z, this.#u, this.#y]
    const loss = new Float64Array(labels)
    for (let e = 0, l = 0; e < z.length; e++) {
      const at = z[e] + t[l] * u[e]
      loss[l] += Math.log1p(Math.exp(-Math.abs(at))) + (y[e] === 1 ? Math.max(0, -at) : Math.max(0, at))
      if (++l === labels) l = 0
    }
    const moved = w.map((value, j) => value + t[Math.floor(j / width)] * direction[j])
    return loss.map((sum, l) => this.#c * sum + this.#ridge(moved, l))
  }

  /** ½ Σ_j λ_j w_lj². */
  #ridge(w: Float64Array, l: number): number {
    let sum = 0
    for (let j = l * this.width; j < (l + 1) * this.width; j++) sum += this.#penalty(j) * w[j] ** 2
    return sum / 2
  }

  #penalty(j: number): number {
    return this.#hasIntercept && (j + 1) % this.width === 0 ? this.#interceptPenalty : 1
  }

  /** out[rows × labels] = x · vᵀ. */
  #times(v: Float64Array, out: Float32Array): void {
    this.#small.set(v)
    const { width, labels } = this
    // prettier-ignore
    kernels().gemm(false, true, this.#rows, labels, width, 1, this.#x, width, this.#small, width, 0, out, labels)
  }

  /** out[labels × width] = aᵀ · b for a of rows × labels and b of rows × width. */
  #transposedTimes(a: Float32Array, b: Float32Array, out: Float64Array): void {
    const { width, labels } = this
    // prettier-ignore
    kernels().gemm(true, false, labels, width, this.#rows, 1, a, labels, b, width, 0, this.#product, width)
    out.set(this.#product)
  }
}
