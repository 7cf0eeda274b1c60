/**
 * What a set of lists is like beyond accuracy: how much of the catalogue it shows, how unknown and how unlike each other the
 * shown items are, how evenly exposure is spread. Exposure is one count per item (in how many lists it stands), so these
 * cost nothing per user.
 */
import { fail } from '../errors.ts'
import type { Sparse } from '../tensor/sparse.ts'

/** Share of the catalogue that stands in at least one list. NaN for an empty catalogue. */
export function catalogueCoverage(exposure: Uint32Array): number {
  let shown = 0
  for (let i = 0; i < exposure.length; i++) if (exposure[i] > 0) shown++
  return shown / exposure.length
}

/**
 * Mean over all recommended places of −log2 of the item's popularity share, in bits (Zhou et al. 2010, mean
 * self-information): 0 when everything shown is known to everyone. `popularity[i]` is the number of train users with item i,
 * `users` the number of train users. An item that no train user has counts as if one had it, which keeps the mean finite.
 * NaN when nothing was recommended or there are no train users.
 */
export function novelty(exposure: Uint32Array, popularity: Uint32Array, users: number): number {
  let places = 0
  let bits = 0
  for (let i = 0; i < exposure.length; i++) {
    if (exposure[i] === 0) continue
    places += exposure[i]
    bits += exposure[i] * Math.log2(users / Math.max(1, popularity[i]))
  }
  return users === 0 ? NaN : bits / places
}

/**
 * Gini coefficient of exposure over the whole catalogue: 0 when every item stands in equally many lists, (n − 1)/n when one
 * item has all places. Σ (2r − n − 1)·x_r / (n·Σ x), x ascending, r from 1. NaN when nothing was recommended.
 */
export function gini(exposure: Uint32Array): number {
  const sorted = exposure.slice().sort()
  const n = sorted.length
  let total = 0
  let weighted = 0
  for (let r = 0; r < n; r++) {
    total += sorted[r]
    weighted += (2 * (r + 1) - n - 1) * sorted[r]
  }
  return weighted / (n * total)
}

/** Number of entries per column: how many users have each item. */
export function columnCounts(matrix: Sparse): Uint32Array {
  const counts = new Uint32Array(matrix.cols)
  for (let e = 0; e < matrix.nnz; e++) counts[matrix.indices[e]]++
  return counts
}

/** A growing set of items that knows the cosines between them. */
export interface CosineSet {
  /** Empties the set. */
  clear(): void
  /** Adds an item; answers the sum of its cosines with the items that were in the set. */
  add(item: number): number
}

/**
 * Intra-list diversity (Ziegler et al. 2005): 1 − the mean cosine over the pairs among the first k filled places of `list`.
 * NaN where there are fewer than two items. `cosines` is left holding the list.
 */
export function intraListDiversity(list: Int32Array, k: number, cosines: CosineSet): number {
  const end = Math.min(k, list.length)
  cosines.clear()
  let items = 0
  let sum = 0
  for (let r = 0; r < end; r++) {
    if (list[r] < 0) continue
    sum += cosines.add(list[r])
    items++
  }
  return 1 - sum / ((items * (items - 1)) / 2)
}

/**
 * Cosines between item vectors (`data`: items × dim, row-major). A zero vector has cosine 0 with everything.
 * A set keeps the sum of its unit vectors, so adding costs `dim` and not one product per item in the set.
 */
export function vectorCosines(data: Float32Array, dim: number): CosineSet {
  if (!Number.isSafeInteger(dim) || dim < 1 || data.length % dim !== 0) {
    throw fail('SHAPE', {
      op: 'vectorCosines',
      expected: `rows of ${dim} numbers`,
      got: `${data.length} numbers`,
    })
  }
  const sum = new Float64Array(dim)
  return {
    clear: () => void sum.fill(0),
    add(item) {
      const start = item * dim
      let squares = 0
      let dot = 0
      for (let c = 0; c < dim; c++) {
        const x = data[start + c]
        squares += x * x
        dot += x * sum[c]
      }
      if (squares === 0) return 0
      const scale = 1 / Math.sqrt(squares)
      for (let c = 0; c < dim; c++) sum[c] += scale * data[start + c]
      return dot * scale
    },
  }
}

/**
 * Cosines between the columns of a users × items matrix taken as zeros and ones: |U_i ∩ U_j| / √(|U_i|·|U_j|). An item
 * without users has cosine 0 with everything. Takes `itemUsers`, the transpose. Memory: one number per user.
 */
export function interactionCosines(itemUsers: Sparse): CosineSet {
  const { indptr, indices } = itemUsers
  const sum = new Float64Array(itemUsers.cols)
  const held: number[] = []
  return {
    clear() {
      for (const item of held) for (let e = indptr[item]; e < indptr[item + 1]; e++) sum[indices[e]] = 0
      held.length = 0
    },
    add(item) {
      const from = indptr[item]
      const to = indptr[item + 1]
      if (from === to) return 0
      const scale = 1 / Math.sqrt(to - from)
      let dot = 0
      for (let e = from; e < to; e++) {
        dot += sum[indices[e]]
        sum[indices[e]] += scale
      }
      held.push(item)
      return dot * scale
    },
  }
}
