import { z } from 'zod'
import { skipGramSettings } from '../../nn/skip-gram.ts'
import { defineEmbedder } from './family/definition.ts'
import { embedSentences, skipGramEstimate } from './family/skip-gram-embedding.ts'

/** How often each of `items` occurs among the tokens. */
export function occurrences(tokens: Int32Array, items: number): Float64Array {
  const counts = new Float64Array(items)
  for (let t = 0; t < tokens.length; t++) counts[tokens[t]]++
  return counts
}

/** Skip-gram straight on behaviour sequences: an item is a word, what one user did in order is a sentence. */
export const item2vec = defineEmbedder({
  name: 'item2vec',
  title: 'Item2vec',
  summary: 'Skip-gram straight on what people did in order: items that go together are near.',
  paper: 'https://arxiv.org/abs/1603.04259',
  needs: ['sequences'],
  config: z.strictObject({
    ...skipGramSettings,
    window: skipGramSettings.window.default(5),
    epochs: skipGramSettings.epochs.default(20),
  }),
  presets: {
    paper: {
      summary: 'The paper’s settings for its store data: items of a sequence pair wherever they stand.',
      config: { dim: 40, window: 1000, negatives: 15, epochs: 20, subsample: 1e-3, negativeSharing: 'none' },
    },
  },
  estimate: ({ nodes, tokens }, settings) => skipGramEstimate(nodes, tokens, settings),
  fit: ({ sequences: { items, sentences } }, settings, { rng, resume, heldOut }) =>
    embedSentences({
      nodes: items.size,
      counts: occurrences(sentences.tokens, items.size),
      sentences: () => [sentences],
      tokens: sentences.tokens.length,
      settings,
      rng,
      resume,
      heldOut,
    }),
})
