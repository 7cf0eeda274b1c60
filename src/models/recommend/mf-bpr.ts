import { z } from 'zod'
import { pairSettings } from '../../nn/pair-settings.ts'
import { answers, trainPairs } from '../../nn/pair-training.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { gather } from '../../tensor/rowwise.ts'
import { defineRecommender } from './family/definition.ts'
import { embeddingState } from './family/embedding-state.ts'
import { dotProduct } from './family/scorers/dot-product.ts'

/** ŷ_ui = e_u · e_i, learned from pairs. */
export const mfBPR = defineRecommender({
  name: 'mf-bpr',
  title: 'MF-BPR',
  summary: 'Matrix factorisation learned by Bayesian personalised ranking.',
  paper: 'https://arxiv.org/abs/1205.2618',
  config: z.strictObject(
    pairSettings({
      loss: 'bpr',
      negatives: 'hard',
      similarity: 'dot',
      temperature: 1,
      itemPower: 0,
      batch: 4096,
      rate: 2e-3,
      schedule: 'constant',
      l2: 0.03,
      epochs: 40,
      validateEvery: 5,
    }),
  ),
  presets: {
    uniform: {
      summary: 'As the papers compare with it: one negative at random, little regularisation.',
      config: { negatives: 'uniform', batch: 2048, rate: 1e-3, l2: 1e-4, epochs: 200 },
    },
  },
  estimate: ({ users, items, interactions }, { dim, epochs, batch, pool }) => ({
    bytes: 4 * 4 * dim * (users + items) + (24 + 4 * pool) * batch * dim,
    operations: epochs * (12 * dim * interactions + (interactions / batch) * 8 * dim * (users + items)),
  }),
  *fit(interactions, settings, { rng, validate, resume }) {
    const state = (e: Matrix<'node', 'latent'>, facts?: Readonly<Record<string, unknown>>) =>
      embeddingState(answers(e, interactions, settings), interactions, facts)
    const { e, result } = yield* trainPairs({
      interactions,
      settings,
      rng,
      resume,
      start: null,
      rowOf: Int32Array.from({ length: interactions.rows + interactions.cols }, (_, node) => node),
      mask: null,
      represent: (e, rows) => gather(e, rows) as typeof e,
      validate: validate && ((e) => validate(() => dotProduct(state(e), interactions))),
    })
    return state(e, { ...result })
  },
})
