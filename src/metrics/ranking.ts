/**
 * Accuracy of one user's ranked list against the items the user had in the test set, binary gains, list best first.
 *
 * A list is an Int32Array of item rows; −1 is an unfilled place and never a hit. Test items are a sorted Int32Array of
 * distinct rows. `k` may exceed the length of the list: the missing places are unfilled. Without test items every measure is
 * undefined and NaN is answered: such users are left out of a mean.
 *
 * Each measure exists twice: over (list, test) for one list at hand, and over a row of marked hits ({@link measures}), which
 * is what evaluation uses, so that a list is matched once for all measures and cut-offs.
 */
import { fail } from '../errors.ts'

export type RankingMeasure = 'recall' | 'precision' | 'ndcg' | 'hitRate' | 'mrr' | 'map'

/** hits[r] is 1 where place r holds a test item; `relevant` is the number of test items; only places below `k` count. */
type HitMeasure = (hits: Uint8Array, relevant: number, k: number) => number

/** Hits within k divided by all test items (METHODS: the denominator is |test|, not min(k, |test|)). */
const recall: HitMeasure = (hits, relevant, k) => count(hits, k) / relevant

/** Hits within k divided by k, whatever the length of the list. */
const precision: HitMeasure = (hits, relevant, k) => (relevant === 0 ? NaN : count(hits, k) / k)

/**
 * Normalised discounted cumulative gain (Järvelin & Kekäläinen 2002): Σ 1/log2(rank + 1) over the hits within k, divided by
 * that of an ideal list, whose first min(k, |test|) places are hits.
 */
const ndcg: HitMeasure = (hits, relevant, k) => {
  if (relevant === 0) return NaN
  const { discount, cumulated } = discounts(k)
  const end = Math.min(k, hits.length)
  let gain = 0
  for (let r = 0; r < end; r++) if (hits[r] === 1) gain += discount[r]
  return gain / cumulated[Math.min(k, relevant)]
}

/** 1 where at least one test item stands within k, else 0. */
const hitRate: HitMeasure = (hits, relevant, k) => (relevant === 0 ? NaN : firstHit(hits, k) < 0 ? 0 : 1)

/** 1 / rank of the first hit, 0 where there is none within k. */
const mrr: HitMeasure = (hits, relevant, k) => {
  if (relevant === 0) return NaN
  const first = firstHit(hits, k)
  return first < 0 ? 0 : 1 / (first + 1)
}

/** Average precision: the precision at each hit within k, summed, divided by min(k, |test|). */
const map: HitMeasure = (hits, relevant, k) => {
  if (relevant === 0) return NaN
  const end = Math.min(k, hits.length)
  let found = 0
  let total = 0
  for (let r = 0; r < end; r++) if (hits[r] === 1) total += ++found / (r + 1)
  return total / Math.min(k, relevant)
}

/** The accuracy measures by name, in the order reports show them. */
export const measures: Readonly<Record<RankingMeasure, HitMeasure>> = {
  recall,
  precision,
  ndcg,
  hitRate,
  mrr,
  map,
}

/** The names of {@link measures}. */
export const rankingMeasures = Object.keys(measures) as readonly RankingMeasure[]

/**
 * Marks in hits[0 … hits.length) which of the places list[from …] hold one of the items test[testFrom … testTo), ascending.
 * Places beyond the end of `list` are no hits. Offsets instead of views: nothing is allocated per user.
 */
export function markHits(
  list: Int32Array,
  from: number,
  test: Int32Array,
  testFrom: number,
  testTo: number,
  hits: Uint8Array,
): void {
  for (let r = 0; r < hits.length; r++) {
    const item = from + r < list.length ? list[from + r] : -1
    hits[r] = item >= 0 && contains(test, testFrom, testTo, item) ? 1 : 0
  }
}

/** Hits within k / number of test items. */
export const recallAt = overList(recall)
/** Hits within k / k. */
export const precisionAt = overList(precision)
/** Discounted gain of the hits within k / that of the ideal list, cut at min(k, |test|). */
export const ndcgAt = overList(ndcg)
/** 1 where a test item stands within k, else 0. */
export const hitRateAt = overList(hitRate)
/** 1 / rank of the first hit within k, else 0. */
export const mrrAt = overList(mrr)
/** Average precision within k, denominator min(k, |test|). */
export const mapAt = overList(map)

function overList(measure: HitMeasure): (list: Int32Array, test: Int32Array, k: number) => number {
  return (list, test, k) => {
    checkCutoff(k)
    const hits = new Uint8Array(Math.min(k, list.length))
    markHits(list, 0, test, 0, test.length, hits)
    return measure(hits, test.length, k)
  }
}

/** Throws unless k is a whole number of at least 1. */
export function checkCutoff(k: number): void {
  if (!Number.isSafeInteger(k) || k < 1) {
    throw fail('ARGUMENT', { what: 'cut-off K', expected: 'a whole number of at least 1', got: String(k) })
  }
}

function count(hits: Uint8Array, k: number): number {
  const end = Math.min(k, hits.length)
  let n = 0
  for (let r = 0; r < end; r++) n += hits[r]
  return n
}

function firstHit(hits: Uint8Array, k: number): number {
  const end = Math.min(k, hits.length)
  for (let r = 0; r < end; r++) if (hits[r] === 1) return r
  return -1
}

function contains(sorted: Int32Array, from: number, to: number, value: number): boolean {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = sorted[middle]
    if (at === value) return true
    if (at < value) low = middle + 1
    else high = middle
  }
  return false
}

/** discount[r] = 1/log2(r + 2) and cumulated[n] = the sum of its first n, kept for the largest k seen. */
let table = { discount: new Float64Array(0), cumulated: new Float64Array(1) }

function discounts(k: number): typeof table {
  if (table.discount.length >= k) return table
  const size = Math.max(k, 64)
  const discount = new Float64Array(size)
  const cumulated = new Float64Array(size + 1)
  for (let r = 0; r < size; r++) {
    discount[r] = 1 / Math.log2(r + 2)
    cumulated[r + 1] = cumulated[r] + discount[r]
  }
  table = { discount, cumulated }
  return table
}
