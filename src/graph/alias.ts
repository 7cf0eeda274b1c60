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
  pairUp(probability, alias, n, new Int32Array(n))
  return (rng) => {
    const i = rng.int(n)
    return rng.float() < probability[i] ? i : alias[i]
  }
}

/**
 * Vose's pairing: takes n weights with mean 1 in `probability`, and leaves there the chance that a uniform draw of i stays at i;
 * otherwise it goes to alias[i]. `stack` is working memory of n.
 */
export function pairUp(probability: Float64Array, alias: Int32Array, n: number, stack: Int32Array): void {
  // Indices below the mean are stacked from the left, the others from the right.
  let small = 0
  let large = n
  for (let i = 0; i < n; i++) {
    alias[i] = i
    if (probability[i] < 1) stack[small++] = i
  }
  // The last index above the mean lies on top.
  for (let i = 0; i < n; i++) if (probability[i] >= 1) stack[--large] = i
  while (small > 0 && large < n) {
    const s = stack[--small]
    const l = stack[large]
    alias[s] = l
    probability[l] -= 1 - probability[s]
    if (probability[l] < 1) {
      large++
      stack[small++] = l
    }
  }
  // What is left differs from 1 by rounding only.
  while (small > 0) probability[stack[--small]] = 1
  while (large < n) probability[stack[large++]] = 1
}
