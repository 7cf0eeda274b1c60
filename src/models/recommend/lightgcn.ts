import { z } from 'zod'
import { normalizedBipartite } from '../../graph/bipartite.ts'
import { breadthFirstPlaces, moveNodes } from '../../graph/locality.ts'
import { heap } from '../../kernels/heap.ts'
import { pairSettings, trainPairs } from '../../nn/pair-training.ts'
import { propagate, propagateRows } from '../../nn/propagation.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { gather } from '../../tensor/rowwise.ts'
import { defineRecommender } from './family/definition.ts'
import { embeddingState } from './family/embedding-state.ts'
import { dotProduct } from './family/scorers/dot-product.ts'

/** α_k = 1/(K + 1): the final embedding is the mean over the layers 0 … K. */
export function layerWeights(layers: number): number[] {
  return Array.from({ length: layers + 1 }, () => 1 / (layers + 1))
}

/** E^{k+1} = D^-½ A D^-½ E^k; e = mean over k = 0 … K; ŷ_ui = e_u · e_i. */
export const lightGCN = defineRecommender({
  name: 'lightgcn',
  title: 'LightGCN',
  summary: 'Embeddings of users and items, smoothed over the interaction graph.',
  paper: 'https://arxiv.org/abs/2002.02126',
  config: z.strictObject({
    layers: z.int().nonnegative().default(3).describe('Propagation steps K.'),
    ...pairSettings({ batch: 8192, pool: 16, rate: 5e-3, l2: 1e-3, epochs: 60 }),
  }),
  presets: {
    paper: {
      summary: 'The settings of the paper and the authors’ code: BPR, 1000 epochs, pairs drawn by user.',
      config: {
        negatives: 'uniform',
        sampling: 'user',
        batch: 2048,
        rate: 1e-3,
        l2: 1e-4,
        epochs: 1000,
        validateEvery: 20,
        patience: 50,
      },
    },
  },
  estimate: ({ users, items, interactions }, { dim, epochs, batch, pool, layers }) => ({
    bytes: 4 * (5 + layers) * dim * (users + items) + (24 + 4 * pool) * batch * dim + 16 * interactions,
    operations:
      epochs * (interactions / batch) * (4 * layers * interactions * dim + 8 * dim * (users + items)),
  }),
  *fit(interactions, settings, { rng, validate, resume }) {
    const graph = normalizedBipartite(interactions)
    const rowOf = heap.place(breadthFirstPlaces(graph))
    const a = moveNodes(graph, rowOf).placed()
    const alpha = layerWeights(settings.layers)
    const state = (e: Matrix<'node', 'latent'>, facts?: Readonly<Record<string, unknown>>) =>
      embeddingState(gather(propagate(a, e, alpha), rowOf) as typeof e, interactions, facts)
    const { e, result } = yield* trainPairs({
      interactions,
      settings,
      rng,
      resume,
      rowOf,
      represent: (e, rows) => propagateRows(a, e, alpha, rows) as typeof e,
      validate: validate && ((e) => validate(() => dotProduct(state(e), interactions))),
    })
    return state(e, { ...result })
  },
})
