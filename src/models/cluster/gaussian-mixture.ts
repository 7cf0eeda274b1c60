import { z } from 'zod'
import {
  gaussianMixture as fitMixture,
  meansOf,
  mostProbable,
  responsibilities,
} from '../../nn/clustering/gaussian-mixture.ts'
import type { Mixture } from '../../nn/clustering/mixture.ts'
import { denseOf } from '../../tensor/features.ts'
import { assign } from '../../nn/clustering/k-means.ts'
import { defineClusterer } from './family/definition.ts'
import { clearlyLikelier, settle } from './family/warm-start.ts'

/** p(x) = Σ_k π_k N(x; μ_k, Σ_k), fitted by expectation–maximisation from a k-means partition; and from that of given centres, as `k-means` does. */
export const gaussianMixture = defineClusterer({
  name: 'gaussian-mixture',
  title: 'Gaussian mixture',
  summary: 'Soft clusters with centres and shapes of their own, fitted by expectation–maximisation.',
  paper: 'https://doi.org/10.1111/j.2517-6161.1977.tb01600.x',
  config: z.strictObject({
    clusters: z.int().positive().describe('Number of clusters K.'),
    covariance: z
      .enum(['diagonal', 'full'])
      .default('full')
      .describe('Shape of a cluster: along the axes, or any ellipsoid (K × d × d numbers).'),
    restarts: z.int().positive().default(1).describe('Runs from other partitions; the likeliest is kept.'),
    iterations: z.int().positive().default(100).describe('Rounds of a run at most.'),
    tolerance: z
      .number()
      .nonnegative()
      .default(1e-3)
      .describe('Ends a run when the mean log-likelihood of a row rises by less.'),
    regularisation: z
      .number()
      .positive()
      .default(1e-6)
      .describe('Added to the variances, as a share of the variance of the column.'),
  }),
  needs: ['features'],
  takesCentres: true,
  estimate: ({ rows, columns: d }, { clusters, covariance, restarts, iterations }) => {
    const perCluster = covariance === 'full' ? d * d : d
    return {
      bytes: 12 * rows * d + 16 * rows * clusters + 8 * clusters * perCluster + 2 ** 22,
      operations: 2 * restarts * iterations * rows * clusters * perCluster,
    }
  },
  *fit({ features }, { clusters, ...options }, { rng, start = null }) {
    const rows = denseOf(features!)
    const cold = yield* fitMixture(rows, clusters, { ...options, rng })
    const warm =
      start &&
      (yield* fitMixture(rows, clusters, {
        ...options,
        rng: rng.stream('warm'),
        labels: (yield* assign(rows, start, null)).labels,
      }))
    const { run, fact } = settle(cold, warm, (each) => each.logLikelihood, clearlyLikelier(rows.cols))
    const { mixture, labels, probabilities, logLikelihood, iterations, converged } = run
    const { columns: d, origin, weights, means, covariances, precisions, covariance } = mixture
    const shape = covariance === 'full' ? [clusters, d, d] : [clusters, d]
    return {
      labels,
      clusters,
      probabilities,
      latent: null,
      centres: meansOf(mixture),
      extra: {
        origin: { data: origin, shape: [d] },
        weights: { data: weights, shape: [clusters] },
        means: { data: means, shape: [clusters, d] },
        covariances: { data: covariances, shape },
        precisions: { data: precisions, shape },
      },
      facts: {
        logLikelihood,
        iterations,
        converged,
        parameters: clusters * (1 + d + parametersOf(d, covariance)) - 1,
        ...fact,
      },
    }
  },
  *predict(rows, { clusters, extra }, { covariance }) {
    const array = (name: string): Float32Array => extra![name].data as Float32Array
    const mixture: Mixture = {
      clusters,
      columns: rows.cols,
      covariance,
      origin: array('origin'),
      weights: array('weights'),
      means: array('means'),
      covariances: array('covariances'),
      precisions: array('precisions'),
    }
    const probabilities = yield* responsibilities(mixture, denseOf(rows))
    return { labels: mostProbable(probabilities), probabilities }
  },
})

/** Free numbers in one covariance. */
function parametersOf(d: number, covariance: 'diagonal' | 'full'): number {
  return covariance === 'full' ? (d * (d + 1)) / 2 : d
}
