import { z } from 'zod'
import { spectralClusters } from '../../nn/clustering/spectral.ts'
import { defineClusterer } from './family/definition.ts'

/** k-means on the unit rows of the leading eigenvectors of D^-½ A D^-½: a relaxation of the normalised cut. */
export const spectral = defineClusterer({
  name: 'spectral',
  title: 'Spectral clustering',
  summary: 'k-means on the leading eigenvectors of a graph: clusters of any shape that few edges leave.',
  paper: 'https://papers.nips.cc/paper/2092-on-spectral-clustering-analysis-and-an-algorithm',
  config: z.strictObject({
    clusters: z.int().positive().describe('Number of clusters K.'),
    restarts: z.int().positive().default(20).describe('Runs of k-means; the best is kept.'),
    tolerance: z.number().positive().default(1e-5).describe('Error of the eigenvectors.'),
    iterations: z.int().positive().default(200).describe('Filters of the eigensolver at most.'),
  }),
  needs: ['graph'],
  estimate: ({ rows, edges }, { clusters, iterations }) => {
    const width = clusters + Math.max(8, clusters / 4)
    return {
      bytes: 12 * edges + 4 * rows * (4 * width + 2 * clusters),
      operations: Math.min(iterations, 20) * width * (20 * edges + 4 * rows * width),
    }
  },
  *fit({ graph }, { clusters, ...options }, { rng }) {
    const { labels, latent, centres, ...facts } = yield* spectralClusters(graph!, clusters, {
      ...options,
      rng,
    })
    return { labels, clusters, probabilities: null, latent, centres, facts }
  },
})
