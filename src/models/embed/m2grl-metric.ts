/**
 * Diversity matching: on top of M2GRL a metric under which neighbours are near as items but far as members of their category, so
 * that what is near is liked and not more of the same. Wang et al. 2020, https://arxiv.org/abs/2005.10110.
 */
import { z } from 'zod'
import { fail } from '../../errors.ts'
import { defineEmbedder } from './family/definition.ts'
import { bothSpaces, learnDiversityMetric } from './family/diversity-metric.ts'
import { multiViewSettings } from './family/multi-view.ts'
import { multiViewEstimate, multiViewState } from './family/multi-view-state.ts'
import { trainMultiView } from './family/multi-view-training.ts'

export const m2grlMetric = defineEmbedder({
  name: 'm2grl-metric',
  title: 'M2GRL, multi-view metric',
  summary:
    'A metric on M2GRL under which neighbours are near, but members of one category far: diverse matching.',
  paper: 'https://arxiv.org/abs/2005.10110',
  needs: ['sequences', 'attributes'],
  config: z.strictObject({
    ...multiViewSettings,
    field: z
      .string()
      .default('category')
      .describe('The field whose values should be many among the answers.'),
    diversity: z
      .number()
      .nonnegative()
      .default(0.5)
      .describe('How much members of one category push each other away; 0: not at all.'),
    margin: z
      .number()
      .positive()
      .max(2)
      .default(1.2)
      .describe('How far apart those are pushed; unit vectors are at most 2 apart.'),
    metricSteps: z.int().positive().default(1000).describe('Steps of learning the metric.'),
    metricBatch: z.int().positive().default(1024).describe('Anchors of a step.'),
    metricRate: z
      .number()
      .positive()
      .default(0.005)
      .describe('Learning rate of the metric; falls to zero on a line.'),
  }),
  estimate: multiViewEstimate,
  *fit({ sequences, attributes }, settings, context) {
    const at = attributes.fields.findIndex(({ spec }) => spec.name === settings.field)
    if (at < 0) {
      throw fail('UNKNOWN_NAME', {
        kind: 'field',
        name: settings.field,
        known: attributes.fields.map(({ spec }) => spec.name),
      })
    }
    const model = yield* trainMultiView(sequences, attributes, settings, context)
    const x = bothSpaces(model.items, model.fields[at].relation)
    const learned = yield* learnDiversityMetric(
      x,
      model.graph,
      attributes.fields[at],
      settings,
      context.rng.stream('diversity'),
    )
    const state = multiViewState(model, learned.items, attributes)
    const { metric } = learned
    return {
      ...state,
      extra: { ...state.extra, metric: { data: metric.data, shape: [metric.rows, metric.cols] } },
      // z = A x: where z turns, so do the rows of A as it is stored, one for each number of x.
      turning: { ...state.turning, metric: 'rows' },
      facts: { ...state.facts, metricLoss: learned.losses },
    }
  },
})
