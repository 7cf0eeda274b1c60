/** Whether a value is more frequent in a group than chance would have it: Fisher's exact test, one-sided. */

/**
 * ln P(X ≥ k) for X hypergeometric: a group of n is drawn without replacement from a population of N, of whom K have the value. Exact up
 * to rounding: the terms from k on are summed, from the ratio of each to the one before.
 */
export function lnOverRepresented(k: number, n: number, K: number, N: number): number {
  const [least, most] = [Math.max(0, n + K - N), Math.min(n, K)]
  if (k <= least) return 0
  if (k > most) return -Infinity
  const first = lnChoose(K, k) + lnChoose(N - K, n - k) - lnChoose(N, n)
  // P(X = i + 1) / P(X = i) falls as i rises, so once terms are small against the sum the rest is, too.
  let sum = 1
  let term = 1
  for (let i = k; i < most; i++) {
    term *= ((K - i) * (n - i)) / ((i + 1) * (N - K - n + i + 1))
    sum += term
    if (term < sum * 1e-17) break
    // Far below the mode the terms grow; the sum stays a number.
    if (sum > 1e200) return 0
  }
  return Math.min(0, first + Math.log(sum))
}

function lnChoose(n: number, k: number): number {
  return lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k)
}

const small: number[] = [0, 0]
for (let n = 2; n < 256; n++) small.push(small[n - 1] + Math.log(n))

/** ln n!, from 256 on by Stirling's series, whose next term is below 1e-18 there. */
export function lnFactorial(n: number): number {
  if (n < small.length) return small[n]
  const x = n + 1
  const inverse = 1 / (x * x)
  return (
    (x - 0.5) * Math.log(x) -
    x +
    0.5 * Math.log(2 * Math.PI) +
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / x
  )
}
