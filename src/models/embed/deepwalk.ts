import { z } from 'zod'
import { walkSettings } from '../../graph/walks/settings.ts'
import { skipGramSettings } from '../../nn/skip-gram.ts'
import { defineEmbedder } from './family/definition.ts'
import { embedWalks, skipGramEstimate } from './family/skip-gram-embedding.ts'

/** γ walks of length t from every node, each next node drawn by the weight of the edge; skip-gram over the walks. */
export const deepWalk = defineEmbedder({
  name: 'deepwalk',
  title: 'DeepWalk',
  summary: 'Random walks over a graph, read as sentences: nodes in the same neighbourhoods are near.',
  paper: 'https://arxiv.org/abs/1403.6652',
  needs: ['graph'],
  config: z.strictObject({ ...walkSettings({ walks: 10, length: 40 }), ...skipGramSettings }),
  presets: {
    paper: {
      summary:
        'The paper’s run on BlogCatalog: 80 walks per node, with fresh negatives in place of its hierarchical softmax.',
      config: { walks: 80, length: 40, window: 10, dim: 128, negativeSharing: 'none' },
    },
  },
  estimate: ({ nodes, edges }, settings) => {
    const walks = skipGramEstimate(nodes, nodes * settings.walks * settings.length, settings)
    return { ...walks, bytes: walks.bytes + 16 * edges }
  },
  fit: ({ graph }, settings, context) => embedWalks(graph, settings, context),
})
