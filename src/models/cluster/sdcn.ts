import { z } from 'zod'
import { normalised, withLoops } from '../../graph/normalise.ts'
import { heap } from '../../kernels/heap.ts'
import { ownTarget, studentLogits } from '../../nn/heads/self-training.ts'
import { createConvolutions } from '../../nn/layers/graph-convolution.ts'
import { dualForward } from '../../nn/networks/dual.ts'
import { withTranspose } from '../../nn/rows.ts'
import { klDivergence } from '../../nn/terms/cross-entropy.ts'
import { decodedError } from '../../nn/terms/linear-reconstruction.ts'
import { descend } from '../../nn/training/objective.ts'
import { fullBatch, runPhase } from '../../nn/training/phase.ts'
import { autoencoderSettings, pretrain, type Start } from '../../nn/training/pretraining.ts'
import { adam } from '../../tensor/optimiser.ts'
import type { Job } from '../../train/run.ts'
import {
  clusterFacts,
  clusterSettings,
  prepareFeatures,
  fullBatchBytes,
  layerWeights,
} from './family/deep.ts'
import { defineClusterer } from './family/definition.ts'
import { encodedHead } from './family/self-training.ts'
import { KeptEpoch } from './family/kept-epoch.ts'
import { mostModular, runSettings } from './family/runs.ts'
import { startContexts } from './family/starts.ts'
import type { ClusterState } from './family/state.ts'

/**
 * L = ‖x − x̂‖² + α KL(P ‖ Q) + β KL(P ‖ Z): an autoencoder and graph convolutions side by side; the code's assignments Q, made
 * sharper (P, every epoch), teach both. The clusters are the largest of Z, the graph's side.
 */
export const sdcn = dualClusterer('Z', {
  name: 'sdcn',
  title: 'SDCN',
  summary:
    'An autoencoder and a graph network side by side, taught by one target; clusters by the graph’s side.',
})

/** The same training; the clusters are the largest of Q, the code's side. */
export const sdcnQ = dualClusterer('Q', {
  name: 'sdcn-q',
  title: 'SDCN-Q',
  summary: 'SDCN whose clusters are read from the autoencoder’s side.',
})

function dualClusterer(side: 'Z' | 'Q', names: { name: string; title: string; summary: string }) {
  return defineClusterer({
    ...names,
    paper: 'https://arxiv.org/abs/2002.01657',
    config: z.strictObject({
      ...clusterSettings,
      ...autoencoderSettings,
      alpha: z.number().nonnegative().default(0.1).describe('α: weight of KL(P ‖ Q).'),
      beta: z.number().nonnegative().default(0.01).describe('β: weight of KL(P ‖ Z).'),
      share: z
        .number()
        .min(0)
        .max(1)
        .default(0.5)
        .describe('ε: how much of the code each graph layer is handed.'),
      normalisation: z.enum(['symmetric', 'row']).default('row').describe('D^-½(A + I)D^-½, or D⁻¹(A + I).'),
      epochs: z
        .int()
        .positive()
        .default(200)
        .describe(
          'Epochs of clustering, each one step on all rows; at most, where the most modular is kept.',
        ),
      rate: z.number().positive().default(1e-3).describe('Learning rate of Adam.'),
      keep: z
        .enum(['last', 'most modular'])
        .default('most modular')
        .describe('The last epoch, or the one whose clusters have the greatest modularity on the graph.'),
      patience: z
        .int()
        .positive()
        .default(50)
        .describe('Where the most modular is kept: ends after so many epochs that were not more modular.'),
      ...runSettings(5),
    }),
    presets: {
      official: {
        summary: 'The authors’ code: D⁻¹(A + I), 200 epochs.',
        config: { normalisation: 'row', epochs: 200, keep: 'last', runs: 1 },
      },
      paper: {
        summary: 'The paper: D^-½(A + I)D^-½, 50 epochs (its setting for graph data).',
        config: { normalisation: 'symmetric', epochs: 50, keep: 'last', runs: 1 },
      },
    },
    needs: ['features', 'graph'],
    estimate: (shape, config) => {
      const sizes = [shape.columns, ...config.hidden, config.latent, config.clusters]
      const code = [shape.columns, ...config.hidden, config.latent]
      const weights = layerWeights(sizes) + 2 * layerWeights(code)
      const width = 2 * sizes.slice(1).reduce((a, b) => a + b, 0) + 2 * code.reduce((a, b) => a + b, 0)
      return {
        bytes: fullBatchBytes(shape.rows, weights, width) + 24 * shape.edges,
        operations:
          config.runs *
          (3 *
            config.epochs *
            (shape.rows * weights + shape.edges * sizes.slice(1).reduce((a, b) => a + b, 0)) +
            6 * config.pretrainEpochs * shape.rows * layerWeights(code)),
      }
    },
    *fit(input, config, context) {
      const { clusters } = config
      const { x } = prepareFeatures(input.features!, clusters)
      const a = withTranspose(normalised(withLoops(input.graph!), config.normalisation))

      function* train(start: Start): Job<ClusterState> {
        const { rng } = start
        const autoencoder = yield* pretrain(x, config, start)
        const head = yield* encodedHead(x, autoencoder.encoder, config, rng)
        const convolutions = createConvolutions(
          [x.cols, ...config.hidden, config.latent, clusters],
          rng.stream('graph'),
        )
        const params = { autoencoder, convolutions, centres: head.centres }
        const kept = new KeptEpoch(config.keep === 'last' ? null : input.graph, head)
        const forward = (p: typeof params) => {
          const outputs = dualForward(p, a, x, config.share)
          const q = studentLogits(outputs.latent, p.centres)
          return { ...outputs, q, chosen: side === 'Z' ? outputs.logits : q }
        }
        const result = yield* runPhase({
          name: 'train',
          epochs: config.epochs,
          batches: fullBatch,
          step: descend({
            params,
            optimiser: (tree) => adam(tree, { rate: config.rate }),
            forward(p, epoch) {
              const outputs = forward(p)
              kept.look(epoch - 1, outputs.latent, outputs.chosen, p.centres)
              return { ...outputs, p: ownTarget(outputs.q), decoder: p.autoencoder.decoder }
            },
            terms: [
              {
                name: 'reconstruction',
                weight: 1,
                of: ({ decoder, latent }) => decodedError(decoder, latent, x),
              },
              { name: 'code clustering', weight: config.alpha, of: ({ p, q }) => klDivergence(p, q) },
              {
                name: 'graph clustering',
                weight: config.beta,
                of: ({ p, logits }) => klDivergence(p, logits),
              },
            ],
          }),
          after: (epoch) => context.observe?.({ epoch, labels: kept.seen }),
          refresh: {
            every: 1,
            unit: 'epochs',
            // oxlint-disable-next-line require-yield -- it only looks
            *run(epoch) {
              return config.keep === 'most modular' && epoch > kept.epoch + config.patience
            },
          },
        })
        if (!result.stopped)
          heap.scope(() => {
            const { latent, chosen } = forward(params)
            kept.look(result.epochs, latent, chosen, params.centres)
          })
        const { epoch: keptEpoch, state } = kept
        return {
          ...state,
          clusters,
          facts: clusterFacts(state.labels, clusters, { ...result, keptEpoch }),
        }
      }
      return yield* mostModular(startContexts(config.runs, context), input.graph!, train)
    },
  })
}
