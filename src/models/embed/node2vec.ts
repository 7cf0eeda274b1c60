import { z } from 'zod'
import { biasSettings, walkSettings } from '../../graph/walks/settings.ts'
import { skipGramSettings } from '../../nn/skip-gram.ts'
import { defineEmbedder } from './family/definition.ts'
import { embedWalks, skipGramEstimate } from './family/skip-gram-embedding.ts'

/**
 * Second-order walks: having come from t to v, the next node x has weight w_vx times 1/p back to t, 1 to a neighbour of t, 1/q
 * outward; skip-gram over the walks.
 */
export const node2vec = defineEmbedder({
  name: 'node2vec',
  title: 'node2vec',
  summary: 'Walks that stay near (large q), go outwards (small q) or turn back often (small p).',
  paper: 'https://arxiv.org/abs/1607.00653',
  needs: ['graph'],
  config: z.strictObject({
    ...biasSettings,
    ...walkSettings({ walks: 10, length: 80 }),
    ...skipGramSettings,
  }),
  presets: {
    paper: {
      summary: 'The paper’s settings, with p = q = 0.25, what it found for BlogCatalog; fresh negatives.',
      config: { p: 0.25, q: 0.25, walks: 10, length: 80, window: 10, dim: 128, negativeSharing: 'none' },
    },
  },
  estimate: ({ nodes, edges }, settings) => {
    const walks = skipGramEstimate(nodes, nodes * settings.walks * settings.length, settings)
    return { ...walks, bytes: walks.bytes + 24 * edges }
  },
  fit: ({ graph }, settings, context) => embedWalks(graph, settings, context),
})
