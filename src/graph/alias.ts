/** Drawing from a fixed discrete distribution in constant time: Walker's alias method as given by Vose (1991). */
import { fail } from '../errors.ts'
import type { Random } from '../random.ts'

/** A function that draws index i with probability weights[i] / Σ weights. */
export function aliasTable(weights: Float64Array): (rng: Random) => number {
  const n = weights.length
  const total = weights.reduce((sum, w) => sum + w, 0)
  if (!(total > 0 && Number.isFinite(total)) || weights.some((w) => w < 0)) {
    throw fail('ARGUMENT', {
      what: 'weights of a distribution',
      expected: 'non-negative numbers, not all zero',
      got: `a sum of ${total}`,
    })
  }
  const probability = Float64Array.from(weights, (w) => (w * n) / total)
  const alias = new Int32Array(n)
  const small: number[] = []
  const large: number[] = []
  probability.forEach((p, i) => (p < 1 ? small : large).push(i))
  while (small.length > 0 && large.length > 0) {
    const s = small.pop()!
    const l = large.at(-1)!
    alias[s] = l
    probability[l] -= 1 - probability[s]
    if (probability[l] < 1) small.push(large.pop()!)
  }
  // What is left differs from 1 by rounding only.
  for (const i of [...small, ...large]) probability[i] = 1
  return (rng) => {
    const i = rng.int(n)
    return rng.float() < probability[i] ? i : alias[i]
  }
}
