import { z } from 'zod'
import { normalizedInteractions } from '../../graph/bipartite.ts'
import { randomizedSvd } from '../../tensor/svd.ts'
import { defineRecommender } from './family/definition.ts'

/** r̂_u = r_u (R̃ᵀR̃ + α D_I^-½ V Vᵀ D_I^½), R̃ = D_U^-½ R D_I^-½, V its leading right singular vectors: eq. 13 of the paper. */
export const gfCF = defineRecommender({
  name: 'gf-cf',
  title: 'GF-CF',
  summary:
    'Closed-form graph filter: a linear and an ideal low-pass filter on the item graph; no training loop.',
  paper: 'https://arxiv.org/abs/2108.07567',
  config: z.strictObject({
    rank: z.int().positive().default(256).describe('Singular vectors of the ideal low-pass filter.'),
    alpha: z.number().nonnegative().default(0.3).describe('Weight of the ideal low-pass filter.'),
    powerIterations: z
      .int()
      .nonnegative()
      .default(4)
      .describe('Power iterations of the randomised decomposition.'),
  }),
  estimate: ({ users, items, interactions }, { rank, powerIterations }) => ({
    bytes: 4 * (rank + 16) * (3 * users + 3 * items) + 24 * interactions,
    operations:
      2 * (powerIterations + 2) * ((rank + 16) * interactions + 2 * (rank + 16) ** 2 * (users + items)),
  }),
  *fit(interactions, { rank, alpha, powerIterations }, { rng }) {
    const normal = normalizedInteractions(interactions)
    const kept = Math.min(rank, normal.rows, normal.cols)
    if (kept < rank) {
      const note = `rank ${rank} lowered to ${kept}, the smaller side of the data`
      yield { phase: 'train', done: 0, of: powerIterations + 2, unit: 'passes', note }
    }
    const svd = randomizedSvd(normal, { rank: kept, powerIterations, rng })
    let step = svd.next()
    while (!step.done) {
      yield { phase: 'train', ...step.value, unit: 'passes' }
      step = svd.next()
    }
    return {
      kind: 'graph-filter',
      tensors: {
        v: { data: step.value.v, shape: [normal.cols, kept] },
        alpha: { data: new Float32Array([alpha]), shape: [1] },
      },
      facts: { rank: kept },
    }
  },
})
