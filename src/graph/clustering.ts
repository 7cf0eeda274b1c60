/** How many of a node's neighbours know each other (Watts & Strogatz 1998, https://doi.org/10.1038/30918). */
import type { Random } from '../random.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { EDGES_PER_YIELD, type GraphJob } from './progress.ts'

export interface Clustering {
  /** Mean over all nodes, or those that were sampled. */
  readonly mean: number
  /** How many nodes were sampled; null: all were counted, and the mean is exact. */
  readonly sampled: number | null
  /** Standard error of a sampled mean; 0 if exact. */
  readonly error: number
}

/**
 * The mean of the local clustering coefficients C_v = (edges between neighbours of v) / (pairs of neighbours), 0 for nodes with fewer
 * than two; without regard to weights and self-loops. Exact as long as that takes at most `budget` look-ups (Σ degree²); on larger
 * graphs the mean of `sample` nodes drawn with replacement.
 *
 * @param a symmetric
 */
export function* clusteringCoefficient(
  a: Sparse,
  rng: Random,
  { budget = 2e9, sample = 10_000 }: { readonly budget?: number; readonly sample?: number } = {},
): GraphJob<Clustering> {
  const n = a.rows
  let work = 0
  for (let v = 0; v < n; v++) work += a.degree(v) ** 2
  const exact = work <= budget || n <= sample
  const count = exact ? n : sample
  const marked = new Int32Array(n).fill(-1)
  let sum = 0
  let squares = 0
  let looked = 0
  for (let i = 0; i < count; i++) {
    const v = exact ? i : rng.int(n)
    // A mark of an earlier turn must not count, should the same node be drawn again.
    const local = localClustering(a, v, i, marked)
    sum += local
    squares += local * local
    looked += a.degree(v) ** 2
    if (looked > EDGES_PER_YIELD) {
      looked = 0
      yield { phase: 'clustering', done: i + 1, of: count, unit: 'nodes' }
    }
  }
  const mean = count === 0 ? 0 : sum / count
  const variance = count < 2 ? 0 : Math.max(0, squares - count * mean * mean) / (count - 1)
  return { mean, sampled: exact ? null : count, error: exact ? 0 : Math.sqrt(variance / count) }
}

function localClustering(a: Sparse, v: number, turn: number, marked: Int32Array): number {
  let degree = 0
  for (const w of a.row(v)) {
    if (w === v) continue
    marked[w] = turn
    degree++
  }
  if (degree < 2) return 0
  let links = 0
  for (const w of a.row(v)) {
    if (w === v) continue
    for (let e = a.indptr[w]; e < a.indptr[w + 1]; e++) {
      const u = a.indices[e]
      if (marked[u] === turn && u !== w) links++
    }
  }
  // Every edge between neighbours was met from both ends.
  return links / (degree * (degree - 1))
}
