/**
 * Items, categories, brands … each learned on the graph of its own view of the behaviour, and items aligned with what they belong
 * to in a relation space; the weights of all these tasks are learned. Wang et al. 2020, https://arxiv.org/abs/2005.10110.
 */
import { z } from 'zod'
import { defineEmbedder } from './family/definition.ts'
import { multiViewSettings } from './family/multi-view.ts'
import { trainMultiView } from './family/multi-view-training.ts'
import { multiViewEstimate, multiViewState } from './family/multi-view-state.ts'

/** Every field of the attributes is a view; an item has one value in each, or none. */
export const m2grl = defineEmbedder({
  name: 'm2grl',
  title: 'M2GRL',
  summary: 'One skip-gram per view of behaviour (items, categories, brands), aligned, with learned weights.',
  paper: 'https://arxiv.org/abs/2005.10110',
  needs: ['sequences', 'attributes'],
  config: z.strictObject(multiViewSettings),
  presets: {
    official: {
      summary: 'The weighting, relation space and clipping of the authors’ code.',
      config: { weighting: 'variance', relation: 'sigmoid', clip: 1, window: 9, noisePower: 0 },
    },
  },
  estimate: multiViewEstimate,
  *fit({ sequences, attributes }, settings, context) {
    const model = yield* trainMultiView(sequences, attributes, settings, context)
    return multiViewState(model, model.items, attributes)
  },
})
