/**
 * Skip-gram on a graph of behaviour whose input vector is made of an item's own vector and those of its side information. EGES
 * weighs them by an attention of the item, GES takes their mean, BGE has the item alone. The equations are those of
 * `nn/view-attention.ts`. Wang et al. 2018, https://arxiv.org/abs/1803.02349.
 */
import { z } from 'zod'
import { walkSettings } from '../../graph/walks/settings.ts'
import { sampledSkipGramSettings } from '../../nn/sampled-skip-gram.ts'
import type { Estimate } from '../method.ts'
import { defineEmbedder, type EmbedderShape } from './family/definition.ts'
import { embedWithSideInformation } from './family/side-skip-gram.ts'

const settings = z.strictObject({
  ...sampledSkipGramSettings({ epochs: 1, window: 5, rate: 0.01 }),
  ...walkSettings({ walks: 10, length: 10 }),
})
const egesSettings = settings.extend({
  cold: z
    .enum(['mean', 'attention'])
    .default('mean')
    .describe(
      'How an item unseen in training weighs its fields: alike, or by the attention they got on average.',
    ),
})

/** Tables with two moments, and one more of vectors; attention and side information are small beside them. */
function estimate(
  { nodes }: EmbedderShape,
  { dim, batch, shared, epochs, walks, length, window }: z.output<typeof settings>,
): Estimate {
  const tokens = nodes * walks * length * epochs
  return {
    bytes: 4 * dim * nodes * 7 + 4 * batch * (dim * 6 + shared),
    operations: tokens * dim * (6 * shared + 6 * (window + 1)),
  }
}

export const bge = defineEmbedder({
  name: 'bge',
  title: 'BGE',
  summary: 'Skip-gram on walks over a graph of behaviour, from items alone.',
  paper: 'https://arxiv.org/abs/1803.02349',
  needs: ['graph'],
  config: settings,
  estimate,
  *fit({ graph }, config, context) {
    return yield* embedWithSideInformation(graph, [], false, 'mean', config, context)
  },
})

export const ges = defineEmbedder({
  name: 'ges',
  title: 'GES',
  summary: 'BGE with the mean of an item and its side information; unseen items answer from theirs.',
  paper: 'https://arxiv.org/abs/1803.02349',
  needs: ['graph', 'attributes'],
  config: settings,
  estimate,
  *fit({ graph, attributes }, config, context) {
    return yield* embedWithSideInformation(graph, attributes.fields, false, 'mean', config, context)
  },
})

export const eges = defineEmbedder({
  name: 'eges',
  title: 'EGES',
  summary: 'GES with a learned attention of every item to its own vector and each field.',
  paper: 'https://arxiv.org/abs/1803.02349',
  needs: ['graph', 'attributes'],
  config: egesSettings,
  estimate,
  *fit({ graph, attributes }, config, context) {
    return yield* embedWithSideInformation(graph, attributes.fields, true, config.cold, config, context)
  },
})
