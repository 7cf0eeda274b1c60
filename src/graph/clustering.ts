/** How many of a node's neighbours know each other (Watts & Strogatz 1998, https://doi.org/10.1038/30918). */
import type { Random } from '../random.ts'
import { Sparse } from '../tensor/sparse.ts'
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
 * than two; without regard to weights and self-loops. Exact as long as counting triangles takes at most `budget` look-ups; on larger
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
  const upward = towardsHigherDegree(a)
  let work = 0
  const { indices } = upward
  for (let e = 0; e < indices.length; e++) work += upward.degree(indices[e])
  if (work <= budget || n <= sample) return { mean: yield* exactMean(a, upward), sampled: null, error: 0 }
  const marked = new Int32Array(n).fill(-1)
  let sum = 0
  let squares = 0
  for (let i = 0; i < sample; i++) {
    // Each turn has a mark of its own, should the same node be drawn again.
    const local = localClustering(a, rng.int(n), i, marked)
    sum += local
    squares += local * local
    if (i % 64 === 63) yield { phase: 'clustering', done: i + 1, of: sample, unit: 'nodes' }
  }
  const mean = sum / sample
  const variance = Math.max(0, squares - sample * mean * mean) / (sample - 1)
  return { mean, sampled: sample, error: Math.sqrt(variance / sample) }
}

/** Every edge once, from the end with fewer neighbours to the other (ties: to the higher row), without self-loops. */
function towardsHigherDegree(a: Sparse): Sparse {
  const up = (v: number, w: number): boolean =>
    a.degree(v) < a.degree(w) || (a.degree(v) === a.degree(w) && v < w)
  const indptr = new Uint32Array(a.rows + 1)
  const indices = new Int32Array(a.nnz)
  let at = 0
  for (let v = 0; v < a.rows; v++) {
    for (const w of a.row(v)) if (up(v, w)) indices[at++] = w
    indptr[v + 1] = at
  }
  return new Sparse(a.rows, a.rows, indptr, indices.slice(0, at), null)
}

/** Counts every triangle once, from its lowest corner (Schank & Wagner 2005), in O(edges^1.5). */
function* exactMean(a: Sparse, upward: Sparse): GraphJob<number> {
  const n = a.rows
  const triangles = new Float64Array(n)
  const marked = new Int32Array(n).fill(-1)
  let looked = 0
  for (let v = 0; v < n; v++) {
    const row = upward.row(v)
    for (const w of row) marked[w] = v
    for (const w of row) {
      for (let e = upward.indptr[w]; e < upward.indptr[w + 1]; e++) {
        const u = upward.indices[e]
        if (marked[u] !== v) continue
        triangles[v]++
        triangles[w]++
        triangles[u]++
      }
      looked += upward.degree(w)
    }
    if (looked > EDGES_PER_YIELD) {
      looked = 0
      yield { phase: 'clustering', done: v + 1, of: n, unit: 'nodes' }
    }
  }
  let sum = 0
  for (let v = 0; v < n; v++) {
    const degree = a.degree(v) - (a.has(v, v) ? 1 : 0)
    if (degree > 1) sum += (2 * triangles[v]) / (degree * (degree - 1))
  }
  return n === 0 ? 0 : sum / n
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
