import { z } from 'zod'
import { cooccurrence } from '../../graph/cooccurrence.ts'
import { pace } from '../../train/run.ts'
import { defineRecommender } from './family/definition.ts'

/** Shrunk cosine of two items: shared users / (√(users of i · users of j) + shrinkage). */
export function shrunkCosine(shared: number, usersOfI: number, usersOfJ: number, shrinkage: number): number {
  return shared / (Math.sqrt(usersOfI * usersOfJ) + shrinkage)
}

/** score(u, i) = Σ of the similarities of i to the items of u that are among i's nearest neighbours. */
export const itemKNN = defineRecommender({
  name: 'item-knn',
  title: 'ItemKNN',
  summary: 'Nearest neighbours among items by shrunk cosine of who interacted with them.',
  paper: 'https://doi.org/10.1145/371920.372071',
  config: z.strictObject({
    neighbours: z.int().positive().default(200).describe('Neighbours kept per item.'),
    shrinkage: z.number().nonnegative().default(10).describe('Damps similarities that rest on few users.'),
  }),
  estimate: ({ users, items, interactions }, { neighbours }) => ({
    bytes: 2 * items * Math.min(neighbours, items) * 8,
    operations: (interactions * interactions) / Math.max(1, users),
  }),
  *fit(interactions, { neighbours, shrinkage }) {
    const items = interactions.cols
    const popularity = Float64Array.from({ length: items }, (_, i) => interactions.transposed.degree(i))
    const rowOf = cooccurrence(interactions)
    const keep = Math.min(neighbours, Math.max(1, items - 1))
    const nearest = {
      items: new Int32Array(items * keep),
      weights: new Float32Array(items * keep),
      counts: new Int32Array(items),
    }
    const due = pace()
    for (let i = 0; i < items; i++) {
      const row = rowOf(i)
      const candidates: number[] = []
      for (let k = 0; k < row.length; k++) {
        const j = row.items[k]
        if (j === i) continue
        row.counts[j] = shrunkCosine(row.counts[j], popularity[i], popularity[j], shrinkage)
        candidates.push(j)
      }
      candidates.sort((a, b) => row.counts[b] - row.counts[a] || a - b)
      const count = Math.min(keep, candidates.length)
      for (let k = 0; k < count; k++) {
        nearest.items[i * keep + k] = candidates[k]!
        nearest.weights[i * keep + k] = row.counts[candidates[k]]!
      }
      nearest.counts[i] = count
      if (due()) yield { phase: 'train', done: i, of: items, unit: 'items' }
    }
    return { kind: 'item-weights', tensors: byHistoryItem(nearest, items, keep) }
  },
})

/** Turns "neighbours of i" around into "items that an interaction with j speaks for", as CSR rows by j. */
function byHistoryItem(
  nearest: { items: Int32Array; weights: Float32Array; counts: Int32Array },
  items: number,
  keep: number,
) {
  const indptr = new Uint32Array(items + 1)
  for (let i = 0; i < items; i++)
    for (let k = 0; k < nearest.counts[i]; k++) indptr[nearest.items[i * keep + k] + 1] += 1
  for (let j = 0; j < items; j++) indptr[j + 1] += indptr[j]
  const total = indptr[items]
  const next = indptr.slice(0, items)
  const indices = new Int32Array(total)
  const weights = new Float32Array(total)
  for (let i = 0; i < items; i++) {
    for (let k = 0; k < nearest.counts[i]; k++) {
      const at = next[nearest.items[i * keep + k]]++
      indices[at] = i
      weights[at] = nearest.weights[i * keep + k]!
    }
  }
  return {
    indptr: { data: indptr, shape: [items + 1] },
    indices: { data: indices, shape: [total] },
    weights: { data: weights, shape: [total] },
  }
}
