/** What the dashboard opens with, and what it looks up. */
import { z } from 'zod'
import { id } from '../schemas.ts'

const time = z.int().nullable()

export const overview = z
  .object({
    data: z.object({
      events: z.int(),
      users: z.int().describe('Users that events name.'),
      items: z.int().describe('Items that events name.'),
      usersWithAttributes: z.int(),
      itemsWithAttributes: z.int(),
      first: time.describe('The hour of the first event.'),
      last: time.describe('The hour of the last event.'),
      types: z.array(z.string()),
    }),
    eventsSince: z.int().nullable().describe('Events since the training of the version in service.'),
    problem: z.string().nullable().describe('What keeps the service from what is newest.'),
    caller: z.enum(['read', 'write', 'admin']).describe('What the caller may do.'),
  })
  .meta({ id: 'Overview' })

export const eventCountsQuery = z.strictObject({
  from: z.coerce.number().int().min(0).optional().describe('Default: the first event.'),
  to: z.coerce.number().int().min(0).optional().describe('Default: the last event.'),
  bucket: z
    .enum(['auto', 'hour', 'day', 'week'])
    .default('auto')
    .describe('auto: the finest with at most 200 of them.'),
})
export const eventCounts = z
  .object({
    bucket: z.int().describe('Milliseconds of a bucket.'),
    types: z.array(z.string()),
    items: z
      .array(z.object({ time: z.int(), counts: z.array(z.int()).describe('In the order of the types.') }))
      .describe('Every bucket from the first to the last, those without events too.'),
  })
  .meta({ id: 'EventCounts' })

export const searchQuery = z.strictObject({
  prefix: z.string().max(500).default(''),
  limit: z.coerce.number().int().min(1).max(50).default(10),
})
export const searchResult = z.object({ items: z.array(z.string()) }).meta({ id: 'SearchResult' })

export const userEvents = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        item: z.string(),
        type: z.string(),
        weight: z.number(),
        time: z.int(),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'UserEvents' })

export const surroundingsQuery = z.strictObject({
  n: z.coerce.number().int().min(1).max(20).default(5).describe('Recommended items.'),
  items: z.coerce.number().int().min(1).max(50).default(12).describe('Items of the history, the latest.'),
  people: z.coerce.number().int().min(0).max(30).default(8).describe('People in between.'),
})
export const surroundings = z
  .object({
    nodes: z.array(z.object({ id, role: z.enum(['self', 'history', 'recommended', 'person']) })),
    edges: z.array(z.object({ source: z.int(), target: z.int() })).describe('Places of nodes.'),
  })
  .meta({ id: 'Surroundings' })

const jsonSchema = z.record(z.string(), z.unknown())
export const methods = z
  .object({
    items: z.array(
      z.object({
        name: z.string(),
        family: z.enum(['recommend', 'embed', 'cluster']),
        title: z.string(),
        summary: z.string(),
        paper: z.string().nullable(),
        presets: z.record(z.string(), z.object({ summary: z.string(), config: jsonSchema })),
        schema: jsonSchema.describe('JSON Schema of its settings, with defaults and descriptions.'),
      }),
    ),
    jobs: z.record(z.string(), jsonSchema).describe('JSON Schema of each kind of job.'),
  })
  .meta({ id: 'Methods' })
