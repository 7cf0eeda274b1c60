/** Preconditioned conjugate gradients for several independent systems H_l p_l = −g_l whose products come together. */
import { type Job, pace, type Progress } from '../train/run.ts'

export interface Systems {
  readonly labels: number
  readonly width: number
  readonly gradient: Float64Array
  /** Of H: the preconditioner. */
  readonly diagonal: Float64Array
  /** out = H v, all systems. */
  hessianTimes(v: Float64Array, out: Float64Array): void
}

/** Products at most, beyond which rounding has the better of conjugacy. */
const LIMIT = 250

/**
 * p_l with ‖H_l p_l + g_l‖ ≤ limit[l], 0 for systems that are not active (Hestenes & Stiefel 1952; preconditioned by the
 * diagonal). Always a direction of descent, wherever it stops. Yields `progress` as it is.
 */
export function* conjugateGradients(
  systems: Systems,
  active: Float64Array,
  limit: Float64Array,
  progress: Progress,
): Job<Float64Array> {
  const { labels, width, gradient, diagonal } = systems
  const size = labels * width
  const p = new Float64Array(size)
  const r = new Float64Array(size)
  const v = new Float64Array(size)
  const hv = new Float64Array(size)
  const rho = new Float64Array(labels)
  const going = Uint8Array.from(active)
  const due = pace()
  for (let l = 0; l < labels; l++) {
    if (going[l] === 0) continue
    for (let j = l * width; j < (l + 1) * width; j++) {
      r[j] = -gradient[j]
      v[j] = r[j] / diagonal[j]
      rho[l] += r[j] * v[j]
    }
  }
  for (let product = 0; product < LIMIT && going.includes(1); product++) {
    systems.hessianTimes(v, hv)
    for (let l = 0; l < labels; l++) {
      if (going[l] === 0) continue
      const [from, to] = [l * width, (l + 1) * width]
      let curvature = 0
      for (let j = from; j < to; j++) curvature += v[j] * hv[j]
      const alpha = rho[l] / curvature
      let [squares, next] = [0, 0]
      for (let j = from; j < to; j++) {
        p[j] += alpha * v[j]
        r[j] -= alpha * hv[j]
        squares += r[j] * r[j]
        next += (r[j] * r[j]) / diagonal[j]
      }
      const beta = next / rho[l]
      rho[l] = next
      if (Math.sqrt(squares) <= limit[l]) {
        going[l] = 0
        v.fill(0, from, to)
      } else for (let j = from; j < to; j++) v[j] = r[j] / diagonal[j] + beta * v[j]
    }
    if (due()) yield progress
  }
  return p
}
