/** How a map is drawn. Nothing but a schema, so that clients can read it. */
import { z } from 'zod'

export const mapSettings = z.strictObject({
  neighbours: z
    .int()
    .min(2)
    .max(200)
    .default(15)
    .describe('Nearest others that make a neighbourhood: few show detail, many the whole.'),
  minDistance: z.number().min(0).max(1).default(0.1).describe('How close points may lie.'),
  epochs: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe(
      'Passes over the edges. Default: 100 from a map before, else 500 up to 10,000 points and 200 beyond.',
    ),
  metric: z
    .enum(['cosine', 'euclidean'])
    .default('cosine')
    .describe('What near means: by angle, or by distance.'),
})
export type MapSettings = z.output<typeof mapSettings>
