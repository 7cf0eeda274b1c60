import { z } from 'zod'
import { normalizedBipartite } from '../../graph/bipartite.ts'
import { breadthFirstPlaces, moveNodes } from '../../graph/locality.ts'
import { heap } from '../../kernels/heap.ts'
import { EdgeMask } from '../../nn/edge-folds.ts'
import { pairSettings } from '../../nn/pair-settings.ts'
import { answers, trainPairs } from '../../nn/pair-training.ts'
import { propagate, propagateRows } from '../../nn/propagation.ts'
import { spectralStart } from '../../nn/spectral-start.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { gather } from '../../tensor/rowwise.ts'
import { defineRecommender } from './family/definition.ts'
import { embeddingState } from './family/embedding-state.ts'
import { dotProduct } from './family/scorers/dot-product.ts'

/** α_k: the final embedding is the mean over the layers `first` … K. The paper takes all of them, from 0. */
export function layerWeights(layers: number, first = 0): number[] {
  const from = Math.min(first, layers)
  return Array.from({ length: layers + 1 }, (_, k) => (k < from ? 0 : 1 / (layers + 1 - from)))
}

/** The model, loss and start of the paper, where the defaults differ. */
const AS_PUBLISHED = {
  firstLayer: 0,
  loss: 'bpr',
  similarity: 'dot',
  start: 'random',
  holdOut: false,
  schedule: 'constant',
} as const

/** With held-out batches, a batch is at most this share of the interactions, so that most of the graph is left to look at. */
const HIDDEN_SHARE = 1 / 20

/**
 * E^{k+1} = D^-½ A D^-½ E^k; e = mean over k = 0 … K. The paper scores by e_u · e_i and learns by pairwise ranking from a random
 * start (preset `paper`). The defaults learn the same model faster and better: a sampled softmax on cosines weighted by item degree,
 * the edges of a batch hidden while it is predicted, and a start from the leading singular vectors.
 */
export const lightGCN = defineRecommender({
  name: 'lightgcn',
  title: 'LightGCN',
  summary: 'Embeddings of users and items, smoothed over the interaction graph.',
  paper: 'https://arxiv.org/abs/2002.02126',
  config: z.strictObject({
    layers: z.int().nonnegative().default(3).describe('Propagation steps K.'),
    firstLayer: z
      .int()
      .nonnegative()
      .default(1)
      .describe(
        'The layers from here to K are averaged; 0 takes the embeddings before any propagation, too.',
      ),
    start: z
      .enum(['random', 'spectral'])
      .default('spectral')
      .describe('Embeddings start at random, or from the leading singular vectors of the interactions.'),
    holdOut: z
      .boolean()
      .default(true)
      .describe(
        'Hide the edges of a batch while it is predicted; a batch then has at most a twentieth of them.',
      ),
    ...pairSettings({
      loss: 'softmax',
      negatives: 'uniform',
      similarity: 'cosine',
      temperature: 0.09,
      itemPower: 0.12,
      batch: 8192,
      rate: 0.01,
      schedule: 'cosine',
      l2: 0,
      epochs: 10,
      validateEvery: 2,
    }),
  }),
  presets: {
    paper: {
      summary: 'The settings of the paper and the authors’ code: BPR, 1000 epochs, pairs drawn by user.',
      config: {
        ...AS_PUBLISHED,
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
    hard: {
      summary: 'BPR from a random start with the hardest of 16 negatives.',
      config: {
        ...AS_PUBLISHED,
        negatives: 'hard',
        batch: 8192,
        rate: 5e-3,
        l2: 1e-3,
        epochs: 60,
        validateEvery: 5,
      },
    },
  },
  estimate: ({ users, items, interactions }, { dim, epochs, batch, negatives, pool, layers }) => ({
    bytes:
      4 * (5 + layers) * dim * (users + items) +
      (24 + (negatives === 'hard' ? 4 * pool : 4)) * batch * dim +
      40 * interactions,
    operations:
      epochs * (interactions / batch) * (4 * layers * interactions * dim + 8 * dim * (users + items)),
  }),
  *fit(interactions, config, { rng, validate, resume }) {
    const most = config.holdOut ? Math.ceil(interactions.nnz * HIDDEN_SHARE) : Infinity
    const settings = { ...config, batch: Math.min(config.batch, most) }
    const graph = normalizedBipartite(interactions)
    const rowOf = heap.place(breadthFirstPlaces(graph))
    const a = moveNodes(graph, rowOf).placed()
    const alpha = layerWeights(settings.layers, settings.firstLayer)
    const state = (e: Matrix<'node', 'latent'>, facts?: Readonly<Record<string, unknown>>) => {
      const final = gather(propagate(a, e, alpha), rowOf) as typeof e
      return embeddingState(answers(final, interactions, settings), interactions, facts)
    }
    const { e, result } = yield* trainPairs({
      interactions,
      settings,
      rng,
      resume,
      start: settings.start === 'spectral' ? yield* spectralStart(interactions, settings.dim, rng) : null,
      rowOf,
      mask: settings.holdOut ? new EdgeMask(interactions, a, rowOf) : null,
      represent: (e, rows) => propagateRows(a, e, alpha, rows) as typeof e,
      validate: validate && ((e) => validate(() => dotProduct(state(e), interactions))),
    })
    return state(e, { ...result })
  },
})
