/** Settings of walks, as pieces of the schemas of the methods that walk. */
import { z } from 'zod'

/** For methods whose walks depend on the node they are at. */
export const walkSettings = (defaults: { readonly walks: number; readonly length: number }) => ({
  walks: z
    .int()
    .positive()
    .max(2 ** 31 - 1)
    .default(defaults.walks)
    .describe('Walks per node and epoch.'),
  length: z
    .int()
    .positive()
    .max(2 ** 20)
    .default(defaults.length)
    .describe('Nodes of a walk; one that comes to a dead end is shorter.'),
  start: z
    .enum(['every', 'frequency'])
    .default('every')
    .describe('Walks start at every node equally often, or in proportion to the weight of its edges.'),
})

/** For second-order walks, beside {@link walkSettings}. */
export const biasSettings = {
  p: z.number().positive().default(1).describe('Return parameter: small walks back, large does not.'),
  q: z.number().positive().default(1).describe('In-out parameter: small walks outward, large stays near.'),
}

export interface WalkSettings {
  readonly walks: number
  readonly length: number
  readonly start: 'every' | 'frequency'
  /** Both 1 (the default): first-order walks. */
  readonly p?: number
  readonly q?: number
}
