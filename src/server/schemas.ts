/** What goes over HTTP: the one source of validation, of the OpenAPI document and of the client's types. */
import { z } from 'zod'
import { jobBody } from '../jobs/schemas.ts'

/** Ids may hold anything that text can: only what PostgreSQL cannot keep is refused. */
export const id = z
  .string()
  .min(1)
  .max(500)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be Unicode text without NUL')

const finite = z.number().min(-1e12).max(1e12)
const moment = z
  .union([z.int().min(0).max(8.64e15), z.iso.datetime({ offset: true })])
  .describe('Milliseconds since 1970, or ISO 8601.')

export const eventInput = z
  .strictObject({
    id: id.optional().describe('Sent again, an event with the same id is not stored twice.'),
    user: id,
    item: id,
    type: id.default('interaction').describe('What was done: view, like, buy …'),
    weight: finite.default(1),
    time: moment.optional().describe('When it was done. Default: now. Milliseconds since 1970, or ISO 8601.'),
    recommendation: id.optional().describe('The id of the answer that led to it.'),
  })
  .meta({ id: 'Event' })

export const eventsBody = z
  .union([eventInput, z.array(eventInput).min(1).max(10_000)])
  .describe('One event, or up to 10,000 of them: all are stored or none.')

export const stored = z
  .object({
    stored: z.int().describe('Events that are durable now and were not there before.'),
    duplicates: z.int().describe('Events whose id was there already.'),
  })
  .meta({ id: 'Stored' })

export const streamReport = z
  .object({
    ...stored.shape,
    rejected: z.int().describe('Lines that are no event.'),
    problems: z
      .array(z.object({ line: z.int(), detail: z.string() }))
      .describe('What is wrong with the first hundred of them.'),
  })
  .meta({ id: 'StreamReport' })

const attributeValue = z.union([
  z.string().max(10_000),
  finite,
  z.boolean(),
  z.array(z.union([z.string().max(1000), finite, z.boolean()])).max(1000),
])
const attributeName = z.string().min(1).max(200)
export const attributes = z.record(attributeName, attributeValue)
const attributeChanges = z.record(attributeName, attributeValue.nullable())

export const entityBody = z.strictObject({ attributes }).meta({ id: 'EntityBody' })
export const entityPatch = z
  .strictObject({ attributes: attributeChanges.describe('null takes an attribute away.') })
  .meta({ id: 'EntityPatch' })
export const entity = z
  .object({
    id: z.string(),
    attributes: z.record(z.string(), z.unknown()),
    created: z.int(),
    updated: z.int(),
  })
  .meta({ id: 'Entity' })
export const entityPage = z
  .object({ items: z.array(entity), next: z.string().nullable().describe('The cursor of the next page.') })
  .meta({ id: 'EntityPage' })
export const erased = z.object({ events: z.int() }).meta({ id: 'Erased' })

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(2000).optional(),
})

export const relationBody = z
  .strictObject({ kind: id.default('knows'), target: id, weight: finite.positive().default(1) })
  .meta({ id: 'Relation' })
export const relation = z.object({ kind: z.string(), target: z.string(), weight: z.number() })

const scalar = z.union([z.string().max(10_000), finite, z.boolean()])
const filter = z
  .record(
    attributeName,
    z.union([
      scalar,
      z.array(scalar).max(1000),
      z.strictObject({ min: finite.optional(), max: finite.optional() }),
    ]),
  )
  .describe('Conditions on attributes, all of which must hold: a value, one of several, or bounds.')
  .meta({ id: 'Filter' })

const many = z.int().min(1).max(1000)
const ids = z.array(id).max(10_000)
/** How to answer, whoever it is for. */
const ways = {
  n: many.default(10),
  includeSeen: z.boolean().optional().describe('Also items that the user has interacted with.'),
  exclude: ids.optional(),
  filter: filter.optional(),
  boosts: z
    .array(z.strictObject({ filter, by: z.number().min(-100).max(100) }))
    .max(100)
    .optional()
    .describe('Raises items that meet a filter by so many standard deviations of the scores.'),
  diversity: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('0: by score alone; towards 1 the items are the more unlike each other.'),
  explain: z.boolean().optional().describe('Says for each item why it is shown.'),
}

export const sessionBody = z
  .strictObject({ recent: ids.describe('Items of late, oldest first.'), ...ways })
  .meta({ id: 'SessionRequest' })
export const rankBody = z
  .strictObject({
    user: id.optional(),
    recent: ids.optional(),
    candidates: z.array(id).min(1).max(10_000),
    ...ways,
    n: many.default(1000),
    includeSeen: z.boolean().default(true),
  })
  .meta({ id: 'RankRequest' })

/** The same in a query string: lists by commas would break ids, so lists repeat the name; objects are JSON. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
const list = z.union([id.transform((one) => [one]), z.array(id).max(1000)])
export const json = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .max(20_000)
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text)
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' })
        return z.NEVER
      }
    })
    .pipe(schema)
export const recommendQuery = z.strictObject({
  n: z.coerce.number().int().min(1).max(1000).default(10),
  includeSeen: flag.optional(),
  exclude: list.optional(),
  filter: json(filter).optional(),
  boosts: json(ways.boosts.unwrap()).optional(),
  diversity: z.coerce.number().min(0).max(1).optional(),
  explain: flag.optional(),
  preview: flag.optional().describe('For looking, not for showing: the answer is not counted in reports.'),
})
export const similarQuery = z.strictObject({
  n: z.coerce.number().int().min(1).max(1000).default(10),
  filter: json(filter).optional(),
})
export const whyNotQuery = z.strictObject({ ...recommendQuery.omit({ preview: true }).shape, item: id })

const answeredBy = z.object({
  name: z.string(),
  version: z.int().describe('0 before the first training, when what is popular answers.'),
})
const recommended = z
  .object({
    id: z.string(),
    score: z.number(),
    because: z
      .object({ item: z.string(), people: z.int() })
      .optional()
      .describe('An item of the history that so many people share with this one.'),
  })
  .meta({ id: 'Recommended' })
export const recommendations = z
  .object({
    id: z.string().describe('Send it back with the events that this answer leads to.'),
    model: answeredBy,
    rung: z
      .enum(['trained', 'folded-in', 'profile', 'popular'])
      .describe(
        'By what it was answered: what training learned, what was done since, users alike, what is popular.',
      ),
    items: z.array(recommended),
  })
  .meta({ id: 'Recommendations' })
export const similar = z
  .object({
    model: answeredBy,
    items: z.array(z.object({ id: z.string(), score: z.number() })),
  })
  .meta({ id: 'Similar' })
export const whyNot = z
  .object({
    item: z.string(),
    code: z.enum(['unknown', 'deleted', 'excluded', 'filter', 'seen', 'rank', 'shown']),
    reason: z.string(),
    rank: z.int().optional(),
  })
  .meta({ id: 'WhyNot' })

export const job = z
  .object({
    id: z.string(),
    kind: z.string(),
    config: z.unknown(),
    status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
    progress: z.unknown(),
    result: z.unknown(),
    error: z.string().nullable(),
    created: z.int(),
    started: z.int().nullable(),
    finished: z.int().nullable(),
  })
  .meta({ id: 'Job' })
export const jobPage = z.object({ items: z.array(job), next: z.string().nullable() }).meta({ id: 'JobPage' })

export const scheduleBody = z
  .strictObject({ cron: z.string().max(200), job: jobBody })
  .meta({ id: 'ScheduleBody' })
export const schedule = z
  .object({ id: z.string(), cron: z.string(), job: z.unknown(), next: z.int().nullable() })
  .meta({ id: 'Schedule' })

const modelVersion = z
  .object({
    version: z.int(),
    inService: z.boolean(),
    problem: z.string().optional(),
    created: z.string().optional(),
    method: z.string().optional(),
    config: z.record(z.string(), z.unknown()).optional(),
    seed: z.number().optional(),
    homophily: z.string().optional(),
    metrics: z.record(z.string(), z.number()).optional(),
    indexes: z
      .array(
        z.object({
          name: z.enum(['items', 'similar-items', 'similar-users']),
          rows: z.int(),
          recall: z
            .number()
            .describe('Share of the true nearest neighbours that it finds; below .95 it is not used.'),
          queries: z.int().describe('Queries that this was measured on.'),
          seconds: z.number().describe('How long it took to build.'),
        }),
      )
      .optional()
      .describe('Indexes of nearest neighbours; without, every answer is exact.'),
    data: z.unknown().optional(),
  })
  .meta({ id: 'ModelVersion' })
export const models = z
  .object({ name: z.string(), inService: z.int().nullable(), versions: z.array(modelVersion) })
  .meta({ id: 'Models' })
export const promoteBody = z
  .strictObject({
    version: z.int().positive().optional().describe('Default: the one before the one in service.'),
  })
  .meta({ id: 'Rollback' })

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    issues: z.array(z.object({ path: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem' })

export const onlineReport = z
  .object({
    from: z.int(),
    to: z.int(),
    items: z.array(
      z.object({
        version: z.int(),
        rung: z.string(),
        answers: z.int().describe('Answers given.'),
        followed: z.int().describe('Answers that at least one event names.'),
        events: z.record(z.string(), z.int()).describe('Events that name one of them, by type.'),
      }),
    ),
  })
  .meta({ id: 'OnlineReport' })

export const ready = z
  .object({
    ready: z.boolean(),
    checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'Ready' })
