import { z } from 'zod'
import { cooccurrence } from '../../graph/cooccurrence.ts'
import { heap } from '../../kernels/heap.ts'
import { invertSymmetric } from '../../tensor/inverse.ts'
import { pace } from '../../train/run.ts'
import { defineRecommender } from './family/definition.ts'

/** B = −P / diag(P) with zero diagonal, P = (XᵀX + λI)⁻¹: eq. 8 of the paper, in place. */
export function weightsFromInverse(p: Float32Array, n: number): void {
  const scale = Float64Array.from({ length: n }, (_, j) => -1 / p[j * n + j])
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) p[i * n + j] *= scale[j]
    p[i * n + i] = 0
  }
}

/** score(u, ·) = x_u B, the closed-form item–item regression whose diagonal is zero. */
export const ease = defineRecommender({
  name: 'ease',
  title: 'EASE',
  summary: 'Closed-form linear autoencoder over items; needs items × items memory.',
  paper: 'https://arxiv.org/abs/1905.03375',
  config: z.strictObject({
    l2: z.number().positive().default(500).describe('Regularisation λ on the diagonal.'),
  }),
  estimate: ({ items }) => ({ bytes: 4 * items * items + 4 * 4 * 256 * items, operations: items ** 3 }),
  *fit(interactions, { l2 }) {
    const n = interactions.cols
    const gram = heap.f32(n * n)
    const rowOf = cooccurrence(interactions)
    const due = pace()
    for (let i = 0; i < n; i++) {
      const row = rowOf(i)
      for (let k = 0; k < row.length; k++) gram[i * n + row.items[k]] = row.counts[row.items[k]]!
      gram[i * n + i] += l2
      if (due()) yield { phase: 'count', done: i, of: n, unit: 'items' }
    }
    for (const done of invertSymmetric(gram, n)) yield { phase: 'train', done, of: n, unit: 'items' }
    weightsFromInverse(gram, n)
    return { kind: 'item-weights', tensors: { weights: { data: gram, shape: [n, n] } } }
  },
})
