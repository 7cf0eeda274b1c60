/**
 * Leiden's refinement (Traag, Waltman & van Eck 2019, https://arxiv.org/abs/1810.08473, algorithm A.2, RefinePartition): every
 * community is built up again from single nodes, which join at random among the parts that gain and are well connected to the
 * rest of their community. So no community falls apart, however nodes moved later.
 */
import type { Random } from '../../random.ts'
import type { Level } from './level.ts'

/** θ: how far from the greatest gain a node may go. */
const RANDOMNESS = 0.01

/** The part of each node: numbers below n; every part lies within one community. */
export function refine(level: Level, community: Int32Array, resolution: number, rng: Random): Int32Array {
  const { n, indptr, indices, weights, strength, total } = level
  const part = Int32Array.from({ length: n }, (_, v) => v)
  const scale = total === 0 ? 0 : resolution / total
  const whole = new Float64Array(n)
  for (let v = 0; v < n; v++) whole[community[v]] += strength[v]
  const sums = strength.slice()
  const sizes = new Int32Array(n).fill(1)
  // Weight of the edges from a part to the rest of its community.
  const cut = new Float64Array(n)
  for (let v = 0; v < n; v++) {
    for (let e = indptr[v]; e < indptr[v + 1]; e++) {
      if (community[indices[e]] === community[v]) cut[v] += weights[e]
    }
  }
  const connected = (p: number, c: number): boolean => cut[p] >= scale * sums[p] * (whole[c] - sums[p])
  const shared = new Float64Array(n)
  const near = new Int32Array(n)
  const chances = new Float64Array(n)
  for (const v of rng.shuffle(Int32Array.from({ length: n }, (_, i) => i))) {
    const c = community[v]
    if (part[v] !== v || sizes[v] > 1 || !connected(v, c)) continue
    let found = 0
    for (let e = indptr[v]; e < indptr[v + 1]; e++) {
      if (community[indices[e]] !== c) continue
      const p = part[indices[e]]
      if (shared[p] === 0) near[found++] = p
      shared[p] += weights[e]
    }
    let best = 0
    for (let i = 0; i < found; i++) {
      const p = near[i]
      const gain = shared[p] - scale * strength[v] * sums[p]
      chances[i] = gain >= 0 && connected(p, c) ? gain : -1
      best = Math.max(best, chances[i])
    }
    // exp(gain / θ), against the greatest, so that nothing overflows; staying alone gains 0.
    let sum = Math.exp(-best / RANDOMNESS)
    for (let i = 0; i < found; i++) {
      chances[i] = chances[i] < 0 ? 0 : Math.exp((chances[i] - best) / RANDOMNESS)
      sum += chances[i]
    }
    let target = rng.float() * sum - Math.exp(-best / RANDOMNESS)
    if (target >= 0) {
      let i = 0
      for (; i < found - 1 && target >= chances[i]; i++) target -= chances[i]
      while (chances[i] === 0) i--
      const to = near[i]
      cut[to] += cut[v] - 2 * shared[to]
      sums[to] += strength[v]
      sizes[to]++
      part[v] = to
    }
    for (let i = 0; i < found; i++) shared[near[i]] = 0
  }
  return part
}
