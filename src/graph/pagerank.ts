/** PageRank (Page et al. 1999, http://ilpubs.stanford.edu/422/). */
import { fail } from '../errors.ts'
import type { Sparse } from '../tensor/sparse.ts'
import type { GraphJob } from './progress.ts'

export interface PageRankOptions {
  /** Chance to follow an edge rather than to jump anywhere. Default 0.85. */
  readonly damping?: number
  /** Ends when the scores change by less than this in sum. Default 1e-9. */
  readonly tolerance?: number
  /** Rounds at most. Default 200. */
  readonly rounds?: number
}

/**
 * x_w = (1 − d)/n + d (Σ_{v → w} A_vw / k_v · x_v + Σ_{v without edges} x_v / n), where k_v is the weight of v's outgoing edges;
 * the scores sum to 1. @throws DIVERGED where `rounds` do not suffice for `tolerance`.
 */
export function* pageRank(a: Sparse, options: PageRankOptions = {}): GraphJob<Float64Array> {
  const { damping = 0.85, tolerance = 1e-9, rounds = 200 } = options
  const n = a.rows
  const strength = new Float64Array(n)
  for (let v = 0; v < n; v++) {
    for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) strength[v] += a.values ? a.values[e] : 1
  }
  let score = new Float64Array(n).fill(1 / n)
  let next = new Float64Array(n)
  let change = n === 0 ? 0 : Infinity
  for (let round = 0; change >= tolerance; round++) {
    if (round === rounds) {
      throw fail('DIVERGED', {
        what: `PageRank still changes by ${change} after ${rounds} rounds`,
        todo: 'Allow more rounds, a greater tolerance or less damping.',
      })
    }
    let lost = 0
    for (let v = 0; v < n; v++) if (strength[v] === 0) lost += score[v]
    next.fill((1 - damping + damping * lost) / n)
    for (let v = 0; v < n; v++) {
      if (strength[v] === 0) continue
      const share = (damping * score[v]) / strength[v]
      for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) {
        next[a.indices[e]] += a.values ? share * a.values[e] : share
      }
    }
    change = 0
    for (let v = 0; v < n; v++) change += Math.abs(next[v] - score[v])
    ;[score, next] = [next, score]
    yield { phase: 'pagerank', done: round + 1, of: rounds, unit: 'rounds' }
  }
  return score
}
