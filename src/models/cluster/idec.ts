import { z } from 'zod'
import { studentLogits } from '../../nn/heads/self-training.ts'
import { stack } from '../../nn/layers/dense.ts'
import { takeRows } from '../../nn/rows.ts'
import { klDivergence } from '../../nn/terms/cross-entropy.ts'
import { meanSquaredError } from '../../nn/terms/reconstruction.ts'
import { descend } from '../../nn/training/objective.ts'
import { autoencoderSettings } from '../../nn/training/pretraining.ts'
import { adam } from '../../tensor/optimiser.ts'
import { gather } from '../../tensor/rowwise.ts'
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

/** L = ‖x − x̂‖² + γ·KL(P ‖ Q): DEC with its decoder kept, so that the code cannot drift from what it must tell apart. */
export const idec = defineClusterer({
  name: 'idec',
  title: 'IDEC',
  summary: 'DEC that goes on reconstructing while it clusters, which keeps the structure of the data.',
  paper: 'https://www.ijcai.org/proceedings/2017/243',
  config: z.strictObject({
    ...clusterSettings,
    ...autoencoderSettings,
    ...startSettings,
    ...selfTrainingSettings,
    gamma: z.number().nonnegative().default(0.1).describe('Weight of the clustering term.'),
    rate: z.number().positive().default(1e-3).describe('Learning rate of Adam.'),
  }),
  presets: {
    official: {
      summary: 'The authors’ schedule on MNIST: 300 epochs of pre-training, a renewal every 140 steps.',
      config: { pretrainEpochs: 300, refreshEvery: 140, refreshUnit: 'steps' },
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
    const step = descend({
      params: { network, centres: head.centres },
      optimiser: (params) => adam(params, { rate: config.rate }),
      forward({ network: { encoder, decoder }, centres }, rows: Int32Array) {
        const batch = takeRows(x, rows)
        const latent = stack(encoder, batch)
        return { batch, xHat: stack(decoder, latent), logits: studentLogits(latent, centres) }
      },
      terms: [
        { name: 'reconstruction', weight: 1, of: ({ batch, xHat }) => meanSquaredError(xHat, batch) },
        {
          name: 'clustering',
          weight: config.gamma,
          of: ({ logits }, rows) => klDivergence(gather(head.target, rows), logits),
        },
      ],
    })
    return yield* selfTrain(
      head,
      step,
      { ...networkTensors({ encoder: network.encoder }), ...originTensor(origin) },
      config,
      context,
      start,
    )
  },
  predict: assignByKernel,
})
