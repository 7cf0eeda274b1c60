import { z } from 'zod'
import { defineRecommender } from './family/definition.ts'

/** score(i) = number of users who interacted with i: what every personalised method must beat. */
export const popularity = defineRecommender({
  name: 'popularity',
  title: 'Popularity',
  summary: 'The same list for everyone: what most users interacted with.',
  config: z.strictObject({}),
  estimate: ({ items, interactions }) => ({ bytes: items * 4, operations: interactions }),
  // eslint-disable-next-line require-yield -- over before the first progress could be shown
  *fit(interactions) {
    const scores = new Float32Array(interactions.cols)
    const { indices } = interactions
    for (let e = 0; e < indices.length; e++) scores[indices[e]] += 1
    return { kind: 'item-scores', tensors: { scores: { data: scores, shape: [interactions.cols] } } }
  },
})
