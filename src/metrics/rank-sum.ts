/** Whether the numbers of a group tend to be larger or smaller than those of the others: Mann & Whitney's test, two-sided. */

export interface RankSum {
  /** Probability that a number of the group is larger than one of the others, a tie counting half. */
  readonly larger: number
  /** ln of the p-value: the normal approximation with corrections for ties and continuity. */
  readonly lnP: number
}

/** The places of `values` in ascending order, equal ones sharing the mean of theirs; from 1. And Σ (t³ − t) over groups of t equal ones. */
export function ranksOf(values: Float64Array): { readonly ranks: Float64Array; readonly ties: number } {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b])
  const ranks = new Float64Array(values.length)
  let ties = 0
  for (let from = 0; from < order.length;) {
    let to = from + 1
    while (to < order.length && values[order[to]] === values[order[from]]) to++
    for (let i = from; i < to; i++) ranks[order[i]] = (from + 1 + to) / 2
    ties += (to - from) ** 3 - (to - from)
    from = to
  }
  return { ranks, ties }
}

/**
 * `sum` is that of the ranks of the n members of the group among all `total` numbers; `ties` as {@link ranksOf} answers it. Null where there is
 * nothing to compare: an empty group, or nobody outside of it.
 */
export function rankSumTest(sum: number, n: number, total: number, ties: number): RankSum | null {
  const others = total - n
  if (n === 0 || others === 0) return null
  const u = sum - (n * (n + 1)) / 2
  const variance = ((n * others) / 12) * (total + 1 - ties / (total * (total - 1)))
  const off = Math.max(0, Math.abs(u - (n * others) / 2) - 0.5)
  const lnP = variance > 0 ? lnTwoSided(off / Math.sqrt(variance)) : 0
  return { larger: u / (n * others), lnP }
}

/** ln P(|Z| ≥ z) of a standard normal Z, z ≥ 0. */
export function lnTwoSided(z: number): number {
  const x = z / Math.SQRT2
  // erfc: its series where x is small, its continued fraction (Lentz, from the end) elsewhere.
  if (x < 2) {
    let term = x
    let sum = x
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-x * x) / n
      sum += term / (2 * n + 1)
    }
    return Math.log(Math.max(Number.MIN_VALUE, 1 - (2 / Math.sqrt(Math.PI)) * sum))
  }
  let fraction = 0
  for (let n = 60; n > 0; n--) fraction = n / 2 / (x + fraction)
  return -x * x - Math.log((x + fraction) * Math.sqrt(Math.PI))
}
