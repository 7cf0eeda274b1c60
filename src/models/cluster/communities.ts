import { z } from 'zod'
import {
  type CommunityOptions,
  leiden as findLeiden,
  louvain as findLouvain,
} from '../../graph/communities/communities.ts'
import { modularity } from '../../metrics/modularity.ts'
import type { Random } from '../../random.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import type { Job } from '../../train/run.ts'
import { type ClustererDefinition, defineClusterer } from './family/definition.ts'
import type { ClusterState } from './family/state.ts'

const config = z.strictObject({
  resolution: z
    .number()
    .positive()
    .default(1)
    .describe('More gives more and smaller clusters; 1 is modularity.'),
})
const estimate: ClustererDefinition['estimate'] = ({ rows, edges }) => ({
  bytes: 36 * edges + 100 * rows,
  operations: 200 * edges,
})

/** Greedy local moving and aggregation by modularity. */
export const louvain = defineClusterer({
  name: 'louvain',
  title: 'Louvain',
  summary: 'Communities of a graph by modularity; finds their number itself.',
  paper: 'https://arxiv.org/abs/0803.0476',
  config,
  needs: ['graph'],
  estimate,
  fit: ({ graph }, options, { rng }) => communities(findLouvain, graph!, options, rng),
})

/** Louvain with refined aggregation: every community is connected. */
export const leiden = defineClusterer({
  name: 'leiden',
  title: 'Leiden',
  summary: 'Communities of a graph by modularity, each of them connected; finds their number itself.',
  paper: 'https://arxiv.org/abs/1810.08473',
  config,
  needs: ['graph'],
  estimate,
  fit: ({ graph }, options, { rng }) => communities(findLeiden, graph!, options, rng),
})

function* communities(
  find: typeof findLeiden,
  adjacency: Sparse,
  options: CommunityOptions,
  rng: Random,
): Job<ClusterState> {
  const graph = { adjacency, directed: false }
  const { of, sizes } = yield* find(graph, rng, options)
  return {
    labels: of,
    clusters: sizes.length,
    probabilities: null,
    latent: null,
    centres: null,
    facts: { modularity: modularity(graph, of) },
  }
}
