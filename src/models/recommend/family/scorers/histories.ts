/** What users interacted with, those whom training did not know and what came after it included. */
import type { Sparse } from '../../../../tensor/sparse.ts'
import type { Added } from '../scorer.ts'

/** Item rows of user `users[b]` from training (none for −1) and from `added`, each once, ascending. */
export function historyOf(interactions: Sparse, users: Int32Array, added: Added, b: number): Int32Array {
  const before = users[b] < 0 ? [] : interactions.row(users[b])
  const after = added.indices.subarray(added.indptr[b], added.indptr[b + 1])
  return Int32Array.from(new Set([...before, ...after])).toSorted((x, y) => x - y)
}
