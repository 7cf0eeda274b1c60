/**
 * Benjamini & Hochberg (1995): of what is called a finding at q ≤ x, a share of x is false at most, in the mean, over all comparisons
 * that were made.
 */

/**
 * The adjusted value q of each p-value: the least of p · m / rank over ranks from its own on. `comparisons` is m where more were made than are
 * in `p`; the others' p-values are taken to be larger.
 */
export function falseDiscoveryRates(p: ArrayLike<number>, comparisons = p.length): Float64Array {
  const order = Array.from({ length: p.length }, (_, i) => i).sort((a, b) => p[a] - p[b])
  const q = new Float64Array(p.length)
  let least = 1
  for (let rank = order.length; rank > 0; rank--) {
    const i = order[rank - 1]
    least = Math.min(least, (p[i] * comparisons) / rank)
    q[i] = least
  }
  return q
}
