/** How near is near on the map: the curve 1 / (1 + a d²ᵇ) that says how much two points at distance d belong together. */
import { fail } from '../../errors.ts'

export interface Curve {
  readonly a: number
  readonly b: number
}

/** Distances at which the curve is fitted, from 0 to three times the spread. */
const SAMPLES = 300
const ROUNDS = 100

/**
 * The a and b of the curve nearest, in squares, to 1 up to `minDistance` and exp(−(d − minDistance) / spread) beyond it (McInnes, Healy &
 * Melville 2018, definition 11), by Levenberg and Marquardt's method on log a and log b.
 *
 * @throws ARGUMENT unless 0 ≤ minDistance ≤ spread and spread > 0.
 */
export function fitCurve(minDistance: number, spread: number): Curve {
  if (!(spread > 0 && Number.isFinite(spread) && minDistance >= 0 && minDistance <= spread)) {
    throw fail('ARGUMENT', {
      what: 'minDistance',
      expected: `a number from 0 to the spread, which is above 0 (${spread})`,
      got: String(minDistance),
    })
  }
  const distances = Float64Array.from({ length: SAMPLES }, (_, i) => (3 * spread * i) / (SAMPLES - 1))
  const wanted = distances.map((d) => (d < minDistance ? 1 : Math.exp(-(d - minDistance) / spread)))
  let [p, q, damping] = [0, 0, 1e-3]
  let error = squares(p, q, distances, wanted)
  for (let round = 0; round < ROUNDS && damping < 1e12; round++) {
    const [pp, pq, qq, gp, gq] = normalEquations(p, q, distances, wanted)
    const [dp, dq] = [pp * (1 + damping), qq * (1 + damping)]
    const determinant = dp * dq - pq * pq
    const [nextP, nextQ] = [p + (dq * gp - pq * gq) / determinant, q + (dp * gq - pq * gp) / determinant]
    const next = squares(nextP, nextQ, distances, wanted)
    if (next < error) {
      ;[p, q, error] = [nextP, nextQ, next]
      damping /= 10
    } else {
      damping *= 10
    }
  }
  return { a: Math.exp(p), b: Math.exp(q) }
}

function squares(p: number, q: number, distances: Float64Array, wanted: Float64Array): number {
  const [a, b] = [Math.exp(p), Math.exp(q)]
  let sum = 0
  for (let i = 0; i < distances.length; i++) sum += (wanted[i] - 1 / (1 + a * distances[i] ** (2 * b))) ** 2
  return sum
}

/** JᵀJ (three numbers) and Jᵀr (two) of the curve's derivatives by p = log a and q = log b. */
function normalEquations(
  p: number,
  q: number,
  distances: Float64Array,
  wanted: Float64Array,
): [number, number, number, number, number] {
  const [a, b] = [Math.exp(p), Math.exp(q)]
  const out: [number, number, number, number, number] = [0, 0, 0, 0, 0]
  for (let i = 0; i < distances.length; i++) {
    if (distances[i] === 0) continue
    const power = a * distances[i] ** (2 * b)
    const curve = 1 / (1 + power)
    const byP = -curve * curve * power
    const byQ = byP * 2 * b * Math.log(distances[i])
    const rest = wanted[i] - curve
    out[0] += byP * byP
    out[1] += byP * byQ
    out[2] += byQ * byQ
    out[3] += byP * rest
    out[4] += byQ * rest
  }
  return out
}
