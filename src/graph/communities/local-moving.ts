/** Moving nodes one at a time to the community where modularity gains most, until none gains: what Louvain and Leiden share. */
import type { Random } from '../../random.ts'
import { EDGES_PER_YIELD, type GraphJob } from '../progress.ts'
import type { Level } from './level.ts'

/** Less than this share of the total weight is rounding, not a gain. */
const ROUNDING = 1e-14

/**
 * Changes `community` (numbers below n) in place; true if any node moved. Nodes are taken from a queue that begins in random order; when
 * one moves, its neighbours outside of its new community are asked again (Traag et al. 2019, algorithm A.2).
 *
 * Joining community C gains, in units of 1/m: k_{v,C} − γ k_v Σ_C / 2m, where Σ_C is the strength of C without v.
 */
export function* moveNodes(
  level: Level,
  community: Int32Array,
  resolution: number,
  rng: Random,
  phase: string,
): GraphJob<boolean> {
  const { n, indptr, indices, weights, strength, total } = level
  if (total === 0) return false
  const scale = resolution / total
  const least = ROUNDING * total
  const sums = new Float64Array(n)
  const sizes = new Int32Array(n)
  for (let v = 0; v < n; v++) {
    sums[community[v]] += strength[v]
    sizes[community[v]]++
  }
  const empty: number[] = []
  for (let c = n - 1; c >= 0; c--) if (sizes[c] === 0) empty.push(c)
  const queue = rng.shuffle(Int32Array.from({ length: n }, (_, v) => v))
  const waiting = new Uint8Array(n).fill(1)
  const shared = new Float64Array(n)
  const near = new Int32Array(n)
  let moved = false
  let looked = 0
  let settled = 0
  for (let head = 0, length = n; length > 0; length--) {
    const v = queue[head]
    head = head + 1 === n ? 0 : head + 1
    waiting[v] = 0
    const from = community[v]
    let found = 0
    for (let e = indptr[v]; e < indptr[v + 1]; e++) {
      const c = community[indices[e]]
      if (shared[c] === 0) near[found++] = c
      shared[c] += weights[e]
    }
    sums[from] -= strength[v]
    let to = from
    let best = shared[from] - scale * strength[v] * sums[from]
    for (let i = 0; i < found; i++) {
      const c = near[i]
      const gain = shared[c] - scale * strength[v] * sums[c]
      if (gain > best + least) {
        best = gain
        to = c
      }
      shared[c] = 0
    }
    // To be alone gains nothing, which may be more than all others.
    if (best < -least && sizes[from] > 1) to = empty.pop()!
    sums[to] += strength[v]
    if (to !== from) {
      moved = true
      community[v] = to
      sizes[to]++
      if (--sizes[from] === 0) empty.push(from)
      for (let e = indptr[v]; e < indptr[v + 1]; e++) {
        const w = indices[e]
        if (waiting[w] || community[w] === to) continue
        waiting[w] = 1
        queue[(head + length - 1) % n] = w
        length++
      }
    }
    settled++
    looked += indptr[v + 1] - indptr[v] + 1
    if (looked > EDGES_PER_YIELD) {
      looked = 0
      yield { phase, done: settled, of: settled + length - 1, unit: 'moves' }
    }
  }
  return moved
}
