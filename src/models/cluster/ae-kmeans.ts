import { z } from 'zod'
import { heap } from '../../kernels/heap.ts'
import { kMeans } from '../../nn/clustering/k-means.ts'
import { nearestCentres } from '../../nn/clustering/nearest-centre.ts'
import { encodeRows } from '../../nn/networks/autoencoder.ts'
import { autoencoderSettings, pretrain } from '../../nn/training/pretraining.ts'
import {
  autoencoderEstimate,
  clusterFacts,
  clusterSettings,
  networkTensors,
  stackFrom,
} from './family/deep.ts'
import { defineClusterer } from './family/definition.ts'

/** K-means on the code of an autoencoder: what every deep method has to beat. */
export const aeKMeans = defineClusterer({
  name: 'ae-kmeans',
  title: 'Autoencoder + k-means',
  summary: 'K-means on the code of an autoencoder that learned to reconstruct the rows.',
  config: z.strictObject({ ...clusterSettings, ...autoencoderSettings }),
  needs: ['features'],
  estimate: (shape, config) => autoencoderEstimate(shape, config, config.pretrainEpochs),
  *fit({ features }, config, { rng }) {
    const { encoder } = yield* pretrain(features!, config, rng)
    const latent = yield* encodeRows(features!, encoder)
    const { labels, centres, inertia } = yield* kMeans(latent, config.clusters, {
      rng: rng.stream('centres'),
      restarts: config.restarts,
    })
    const facts = clusterFacts(labels, config.clusters, { inertia })
    return {
      labels,
      clusters: config.clusters,
      probabilities: null,
      latent,
      centres,
      extra: networkTensors({ encoder }),
      facts,
    }
  },
  *predict(rows, { extra, centres }) {
    const latent = yield* encodeRows(rows, stackFrom(extra, 'encoder'))
    const labels = heap.i32(rows.rows)
    for (const done of nearestCentres(latent, centres!, { labels, scores: heap.scratchF32(rows.rows) }))
      yield { phase: 'assign', done, of: rows.rows, unit: 'rows' }
    return { labels, probabilities: null }
  },
})
