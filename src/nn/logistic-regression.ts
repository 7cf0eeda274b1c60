/**
 * Logistic regression with an L2 penalty, one classifier per label, all solved together. Label l minimises
 *
 *   f(w) = C · Σ_i ln(1 + exp(−y_i · w·x_i)) + ½ ‖w‖²,   y_i = ±1,
 *
 * the objective of scikit-learn and of LIBLINEAR (Fan et al. 2008), over rows x with a constant 1 appended for the intercept. By
 * truncated Newton steps: conjugate gradients with a diagonal preconditioner, then a backtracking line search. Every product with
 * the features is one matrix product for all labels. Products are float32, everything that is summed over steps is float64; the
 * weights agree with a float64 solver to about five digits where features are of one order of magnitude.
 *
 * f is strictly convex, so the answer depends on the data alone. Separable data have a finite answer: the penalty holds the weights. A
 * label that every row has, or none, has none with a free intercept: it gets weights 0 and an intercept of ±∞, which scores it
 * first or last everywhere (as scikit-learn's one-vs-rest does).
 */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Matrix } from '../tensor/matrix.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { inRegion, type Job } from '../train/run.ts'
import { conjugateGradients } from './conjugate-gradients.ts'
import { LogisticObjective } from './logistic-objective.ts'

export interface LogisticOptions {
  /** Weight of the loss against the penalty. Default 1. */
  readonly c?: number
  /**
   * `free`: not penalised (scikit-learn's default solver); `penalised`: a weight like the others (LIBLINEAR's −B 1, and scikit-learn's
   * liblinear solver); `none`. Default `free`.
   */
  readonly intercept?: 'free' | 'penalised' | 'none'
  /** Stops a label where ‖∇f‖ ≤ tolerance · ‖∇f at 0‖, or where float32 products leave nothing to gain. Default 10⁻⁶. */
  readonly tolerance?: number
  /** Newton steps at most. Default 100. */
  readonly steps?: number
}

export interface LogisticModel {
  /** labels × dim, row-major. */
  readonly weights: Float64Array
  readonly intercepts: Float64Array
  readonly dim: number
  readonly labels: number
  /** Newton steps of the label that took most. */
  readonly steps: number
}

/**
 * `x`: examples × dim. `positives`: examples × labels, an entry for each label an example has.
 * @throws ARGUMENT for features that are not finite or a C that is not above 0, SHAPE, EMPTY without examples, DIVERGED where
 * the step limit comes first.
 */
export function* fitLogistic(
  x: Matrix,
  positives: Sparse,
  options: LogisticOptions = {},
): Job<LogisticModel> {
  const { c = 1, intercept = 'free', tolerance = 1e-6, steps: limit = 100 } = options
  check(x, positives, c)
  const dim = x.cols
  const labels = positives.cols
  const model = {
    weights: new Float64Array(labels * dim),
    intercepts: new Float64Array(labels),
    dim,
    labels,
    steps: 0,
  }
  const counts = new Int32Array(labels)
  for (const label of positives.indices) counts[label]++
  const solvable: number[] = []
  counts.forEach((count, label) => {
    if (count > 0 && count < x.rows) solvable.push(label)
    else model.intercepts[label] = count === 0 ? -Infinity : Infinity
  })
  if (solvable.length === 0) return model
  function* solve(): Job<{ w: Float64Array; steps: number }> {
    const objective = new LogisticObjective(x, positives, Int32Array.from(solvable), c, intercept)
    yield { phase: 'regression', done: 0, of: solvable.length, unit: 'labels' }
    return yield* newton(objective, tolerance, limit)
  }
  const { w, steps } = yield* inRegion(solve(), (result) => result)
  model.steps = steps
  const width = intercept === 'none' ? dim : dim + 1
  solvable.forEach((label, k) => {
    model.weights.set(w.subarray(k * width, k * width + dim), label * dim)
    if (intercept !== 'none') model.intercepts[label] = w[k * width + dim]
  })
  return model
}

/** Newton's method for every label of the objective at once; labels that are done stand still. */
function* newton(
  objective: LogisticObjective,
  tolerance: number,
  limit: number,
): Job<{ w: Float64Array; steps: number }> {
  const { labels, width } = objective
  const w = new Float64Array(labels * width)
  let values = objective.evaluate(w)
  const first = norms(objective.gradient, labels)
  const active = new Float64Array(labels).fill(1)
  let before: Float64Array = first.map(() => Infinity)
  for (let step = 0; ; step++) {
    const now = norms(objective.gradient, labels)
    now.forEach((norm, l) => {
      // Near the answer a Newton step more than halves the gradient, unless what is left of it is rounding.
      const rounding = norm <= ROUNDING * objective.scale && norm > before[l] / 2
      if (norm <= tolerance * first[l] || rounding) active[l] = 0
    })
    before = now
    const left = active.reduce((sum, a) => sum + a, 0)
    const progress = { phase: 'regression', done: labels - left, of: labels, unit: 'labels' }
    yield progress
    if (left === 0) return { w, steps: step }
    if (step === limit) {
      throw fail('DIVERGED', {
        what: `logistic regression: ${left} of ${labels} labels are not solved after ${limit} steps`,
        todo: 'Scale the features to one order of magnitude, use a smaller C, or allow more steps.',
      })
    }
    // Loose far from the answer, tight near it: superlinear convergence (Dembo, Eisenstat & Steihaug 1982).
    const forcing = now.map((norm, l) => norm * Math.min(0.25, Math.sqrt(norm / first[l])))
    const direction = yield* conjugateGradients(objective, active, forcing, progress)
    values = objective.step(w, direction, active, values)
  }
}

/** Relative to the size that the terms of the gradient could add up to. */
const ROUNDING = 1e-6

function norms(g: Float64Array, labels: number): Float64Array {
  const width = g.length / labels
  return Float64Array.from({ length: labels }, (_, l) => {
    let sum = 0
    for (let j = l * width; j < (l + 1) * width; j++) sum += g[j] ** 2
    return Math.sqrt(sum)
  })
}

/** w_l · x + b_l of each row and label: rows × labels, row-major, in float64 storage. The probability is its sigmoid. */
export function decisions({ weights, intercepts, dim, labels }: LogisticModel, x: Matrix): Float64Array {
  if (x.cols !== dim) {
    throw fail('SHAPE', { op: 'decisions', expected: `rows of ${dim} features`, got: String(x.cols) })
  }
  return heap.scope(() => {
    const w = heap.scratchF32(weights.length)
    w.set(weights)
    const z = heap.scratchF32(x.rows * labels)
    kernels().gemm(false, true, x.rows, labels, dim, 1, heap.place(x.data), dim, w, dim, 0, z, labels)
    const out = Float64Array.from(z)
    for (let i = 0; i < out.length; i++) out[i] += intercepts[i % labels]
    return out
  })
}

function check(x: Matrix, positives: Sparse, c: number): void {
  if (x.rows !== positives.rows) {
    const got = `labels of ${positives.rows}`
    throw fail('SHAPE', { op: 'fitLogistic', expected: `labels of ${x.rows} examples`, got })
  }
  if (x.rows === 0 || positives.cols === 0) {
    throw fail('EMPTY', {
      what: 'logistic regression without examples or labels',
      todo: 'Give some of both.',
    })
  }
  if (!(c > 0 && c < Infinity))
    throw fail('ARGUMENT', { what: 'C', expected: 'a number above 0', got: String(c) })
  const bad = x.data.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return
  throw fail('ARGUMENT', {
    what: `feature ${bad % x.cols} of example ${Math.floor(bad / x.cols)}`,
    expected: 'a finite number',
    got: String(x.data[bad]),
  })
}
