/** Scores that are cosines, weighted by how much is known of an item: cos(e_u, e_i) · (degree_i / mean degree)^power. */
import { Matrix } from '../tensor/matrix.ts'
import { normalizeRows, scaleRows } from '../tensor/rowwise.ts'
import type { Sparse } from '../tensor/sparse.ts'

/** Rows whose dot products are those scores: unit rows times `strength` (n × 1, see {@link scoreStrength}). */
export function weightedCosines<R extends string, C extends string>(
  e: Matrix<R, C>,
  strength: Matrix<R, 'one'>,
): Matrix<R, C> {
  return scaleRows(normalizeRows(e), strength)
}

/** 1 for users, (degree / mean degree)^power for the items after them: (users + items) × 1. */
export function scoreStrength(interactions: Sparse, power: number): Matrix<'node', 'one'> {
  const { rows: users, cols: items, nnz } = interactions
  const out = Matrix.zeros<'node', 'one'>(users + items, 1)
  out.data.fill(1, 0, users)
  for (let i = 0; i < items; i++)
    out.data[users + i] = ((interactions.transposed.degree(i) * items) / Math.max(1, nnz)) ** power
  return out
}
