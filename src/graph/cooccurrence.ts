/** How often two items share a user: rows of RᵀR, one at a time, without ever holding the product. */
import type { Sparse } from '../tensor/sparse.ts'

/** Holds the buffers for {@link cooccurrence} of one matrix. */
export interface CooccurrenceRow {
  /** Items that share a user with the asked one, itself included, in no particular order; the first `length` are valid. */
  readonly items: Int32Array
  readonly counts: Float32Array
  length: number
}

/** A function that fills one shared row: counts[c] = number of users of both `item` and c (indexed by item, not by place). */
export function cooccurrence(interactions: Sparse): (item: number) => CooccurrenceRow {
  const users = interactions.transposed
  const row: CooccurrenceRow = {
    items: new Int32Array(interactions.cols),
    counts: new Float32Array(interactions.cols),
    length: 0,
  }
  return (item) => {
    const { items, counts } = row
    for (let k = 0; k < row.length; k++) counts[items[k]] = 0
    let length = 0
    for (let e = users.indptr[item]; e < users.indptr[item + 1]; e++) {
      const user = users.indices[e]
      for (let f = interactions.indptr[user]; f < interactions.indptr[user + 1]; f++) {
        const other = interactions.indices[f]
        if (counts[other] === 0) items[length++] = other
        counts[other] += 1
      }
    }
    row.length = length
    return row
  }
}
