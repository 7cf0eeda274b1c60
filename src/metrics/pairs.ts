/**
 * How well scores tell positives from negatives: examples that are, and examples that are not. Scores are any numbers, ±∞
 * included, larger for what should be positive; NaN is refused. Every measure treats equal scores by a stated rule, so none
 * depends on the order of its input.
 */
import { fail } from '../errors.ts'
import { checkCutoff } from './ranking.ts'

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, equal scores counting half (Mann & Whitney's
 * U / (P · N)). NaN without positives or without negatives. O(n log n).
 */
export function rocAuc(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const up = sorted(positives)
  const down = sorted(negatives)
  let below = 0
  let upTo = 0
  let wins = 0
  for (const score of up) {
    while (below < down.length && down[below] < score) below++
    while (upTo < down.length && down[upTo] <= score) upTo++
    wins += (below + upTo) / 2
  }
  return wins / (up.length * down.length)
}

/**
 * Average precision: Σ (R_t − R_{t−1}) · P_t over the distinct scores t from the highest down, P_t and R_t the precision and recall of
 * "at least t". Not interpolated; equal scores are one step. NaN without positives or without negatives.
 */
export function averagePrecision(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const up = sorted(positives)
  const down = sorted(negatives)
  if (up.length === 0 || down.length === 0) return NaN
  let [i, j] = [up.length - 1, down.length - 1]
  let sum = 0
  while (i >= 0) {
    const score = up[i]
    const before = i
    while (i >= 0 && up[i] === score) i--
    while (j >= 0 && down[j] >= score) j--
    const found = up.length - 1 - i
    sum += (before - i) * (found / (found + down.length - 1 - j))
  }
  return sum / up.length
}

/**
 * Share of positives that rank within K when each alone is put among all negatives; negatives with the same score rank before it.
 * That is the share above the K-th highest negative, and 1 with fewer than K negatives.
 */
export function hitsAt(positives: ArrayLike<number>, negatives: ArrayLike<number>, k: number): number {
  checkCutoff(k)
  const down = sorted(negatives)
  const up = sorted(positives)
  if (down.length === 0) return NaN
  if (down.length < k) return up.length === 0 ? NaN : 1
  const bar = down[down.length - k]
  let hits = 0
  for (const score of up) if (score > bar) hits++
  return hits / up.length
}

/**
 * Mean of 1 / rank over positives, each alone put among all negatives; its rank is 1 + negatives above + half of the negatives
 * with the same score. NaN without positives or without negatives.
 */
export function meanReciprocalRank(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const down = sorted(negatives)
  if (down.length === 0) return NaN
  const up = sorted(positives)
  let below = 0
  let upTo = 0
  let sum = 0
  for (const score of up) {
    while (below < down.length && down[below] < score) below++
    while (upTo < down.length && down[upTo] <= score) upTo++
    sum += 1 / (1 + down.length - (below + upTo) / 2)
  }
  return sum / up.length
}

/**
 * Mean of −ln of the probability that was given to what is: probabilities of being positive, each kept at least 2⁻⁵² from 0 and
 * from 1. NaN without examples.
 */
export function logLoss(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  let sum = 0
  for (const p of checkedShares(positives)) sum -= Math.log(within(p))
  for (const p of checkedShares(negatives)) sum -= Math.log(1 - within(p))
  return sum / (positives.length + negatives.length)
}

function within(p: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, p))
}

function sorted(scores: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(scores)
  const bad = copy.findIndex(Number.isNaN)
  if (bad >= 0) throw fail('ARGUMENT', { what: `score ${bad}`, expected: 'a number', got: 'NaN' })
  return copy.sort()
}

function checkedShares(values: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(values)
  const bad = copy.findIndex((p) => !(p >= 0 && p <= 1))
  if (bad < 0) return copy
  throw fail('ARGUMENT', { what: `probability ${bad}`, expected: 'from 0 to 1', got: String(copy[bad]) })
}
