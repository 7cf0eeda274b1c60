/** Ways to read clusters off a latent space that was learned without any: the `assign` of recipes whose head has none. */
import { nearestNeighbourGraph } from '../../graph/knn.ts'
import type { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import type { Job } from '../../train/run.ts'
import { gaussianMixture, meansOf } from '../clustering/gaussian-mixture.ts'
import { kMeans } from '../clustering/k-means.ts'
import { spectralClusters } from '../clustering/spectral.ts'

export interface Assigned {
  readonly labels: Int32Array
  /** n × K, where the way is probabilistic. */
  readonly probabilities: Matrix<'node', 'cluster'> | null
  /** K × d, in the latent space, where the way has centres there. */
  readonly centres: Matrix<'cluster', 'latent'> | null
}

/** The rows of a latent space in K clusters. */
export type Assigner = (latent: Matrix<'node', 'latent'>, clusters: number, rng: Random) => Job<Assigned>

export const assigners = ['k-means', 'mixture', 'spectral'] as const

/** Each by its name; `restarts` runs of the k-means in it. Mixture: full covariances. Spectral: 10 nearest neighbours. */
export function assigner(name: (typeof assigners)[number], restarts: number): Assigner {
  switch (name) {
    case 'k-means':
      return function* (latent, clusters, rng) {
        const { labels, centres } = yield* kMeans(latent, clusters, { rng, restarts })
        return { labels, centres, probabilities: null }
      }
    case 'mixture':
      return function* (latent, clusters, rng) {
        const options = { rng, covariance: 'full', restarts } as const
        const { mixture, labels, probabilities } = yield* gaussianMixture(latent, clusters, options)
        return { labels, probabilities, centres: meansOf(mixture) }
      }
    case 'spectral':
      return function* (latent, clusters, rng) {
        const neighbours = Math.min(NEIGHBOURS, latent.rows - 1)
        const building = nearestNeighbourGraph(latent, { neighbours })
        let step = building.next()
        for (; !step.done; step = building.next()) yield { phase: 'neighbours', ...step.value, unit: 'rows' }
        const { labels } = yield* spectralClusters(step.value.placed(), clusters, { rng, restarts })
        return { labels, probabilities: null, centres: null }
      }
  }
}

const NEIGHBOURS = 10
