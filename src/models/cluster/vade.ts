import { z } from 'zod'
import { heap } from '../../kernels/heap.ts'
import { gaussianMixture, meansOf } from '../../nn/clustering/gaussian-mixture.ts'
import type { Mixture } from '../../nn/clustering/mixture.ts'
import { argmaxRows } from '../../nn/heads/self-training.ts'
import { stack } from '../../nn/layers/dense.ts'
import { encodeAll, encodeRows } from '../../nn/networks/autoencoder.ts'
import {
  encodeVariational,
  reparameterise,
  type Variational,
  variationalFrom,
} from '../../nn/networks/variational.ts'
import { takeRows } from '../../nn/rows.ts'
import { mixtureLogits, mixturePrior, type MixturePrior } from '../../nn/terms/priors.ts'
import { descend } from '../../nn/training/objective.ts'
import { minibatches, runPhase } from '../../nn/training/phase.ts'
import { autoencoderSettings, type Decoder, reconstruction } from '../../nn/training/pretraining.ts'
import type { Random } from '../../random.ts'
import type { Features } from '../../tensor/features.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { adam } from '../../tensor/optimiser.ts'
import { softmax } from '../../tensor/rowwise.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { stepped, warmup } from '../../tensor/schedule.ts'
import { inRegion, type Job } from '../../train/run.ts'
import {
  autoencoderEstimate,
  clusterFacts,
  clusterSettings,
  matrixFrom,
  networkTensors,
  originTensor,
  preparedRows,
  prepareFeatures,
  stackFrom,
} from './family/deep.ts'
import { defineClusterer } from './family/definition.ts'
import { startFacts, startingAutoencoder, startSettings } from './family/starts.ts'

/** A mixture as VaDE learns it. */
function priorFrom(mixture: Mixture): MixturePrior {
  const { clusters, columns, weights, covariances } = mixture
  const logits = Matrix.zeros(1, clusters)
  const logVariances = Matrix.zeros(clusters, columns)
  for (let c = 0; c < clusters; c++) logits.data[c] = Math.log(Math.max(weights[c], SMALLEST_WEIGHT))
  for (let i = 0; i < covariances.length; i++) logVariances.data[i] = Math.log(covariances[i])
  return { logits, means: meansOf(mixture), logVariances }
}

const SMALLEST_WEIGHT = 1e-6

/** Of the authors' code: Adam's ε, and the share of the first rate below which the rate does not fall. */
const EPSILON = 1e-4
const LEAST_RATE = 0.1

/** An autoencoder whose code comes from a mixture of Gaussians that is learned with it; γ = p(c | z) are the clusters. */
export const vade = defineClusterer({
  name: 'vade',
  title: 'VaDE',
  summary:
    'A variational autoencoder with a mixture of Gaussians as its prior: soft clusters that can generate rows.',
  paper: 'https://arxiv.org/abs/1611.05148',
  config: z.strictObject({
    ...clusterSettings,
    ...autoencoderSettings,
    ...startSettings,
    decoder: z
      .enum(['auto', 'bernoulli', 'gaussian'])
      .default('auto')
      .describe('Of what is decoded; auto: Bernoulli where all features lie in [0, 1], else Gaussian.'),
    epochs: z.int().nonnegative().default(100).describe('Epochs of clustering.'),
    rate: z.number().positive().default(2e-3).describe('Learning rate of Adam at the start.'),
    decay: z.number().positive().max(1).default(0.9).describe('What the rate is multiplied with …'),
    decayEvery: z.int().positive().default(10).describe('… after every so many epochs.'),
    warmup: z
      .number()
      .nonnegative()
      .default(1)
      .describe(
        'Epochs over which the rate rises from 0: first steps at the full rate undo the pre-training.',
      ),
  }),
  presets: {
    official: {
      summary: 'The authors’ code on MNIST: batches of 100, 300 epochs.',
      config: { batch: 100, epochs: 300, warmup: 0 },
    },
  },
  needs: ['features'],
  estimate: (shape, config) =>
    autoencoderEstimate(shape, config, config.starts * config.pretrainEpochs + config.epochs),
  *fit({ features, graph }, config, context) {
    const { clusters, latent: width } = config
    const decoder = config.decoder === 'auto' ? decoderFor(features!) : config.decoder
    const { x, origin } = prepareFeatures(features!, clusters, decoder === 'gaussian')
    const start = yield* startingAutoencoder(x, config, context, graph, decoder)
    const { rng } = start
    const network = variationalFrom(start.autoencoder, rng.stream('variance'))
    const prior = yield* inRegion(firstPrior(x, network, clusters, config.restarts, rng), copyPrior)
    const noise = rng.stream('noise')
    const labels = heap.i32(x.rows)
    const latent = Matrix.zeros<'node', 'latent'>(x.rows, width)
    const probabilities = Matrix.zeros<'node', 'cluster'>(x.rows, clusters)
    function* assign(): Job<void> {
      yield* encodeAll(x, (block) => encodeVariational(network, block).mean, latent)
      heap.scope(() => probabilities.data.set(softmax(mixtureLogits(latent, prior)).data))
      argmaxRows(probabilities, labels)
    }

    const falling = stepped(config.rate, config.decay, Math.max(1, config.epochs / config.decayEvery))
    const floored = (progress: number): number => Math.max(config.rate * LEAST_RATE, falling(progress))
    const result = yield* runPhase({
      name: 'train',
      epochs: config.epochs,
      batches: minibatches(x.rows, config.batch, rng.stream('train')),
      step: descend({
        params: { network, prior },
        // Not all of the settings: `decay` is of the rate, not of the weights.
        optimiser: (params) => adam(params, { rate: config.rate, epsilon: EPSILON }),
        rate: warmup(Math.min(1, config.warmup / Math.max(1, config.epochs)), floored),
        forward({ network, prior }, rows: Int32Array) {
          const batch = takeRows(x, rows)
          const code = encodeVariational(network, batch)
          const z = reparameterise(code.mean, code.logVariance, noise)
          return { ...code, prior, batch, z, xHat: stack(network.decoder, z) }
        },
        terms: [
          {
            name: 'reconstruction',
            // Summed over the features, as a likelihood is: of a Gaussian decoder of variance ½, as the authors' code has it.
            weight: decoder === 'bernoulli' ? 1 : x.cols,
            of: ({ xHat, batch }) => reconstruction(decoder)(xHat, batch),
          },
          {
            name: 'mixture prior',
            weight: 1,
            of: ({ mean, logVariance, z, prior }) => mixturePrior(mean, logVariance, z, prior),
          },
        ],
      }),
      refresh: {
        every: 1,
        unit: 'epochs',
        *run(steps) {
          if (!context.observe) return false
          yield* assign()
          context.observe({ epoch: Math.floor((steps * config.batch) / x.rows), labels, latent })
          return false
        },
      },
    })
    yield* assign()
    const { trunk, mean } = network
    return {
      labels,
      clusters,
      probabilities,
      latent,
      centres: prior.means as Matrix<'cluster', 'latent'>,
      extra: { ...networkTensors({ encoder: [...trunk, mean], prior }), ...originTensor(origin) },
      facts: clusterFacts(labels, clusters, { ...result, decoder, ...startFacts(start) }),
    }
  },
  *predict(rows, state) {
    const z = yield* encodeRows(preparedRows(rows, state), stackFrom(state.extra, 'encoder'))
    const [logits, means, logVariances] = ['logits', 'means', 'logVariances'].map((name) =>
      matrixFrom(state.extra![`prior.${name}`]),
    )
    const probabilities = softmax(mixtureLogits(z, { logits, means, logVariances }))
    return { labels: argmaxRows(probabilities), probabilities }
  },
})

function decoderFor(x: Features): Decoder {
  const values = x instanceof Sparse ? (x.values ?? []) : x.data
  return values.every((value) => value >= 0 && value <= 1) ? 'bernoulli' : 'gaussian'
}

/** The mixture of the pre-trained code. */
function* firstPrior(
  x: Features,
  { trunk, mean }: Variational,
  clusters: number,
  restarts: number,
  rng: Random,
): Job<MixturePrior> {
  const z = yield* encodeRows(x, [...trunk, mean])
  const { mixture } = yield* gaussianMixture(z, clusters, { rng, covariance: 'diagonal', restarts })
  return priorFrom(mixture)
}

function copyPrior({ logits, means, logVariances }: MixturePrior): MixturePrior {
  const copy = (m: Matrix): Matrix => new Matrix(m.rows, m.cols, heap.copy(m.data))
  return { logits: copy(logits), means: copy(means), logVariances: copy(logVariances) }
}
