/** Re-ranking for diversity by maximal marginal relevance (Carbonell & Goldstein 1998). */
import { fail } from '../errors.ts'

/**
 * Chooses n of the candidates one by one: each time the one with the largest λ·relevance − (1 − λ)·(its largest similarity to those
 * chosen before); ties go to the earlier candidate. Answers their places in the order chosen.
 *
 * @param relevance of each candidate
 * @param similarity of two candidates, by place
 * @param lambda 1: by relevance alone; 0: after the first, as unlike those before as can be
 */
export function maximalMarginalRelevance(
  relevance: ArrayLike<number>,
  similarity: (a: number, b: number) => number,
  n: number,
  lambda: number,
): number[] {
  if (!(lambda >= 0 && lambda <= 1)) {
    throw fail('ARGUMENT', { what: 'MMR lambda', expected: 'a number from 0 to 1', got: String(lambda) })
  }
  const nearest = new Float64Array(relevance.length).fill(-Infinity)
  const left = new Set(Array.from(relevance, (_, place) => place))
  const chosen: number[] = []
  while (chosen.length < n && left.size > 0) {
    let best = -1
    let most = -Infinity
    for (const place of left) {
      const gain =
        chosen.length === 0 ? relevance[place] : lambda * relevance[place] - (1 - lambda) * nearest[place]
      if (gain > most || best < 0) {
        best = place
        most = gain
      }
    }
    left.delete(best)
    chosen.push(best)
    for (const place of left) nearest[place] = Math.max(nearest[place], similarity(place, best))
  }
  return chosen
}
