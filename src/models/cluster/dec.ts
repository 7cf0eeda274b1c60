import { z } from 'zod'
import { studentLogits } from '../../nn/heads/self-training.ts'
import { stack } from '../../nn/layers/dense.ts'
import { takeRows } from '../../nn/rows.ts'
import { klDivergence } from '../../nn/terms/cross-entropy.ts'
import { descend } from '../../nn/training/objective.ts'
import { autoencoderSettings } from '../../nn/training/pretraining.ts'
import { sgd } from '../../tensor/optimiser.ts'
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

/** L = KL(P ‖ Q): the decoder is dropped, the encoder and the centres sharpen their own assignments. */
export const dec = defineClusterer({
  name: 'dec',
  title: 'DEC',
  summary:
    'Deep embedded clustering: an encoder and centres that learn from their own confident assignments.',
  paper: 'https://arxiv.org/abs/1511.06335',
  config: z.strictObject({
    ...clusterSettings,
    ...autoencoderSettings,
    ...startSettings,
    ...selfTrainingSettings,
    rate: z.number().positive().default(0.01).describe('Learning rate of SGD.'),
    momentum: z.number().min(0).max(0.999).default(0.9).describe('Momentum of SGD.'),
  }),
  presets: {
    official: {
      summary: 'The authors’ schedule on MNIST: 300 epochs of pre-training, a renewal every 140 steps.',
      config: { pretrainEpochs: 300, refreshEvery: 140, refreshUnit: 'steps' },
    },
    paper: {
      summary: 'As official, with the paper’s layer-wise denoising before the network is trained as a whole.',
      config: { pretrainEpochs: 300, pretrainSchedule: 'layerwise', refreshEvery: 140, refreshUnit: 'steps' },
    },
  },
  needs: ['features'],
  estimate: (shape, config) =>
    autoencoderEstimate(shape, config, config.starts * config.pretrainEpochs + config.epochs),
  *fit({ features, graph }, config, context) {
    const { x, origin } = prepareFeatures(features!, config.clusters)
    const start = yield* startingAutoencoder(x, config, context, graph)
    const { encoder } = start.autoencoder
    const head = yield* encodedHead(x, encoder, config, start.rng)
    const step = descend({
      params: { encoder, centres: head.centres },
      optimiser: (params) => sgd(params, { rate: config.rate, momentum: config.momentum }),
      forward: ({ encoder, centres }, rows: Int32Array) =>
        studentLogits(stack(encoder, takeRows(x, rows)), centres),
      terms: [
        {
          name: 'clustering',
          weight: 1,
          of: (logits, rows) => klDivergence(gather(head.target, rows), logits),
        },
      ],
    })
    return yield* selfTrain(
      head,
      step,
      { ...networkTensors({ encoder }), ...originTensor(origin) },
      config,
      context,
      start,
    )
  },
  predict: assignByKernel,
})
