import { z } from 'zod'
import { normalised, withLoops } from '../../graph/normalise.ts'
import { heap } from '../../kernels/heap.ts'
import { assigner, assigners } from '../../nn/heads/assigners.ts'
import { createGraphEncoder, encodeGraph } from '../../nn/networks/graph-autoencoder.ts'
import { reparameterise } from '../../nn/networks/variational.ts'
import { linkReconstruction, linkReconstructionBytes } from '../../nn/terms/link-reconstruction.ts'
import { standardPrior } from '../../nn/terms/priors.ts'
import { descend } from '../../nn/training/objective.ts'
import { fullBatch, runPhase } from '../../nn/training/phase.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { adam } from '../../tensor/optimiser.ts'
import { normalizeRows } from '../../tensor/rowwise.ts'
import {
  clusterFacts,
  clusterSettings,
  fullBatchBytes,
  layerWeights,
  prepareFeatures,
} from './family/deep.ts'
import { defineClusterer } from './family/definition.ts'

/** Z = Â max(Â X W, 0) W′; L = weighted cross-entropy of σ(Z Zᵀ) against A + I; k-means on Z. */
export const gae = graphClusterer(false, {
  name: 'gae',
  title: 'GAE',
  summary: 'K-means on what graph convolutions need to know of each node to tell its edges.',
  epochs: 60,
})

/** The code of a node is a Gaussian N(μ, σ²) held to N(0, I): L += KL / n; k-means on μ. */
export const vgae = graphClusterer(true, {
  name: 'vgae',
  title: 'VGAE',
  summary: 'GAE whose codes are distributions, held to a standard normal.',
  epochs: 30,
})

function graphClusterer(
  variational: boolean,
  {
    epochs,
    ...names
  }: { readonly name: string; readonly title: string; readonly summary: string; readonly epochs: number },
) {
  return defineClusterer({
    ...names,
    paper: 'https://arxiv.org/abs/1611.07308',
    config: z.strictObject({
      ...clusterSettings,
      hidden: z.int().positive().default(256).describe('Size of the hidden layer.'),
      latent: z.int().positive().default(16).describe('Size of the code.'),
      epochs: z.int().positive().default(epochs).describe('Epochs, each one step on the whole graph.'),
      assign: z.enum(assigners).default('k-means').describe('How clusters are read off the code.'),
      directions: z
        .boolean()
        .default(true)
        .describe(
          'Codes are scaled to unit length first: inner products tell edges by angle, and length follows degree.',
        ),
      rate: z.number().positive().default(3e-3).describe('Learning rate of Adam.'),
    }),
    presets: {
      official: {
        summary:
          'The authors’ code: 32-16, 200 epochs; made for link prediction, far past its best for clusters.',
        config: { hidden: 32, latent: 16, epochs: 200, rate: 0.01, directions: false },
      },
    },
    needs: ['features', 'graph'],
    estimate: ({ rows, columns, edges }, { hidden, latent, epochs }) => {
      const sizes = [columns, hidden, (variational ? 2 : 1) * latent]
      return {
        bytes:
          fullBatchBytes(rows, layerWeights(sizes), 2 * hidden + 4 * latent) +
          linkReconstructionBytes(rows, latent) +
          32 * (edges + rows),
        operations:
          epochs * (3 * rows * layerWeights(sizes) + 3 * (edges + rows) * hidden + 2 * rows * rows * latent),
      }
    },
    *fit(input, config, { rng, observe }) {
      const { clusters, hidden, latent: width, epochs, rate } = config
      const { x } = prepareFeatures(input.features!, clusters)
      const target = withLoops(input.graph!).placed()
      const a = normalised(target, 'symmetric').placed()
      const network = createGraphEncoder([x.cols, hidden, width], variational, rng.stream('init'))
      const [n, positives] = [x.rows, target.nnz]
      const noise = rng.stream('noise')
      const step = descend({
        params: network,
        optimiser: (params) => adam(params, { rate }),
        forward: (p) => encodeGraph(p, a, x),
        terms: [
          {
            name: 'links',
            // The rare edges weigh as much as all other pairs together.
            weight: (n * n) / Math.max(1, 2 * (n * n - positives)),
            of({ mean, logVariance }) {
              const z = logVariance ? reparameterise(mean, logVariance, noise) : mean
              return linkReconstruction(z, target, (n * n - positives) / positives)
            },
          },
          ...(variational
            ? [
                {
                  name: 'prior',
                  weight: 1 / n,
                  of: ({ mean, logVariance }: ReturnType<typeof encodeGraph>) =>
                    standardPrior(mean, logVariance!),
                },
              ]
            : []),
        ],
      })
      const result = yield* runPhase({ name: 'train', epochs, batches: fullBatch, step })
      const latent = Matrix.zeros<'node', 'latent'>(n, width)
      heap.scope(() => {
        const { mean } = encodeGraph(network, a, x)
        latent.data.set((config.directions ? normalizeRows(mean) : mean).data)
      })
      const assign = assigner(config.assign, config.restarts)
      const { labels, probabilities, centres } = yield* assign(latent, clusters, rng)
      observe?.({ epoch: epochs, labels, latent })
      return {
        labels,
        clusters,
        probabilities,
        latent,
        centres,
        facts: clusterFacts(labels, clusters, { ...result }),
      }
    },
  })
}
