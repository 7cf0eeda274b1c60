import { z } from 'zod'
import { assign, kMeans as fitKMeans } from '../../nn/clustering/k-means.ts'
import { defineClusterer } from './family/definition.ts'
import { clearlyLess, settle } from './family/warm-start.ts'

/**
 * Minimises Σ_i ‖x_i − μ_{c(i)}‖² over assignments c and centres μ, from k-means++ seeds; and from given centres, which are kept unless seeds lead
 * to clearly less.
 */
export const kMeans = defineClusterer({
  name: 'k-means',
  title: 'k-means',
  summary: 'Each row goes to the nearest of K centres, each centre to the mean of its rows.',
  paper: 'https://doi.org/10.1109/TIT.1982.1056489',
  config: z.strictObject({
    clusters: z.int().positive().describe('Number of clusters K.'),
    restarts: z.int().positive().default(20).describe('Runs from other seeds; the best is kept.'),
    iterations: z.int().positive().default(300).describe('Rounds of a run at most.'),
    tolerance: z
      .number()
      .nonnegative()
      .default(1e-6)
      .describe('Ends a run when a round lowers the inertia by less than this share.'),
    batch: z.int().nonnegative().default(0).describe('Rows of a mini-batch; 0 uses all rows in every round.'),
  }),
  needs: ['features'],
  takesCentres: true,
  estimate: ({ rows, columns, entries }, { clusters, restarts, iterations }) => ({
    bytes: 4 * entries + 40 * rows + 40 * clusters * columns,
    operations: 2 * restarts * Math.min(iterations, 100) * entries * clusters,
  }),
  *fit({ features }, { clusters, ...options }, { rng, start = null }) {
    const cold = yield* fitKMeans(features!, clusters, { ...options, rng })
    const warm =
      start && (yield* fitKMeans(features!, clusters, { ...options, rng: rng.stream('warm'), init: start }))
    const { run, fact } = settle(cold, warm, ({ inertia }) => inertia, clearlyLess)
    const { labels, centres, origin, inertia, iterations, converged } = run
    return {
      labels,
      clusters,
      probabilities: null,
      latent: null,
      centres,
      ...(origin ? { extra: { origin: { data: origin, shape: [origin.length] } } } : {}),
      facts: { inertia, iterations, converged, ...fact },
    }
  },
  *predict(rows, { centres, extra }) {
    const origin = (extra?.['origin']?.data as Float32Array | undefined) ?? null
    const { labels } = yield* assign(rows, centres!, origin)
    return { labels, probabilities: null }
  },
})
