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

export const spaceParams = z.object({
  space: z.string().max(100).describe('`service`, or the name of a model.'),
})

const either = summary.nullable()
export const spaceDrift = z
  .object({
    space: z.string(),
    version: z.int(),
    against: z.int().describe('The version that was in service when this one was trained.'),
    users: either.describe('Null for an embedding.'),
    items: either.describe('Null for an embedding.'),
    nodes: either.describe('What an embedding has vectors of; null for a recommender.'),
  })
  .meta({ id: 'SpaceDrift' })

export const idDrift = z
  .object({
    id: z.string(),
    version: z.int(),
    against: z.int(),
    found: z.array(
      z.object({
        kind: z.enum(['users', 'items', 'nodes']),
        drift: maybe.describe('1 − cosine about the mean; null for what the version before did not know.'),
      }),
    ),
  })
  .meta({ id: 'IdDrift' })

export const userDrift = z
  .object({
    id: z.string(),
    version: z.int(),
    against: z.int(),
    drift: maybe.describe('1 − cosine about the mean; null for a user whom the version before did not know.'),
  })
  .meta({ id: 'UserDrift' })
