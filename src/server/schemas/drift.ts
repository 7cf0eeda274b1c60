/** Drift over HTTP. */
import { z } from 'zod'

export const driftQuery = z.strictObject({
  version: z.coerce.number().int().positive().optional().describe('Default: the one in service.'),
})

const maybe = z.number().nullable()
const summary = z
  .object({
    shared: z.int().describe('How many both versions know.'),
    mean: maybe,
    median: maybe,
    p95: maybe,
    histogram: z.object({ edges: z.array(z.number()), counts: z.array(z.int()) }),
    most: z.array(z.object({ id: z.string(), drift: z.number() })),
  })
  .meta({ id: 'DriftSummary' })

export const drift = z
  .object({
    version: z.int(),
    against: z.int().describe('The version that was in service when this one was trained.'),
    aligned: z.boolean().describe('Whether the vectors were turned onto those of that version.'),
    users: summary,
    items: summary,
  })
  .meta({ id: 'Drift' })

export const userDrift = z
  .object({
    id: z.string(),
    version: z.int(),
    against: z.int(),
    drift: maybe.describe('1 − cosine about the mean; null for a user whom the version before did not know.'),
  })
  .meta({ id: 'UserDrift' })
