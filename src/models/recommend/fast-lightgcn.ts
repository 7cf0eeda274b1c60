import { z } from 'zod'
import { normalizedBipartite } from '../../graph/bipartite.ts'
import { heap } from '../../kernels/heap.ts'
import { blockSoftmaxLoss, type SoftmaxPairs } from '../../nn/block-softmax.ts'
import { EdgeFolds, type HeldOut } from '../../nn/edge-folds.ts'
import { propagate } from '../../nn/propagation.ts'
import { spectralStart } from '../../nn/spectral-start.ts'
import { scoreStrength, weightedCosines } from '../../nn/weighted-cosines.ts'
import type { Random } from '../../random.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { adam } from '../../tensor/optimiser.ts'
import { cosine } from '../../tensor/schedule.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import { valueAndGrad } from '../../tensor/tape.ts'
import { defineRecommender } from './family/definition.ts'
import { embeddingState } from './family/embedding-state.ts'

/**
 * LightGCN's model learned in a few dozen large steps instead of hundreds of epochs. It starts from the leading singular vectors
 * of the normalised interactions; each step propagates over all edges but one fold and learns to predict that fold by sampled
 * softmax. Departures from the paper: the start, the loss, the held-out folds, the layer weights, and
 * score(u, i) = cos(e_u, e_i) · (degree_i / mean degree)^itemPower.
 */
export const fastLightGCN = defineRecommender({
  name: 'fast-lightgcn',
  title: 'LightGCN, fast recipe',
  summary: 'LightGCN with a spectral start, held-out edge folds and sampled softmax: its quality in seconds.',
  paper: 'https://arxiv.org/abs/2002.02126',
  config: z.strictObject({
    dim: z.int().positive().default(64).describe('Embedding size.'),
    layerWeights: z
      .array(z.number().nonnegative())
      .min(1)
      .default([0, 0.12, 0.38, 0.5])
      .describe('Weight of each propagation layer, from layer 0.'),
    steps: z.int().positive().default(180).describe('Optimiser steps; each covers all users.'),
    folds: z.int().min(2).default(20).describe('Folds of the edges; each step holds one out.'),
    temperature: z.number().positive().default(0.09).describe('Temperature of the softmax.'),
    itemPower: z.number().nonnegative().default(0.12).describe('Exponent of the item degree in the score.'),
    userPower: z
      .number()
      .default(0.2)
      .describe('A user with n interactions weighs n^-userPower in the loss.'),
    negatives: z.int().positive().default(1024).describe('Uniform negatives shared by a block of pairs.'),
    block: z.int().positive().default(128).describe('Pairs that share negatives.'),
    rate: z
      .number()
      .positive()
      .default(0.03)
      .describe('Learning rate of Adam at the start; it falls along a cosine.'),
    beta2: z.number().min(0).max(0.9999).default(0.9).describe('Decay of the squared gradients in Adam.'),
  }),
  estimate: ({ users, items, interactions }, { dim, steps, layerWeights }) => ({
    bytes: 4 * (8 + layerWeights.length) * dim * (users + items) + 40 * interactions,
    operations: steps * (4 * layerWeights.length * interactions * dim + 12 * dim * (users + items)),
  }),
  *fit(interactions, config, { rng }) {
    const { steps, folds: foldCount } = config
    const e = yield* spectralStart(interactions, config.dim, rng)
    const graph = normalizedBipartite(interactions).placed()
    const folds = new EdgeFolds(interactions, graph, foldCount, rng.stream('folds'))
    const strength = scoreStrength(interactions, config.itemPower)
    // A graph without a fold has less mass: layer k is short of it k times over.
    const heldOutWeights = config.layerWeights.map((w, k) => w * (foldCount / (foldCount - 1)) ** k)
    const score = (p: Matrix<'node', 'latent'>, weights: readonly number[]): Matrix<'node', 'latent'> =>
      weightedCosines(propagate(graph, p, weights), strength)

    const optimiser = adam(e, { rate: config.rate, beta2: config.beta2 })
    const rate = cosine(config.rate)
    for (let step = 0; step < steps; step++) {
      const loss = heap.scope(() => {
        const pairs = softmaxPairs(interactions, folds.hide(step), config, rng.stream('negatives', step))
        const { value, grads } = valueAndGrad(
          (p) => blockSoftmaxLoss(score(p, heldOutWeights), pairs, config.temperature),
          e,
        )
        optimiser.step(grads, rate(step / steps))
        folds.restore()
        return value
      })
      yield { phase: 'train', done: step + 1, of: steps, unit: 'steps', loss }
    }
    return embeddingState(score(e, config.layerWeights), interactions)
  },
})

function softmaxPairs(
  interactions: Sparse,
  held: HeldOut,
  config: { readonly userPower: number; readonly negatives: number; readonly block: number },
  rng: Random,
): SoftmaxPairs {
  const offset = interactions.rows
  const weights = heap.scratchF32(held.users.length)
  held.users.forEach((u, p) => (weights[p] = interactions.degree(u) ** -config.userPower))
  const blocks = Math.ceil(held.users.length / config.block)
  const negatives = heap.i32(blocks * config.negatives)
  for (let k = 0; k < negatives.length; k++) negatives[k] = offset + rng.int(interactions.cols)
  return {
    users: held.users,
    items: heap.place(held.items.map((i) => i + offset)),
    weights,
    negatives,
    block: config.block,
    count: config.negatives,
    each: 1,
  }
}
