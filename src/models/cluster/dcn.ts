import { z } from 'zod'
import { argmaxRows, studentLogits } from '../../nn/heads/self-training.ts'
import { stack } from '../../nn/layers/dense.ts'
import { takeRows } from '../../nn/rows.ts'
import { meanSquaredError } from '../../nn/terms/reconstruction.ts'
import { descend } from '../../nn/training/objective.ts'
import { autoencoderSettings } from '../../nn/training/pretraining.ts'
import { mean, sub } from '../../tensor/elementwise.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { type Features, squaredNorms } from '../../tensor/features.ts'
import { adam } from '../../tensor/optimiser.ts'
import { gather, rowSumSquares } from '../../tensor/rowwise.ts'
import {
  assignByKernel,
  autoencoderEstimate,
  clusterSettings,
  networkTensors,
  originTensor,
  prepareFeatures,
} from './family/deep.ts'
import { defineClusterer } from './family/definition.ts'
import { encodedHead, selfTrain, selfTrainingSettings } from './family/self-training.ts'
import { startingAutoencoder, startSettings } from './family/starts.ts'

/** c ← c + (z − c) / (number of its rows so far) for each row of a batch in turn. Clusters without rows stay where they are. */
export function moveCentres(centres: Matrix, counts: Float64Array, z: Matrix, labels: Int32Array): void {
  for (let i = 0; i < z.rows; i++) {
    const c = labels[i]
    const share = 1 / ++counts[c]
    for (let j = 0; j < z.cols; j++) {
      const at = c * z.cols + j
      centres.data[at] += share * (z.data[i * z.cols + j] - centres.data[at])
    }
  }
}

/** Σ x² / (n d). */
function meanSquare(x: Features): number {
  return squaredNorms(x).reduce((sum, norm) => sum + norm, 0) / (x.rows * x.cols)
}

/**
 * L = γ‖z − c‖² + ‖x − x̂‖², c the nearest centre. Centres follow the rows of each batch; every renewal runs k-means on from them, as
 * the authors' code does every 10 epochs, since a code that shrinks would leave slow centres behind.
 */
export const dcn = defineClusterer({
  name: 'dcn',
  title: 'DCN',
  summary: 'An autoencoder whose code is pulled towards k-means centres that move with it.',
  paper: 'https://arxiv.org/abs/1610.04794',
  config: z.strictObject({
    ...clusterSettings,
    ...autoencoderSettings,
    ...startSettings,
    ...selfTrainingSettings,
    epochs: selfTrainingSettings.epochs.unwrap().default(50).describe('Most epochs of clustering.'),
    gamma: z.number().nonnegative().default(1).describe('Weight of the distance to the centre.'),
    reconstruction: z
      .number()
      .nonnegative()
      .default(1)
      .describe('Weight of the reconstruction, of rows scaled to a mean square of 1.'),
    count: z.int().positive().default(100).describe('Rows that each centre counts as having had at first.'),
    rate: z.number().positive().default(1e-3).describe('Learning rate of Adam.'),
  }),
  presets: {
    official: {
      summary: 'The weights of the authors’ first code: the distance counts 20 times the reconstruction.',
      config: { gamma: 1, reconstruction: 0.05 },
    },
  },
  needs: ['features'],
  estimate: (shape, config) =>
    autoencoderEstimate(shape, config, config.starts * config.pretrainEpochs + config.epochs),
  *fit({ features, graph }, config, context) {
    const { x, origin } = prepareFeatures(features!, config.clusters)
    const start = yield* startingAutoencoder(x, config, context, graph)
    const network = start.autoencoder
    const head = yield* encodedHead(x, network.encoder, config, start.rng)
    const size = meanSquare(x)
    const counts = new Float64Array(config.clusters).fill(config.count)
    const step = descend({
      params: network,
      optimiser: (params) => adam(params, { rate: config.rate }),
      forward({ encoder, decoder }, rows: Int32Array) {
        const batch = takeRows(x, rows)
        const z = stack(encoder, batch)
        const labels = argmaxRows(studentLogits(new Matrix(z.rows, z.cols, z.data), head.centres))
        moveCentres(head.centres, counts, z, labels)
        return { batch, z, xHat: stack(decoder, z), centres: gather(head.centres, labels) }
      },
      terms: [
        {
          name: 'k-means',
          weight: config.gamma,
          of: ({ z, centres }) => mean(rowSumSquares(sub(z, centres as Matrix))),
        },
        {
          name: 'reconstruction',
          // Summed over the features, as the distance is over the code.
          weight: (config.reconstruction * x.cols) / (size > 0 ? size : 1),
          of: ({ batch, xHat }) => meanSquaredError(xHat, batch),
        },
      ],
    })
    const extra = { ...networkTensors({ encoder: network.encoder }), ...originTensor(origin) }
    return { ...(yield* selfTrain(head, step, extra, config, context, start, true)), probabilities: null }
  },
  *predict(rows, state) {
    return { ...(yield* assignByKernel(rows, state)), probabilities: null }
  },
})
