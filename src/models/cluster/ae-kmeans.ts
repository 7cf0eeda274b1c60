import { z } from 'zod'
import { assign, kMeans } from '../../nn/clustering/k-means.ts'
import { encodeRows } from '../../nn/networks/autoencoder.ts'
import { autoencoderSettings } from '../../nn/training/pretraining.ts'
import {
  autoencoderEstimate,
  clusterFacts,
  clusterSettings,
  networkTensors,
  originTensor,
  preparedRows,
  prepareFeatures,
  stackFrom,
} from './family/deep.ts'
import { defineClusterer } from './family/definition.ts'
import { startFacts, startingAutoencoder, startSettings } from './family/starts.ts'

/** K-means on the code of an autoencoder: what every deep method has to beat. */
export const aeKMeans = defineClusterer({
  name: 'ae-kmeans',
  title: 'Autoencoder + k-means',
  summary: 'K-means on the code of an autoencoder that learned to reconstruct the rows.',
  config: z.strictObject({ ...clusterSettings, ...autoencoderSettings, ...startSettings }),
  needs: ['features'],
  estimate: (shape, config) => autoencoderEstimate(shape, config, config.starts * config.pretrainEpochs),
  *fit({ features, graph }, config, context) {
    const { clusters, restarts } = config
    const { x, origin } = prepareFeatures(features!, clusters)
    const start = yield* startingAutoencoder(x, config, context, graph)
    const { encoder } = start.autoencoder
    const latent = yield* encodeRows(x, encoder)
    const result = yield* kMeans(latent, clusters, { rng: start.rng, restarts })
    const { labels, centres, inertia } = result
    const middle = result.origin ? { middle: { data: result.origin, shape: [config.latent] } } : {}
    return {
      labels,
      clusters,
      probabilities: null,
      latent,
      centres,
      extra: { ...networkTensors({ encoder }), ...originTensor(origin), ...middle },
      facts: clusterFacts(labels, clusters, { inertia, ...startFacts(start) }),
    }
  },
  *predict(rows, state) {
    const latent = yield* encodeRows(preparedRows(rows, state), stackFrom(state.extra, 'encoder'))
    const middle = (state.extra?.['middle']?.data as Float32Array | undefined) ?? null
    const { labels } = yield* assign(latent, state.centres!, middle)
    return { labels, probabilities: null }
  },
})
