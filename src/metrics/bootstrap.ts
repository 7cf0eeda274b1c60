/**
 * Percentile bootstrap over users (Efron & Tibshirani 1993, chapter 13): the users of the test set are drawn again with
 * replacement, which says how much a mean would move with other users. It says nothing about other seeds or other splits.
 */
import { fail } from '../errors.ts'
import type { Random } from '../random.ts'

export interface BootstrapOptions {
  /** Number of resamples; 2,000 unless told otherwise. */
  readonly samples?: number
  /** Coverage of the interval, 0.95 unless told otherwise. */
  readonly level?: number
  /** Where the draws come from. It is not advanced: the same generator gives the same interval. */
  readonly rng: Random
}

export interface MeanInterval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

export interface PairedDifference {
  /** mean(a) − mean(b). */
  readonly difference: number
  readonly low: number
  readonly high: number
  /**
   * Two-sided: twice the smaller share of resampled differences on either side of 0, one added to both counts, at most 1.
   * Never below 2 / (samples + 1).
   */
  readonly p: number
}

/** The mean of `values` (one number per user) with a bootstrap interval. At least two users; throws on NaN. */
export function meanInterval(values: Float64Array, options: BootstrapOptions): MeanInterval {
  const { level, resampled } = bootstrap(values, options)
  return { mean: mean(values), ...interval(resampled, level) }
}

/**
 * The difference in mean between two models on the same users (a[u] and b[u] belong to the same user), with a bootstrap
 * interval and a p-value. Users are drawn in pairs, so what is hard for both models cancels out.
 */
export function pairedBootstrap(
  a: Float64Array,
  b: Float64Array,
  options: BootstrapOptions,
): PairedDifference {
  if (a.length !== b.length) {
    throw fail('SHAPE', {
      op: 'pairedBootstrap',
      expected: 'one number per user from both models, the same users',
      got: `${a.length} and ${b.length}`,
    })
  }
  const differences = new Float64Array(a.length)
  for (let u = 0; u < a.length; u++) differences[u] = a[u] - b[u]
  const { level, resampled } = bootstrap(differences, options)
  let notAbove = 0
  let notBelow = 0
  for (const d of resampled) {
    if (d <= 0) notAbove++
    if (d >= 0) notBelow++
  }
  const p = Math.min(1, (2 * (1 + Math.min(notAbove, notBelow))) / (resampled.length + 1))
  return { difference: mean(differences), ...interval(resampled, level), p }
}

/** The means of `samples` draws of n users out of n with replacement, ascending. */
function bootstrap(
  values: Float64Array,
  options: BootstrapOptions,
): { level: number; resampled: Float64Array } {
  const { samples = 2000, level = 0.95, rng } = options
  const n = values.length
  if (n < 2)
    throw fail('ARGUMENT', { what: 'bootstrap', expected: 'numbers of at least 2 users', got: String(n) })
  if (!Number.isSafeInteger(samples) || samples < 1) {
    throw fail('ARGUMENT', {
      what: 'bootstrap samples',
      expected: 'a whole number of at least 1',
      got: String(samples),
    })
  }
  if (!(level > 0 && level < 1)) {
    throw fail('ARGUMENT', {
      what: 'bootstrap level',
      expected: 'a number between 0 and 1',
      got: String(level),
    })
  }
  const bad = values.findIndex((x) => !Number.isFinite(x))
  if (bad >= 0) {
    throw fail('ARGUMENT', {
      what: `bootstrap, value ${bad}`,
      expected: 'a finite number',
      got: String(values[bad]),
    })
  }
  const draw = rng.stream('bootstrap')
  const resampled = new Float64Array(samples)
  // Multiply and truncate: its bias is below n/2³², far under the noise of the resampling, at a third of the cost of int().
  const scale = n / 4294967296
  for (let s = 0; s < samples; s++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += values[Math.trunc(draw.uint32() * scale)]
    resampled[s] = sum / n
  }
  return { level, resampled: resampled.sort() }
}

function interval(sorted: Float64Array, level: number): { low: number; high: number } {
  return { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) }
}

/** Linear interpolation between order statistics. */
function quantile(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (at - below) * (sorted[above] - sorted[below])
}

/** The arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum / values.length
}

/** The sample standard deviation (n − 1); NaN for fewer than two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values)
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i] - centre) ** 2
  return values.length < 2 ? NaN : Math.sqrt(squares / (values.length - 1))
}
