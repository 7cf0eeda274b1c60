/** The state of models whose score is a dot product. */
import type { Matrix } from '../../../tensor/matrix.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import type { FittedState } from './scorer.ts'

/** From embeddings of users (first) and items (after them): (users + items) × dim. The arrays are views of `e`. */
export function embeddingState(
  e: Matrix<'node', 'latent'>,
  interactions: Sparse,
  facts: Readonly<Record<string, unknown>> = {},
): FittedState {
  const { rows: users, cols: items } = interactions
  return {
    kind: 'dot-product',
    tensors: {
      users: { data: e.data.subarray(0, users * e.cols), shape: [users, e.cols] },
      items: { data: e.data.subarray(users * e.cols), shape: [items, e.cols] },
    },
    facts,
  }
}
