/** Leaving out users and items with too few interactions. */
import { fail } from '../errors.ts'
import type { Interactions } from './interactions.ts'
import { restrict } from './subset.ts'

/**
 * The k-core: the largest part in which every user has at least `user` items and every item at least `item` users. Users and items
 * that fall out leave the vocabularies; the others keep their order. Weights and times stay.
 */
export function kCore(
  interactions: Interactions,
  minimum: { readonly user: number; readonly item: number },
): Interactions {
  for (const [name, value] of Object.entries(minimum)) {
    if (!Number.isInteger(value) || value < 0) {
      throw fail('ARGUMENT', {
        what: `kCore, ${name}`,
        expected: 'a whole number from 0',
        got: String(value),
      })
    }
  }
  const { matrix } = interactions
  const byItem = matrix.transposed
  const degree = [degrees(matrix.indptr), degrees(byItem.indptr)] as const
  const keep = [new Uint8Array(matrix.rows).fill(1), new Uint8Array(matrix.cols).fill(1)] as const
  const least = [minimum.user, minimum.item] as const
  // Each user (side 0) and item (side 1) leaves at most once, as soon as its degree is too small.
  const leaving: [side: 0 | 1, row: number][] = []
  const drop = (side: 0 | 1, row: number): void => {
    if (!keep[side][row] || degree[side][row] >= least[side]) return
    keep[side][row] = 0
    leaving.push([side, row])
  }
  for (let u = 0; u < matrix.rows; u++) drop(0, u)
  for (let i = 0; i < matrix.cols; i++) drop(1, i)
  for (let next = leaving.pop(); next; next = leaving.pop()) {
    const [side, row] = next
    const other = side === 0 ? 1 : 0
    for (const neighbour of (side === 0 ? matrix : byItem).row(row)) {
      degree[other][neighbour]--
      drop(other, neighbour)
    }
  }
  const kept = restrict(interactions, keep[0], keep[1])
  if (kept.matrix.nnz === 0) {
    throw fail('EMPTY', {
      what: `No interactions are left with at least ${minimum.user} per user and ${minimum.item} per item`,
      todo: 'Lower the limits.',
    })
  }
  return kept
}

function degrees(indptr: Uint32Array): Uint32Array {
  return Uint32Array.from({ length: indptr.length - 1 }, (_, r) => indptr[r + 1] - indptr[r])
}
