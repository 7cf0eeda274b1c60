/** Look-alikes and audiences over HTTP. */
import { z } from 'zod'
import { id, pageQuery } from '../schemas.ts'

/** Ids of a request: what a body of 16 MB may hold. */
const many = z.array(id).max(200_000)
const displayName = z.string().trim().min(1).max(200)
const seed = z.int().min(0).max(0xffffffff).default(1)
const space = z.object({ name: z.string(), version: z.int() })
const sizeNames = ['narrow', 'balanced', 'broad'] as const

const recipe = {
  seeds: many.min(1).describe('Users whom others are to be like. Unknown ones are told in the answer.'),
  method: z
    .enum(['centroid', 'max-similarity', 'classifier'])
    .default('centroid')
    .describe(
      'Cosine with the mean of the seeds; with the seed nearest to each; or a classifier of positive and unlabelled examples.',
    ),
  size: z
    .union([z.int().min(1).max(1e9), z.enum(sizeNames)])
    .default('balanced')
    .describe(
      'How many, or: the smallest audience that finds a quarter (narrow), half (balanced), three quarters (broad) of seeds that were held out.',
    ),
  suppress: many.default([]).describe('Users never to be in it.'),
  suppressAudiences: z
    .array(z.string().max(100))
    .max(100)
    .default([])
    .describe('Ids of audiences whose members are never to be in it.'),
  space: z
    .string()
    .min(1)
    .max(100)
    .default('service')
    .describe('Whose vectors: `service` for the model that answers, or the name of a saved model.'),
  seed: seed.describe('Of the division of the seeds into folds.'),
}

export const lookalikeBody = z
  .strictObject({
    ...recipe,
    curve: z.boolean().default(true).describe('Whether to work out how many held-out seeds each size finds.'),
    save: displayName.optional().describe('Saves the audience under this name.'),
    n: z.int().min(1).max(10_000).default(1000).describe('Members in the answer at most.'),
  })
  .meta({ id: 'LookalikeRequest' })

const numbers = z.array(z.number())
const curve = z.object({
  folds: z.int(),
  sizes: z.array(z.int()),
  recall: numbers.describe('Share of held-out seeds that an audience of each size finds.'),
  random: numbers.describe('The same of users at random, exactly.'),
  popularity: numbers
    .nullable()
    .describe('The same of the most active users; null where nothing tells activity.'),
})
const member = z.object({ id: z.string(), score: z.number().nullable() })

export const lookalikes = z
  .object({
    space,
    method: z.string(),
    size: z.union([z.int(), z.enum(sizeNames)]).describe('As it was asked for.'),
    sizes: z
      .object({ narrow: z.int(), balanced: z.int(), broad: z.int() })
      .nullable()
      .describe('What the names mean for these seeds; null where they were not measured.'),
    seeds: z.object({
      given: z.int().describe('Distinct ids.'),
      known: z.int(),
      unknown: z.array(z.string()),
    }),
    suppressed: z.int().describe('Users kept out of it by suppression.'),
    candidates: z.int().describe('Users who could be in it: neither seeds nor suppressed.'),
    total: z.int().describe('Users in the audience.'),
    members: z
      .array(member)
      .describe('The first n, most alike first: cosines, or probabilities (classifier).'),
    curve: curve.nullable().describe('Null where it was not asked for, and with a single known seed.'),
    audience: z.object({ id: z.string(), version: z.int() }).nullable().describe('What it was saved as.'),
  })
  .meta({ id: 'Lookalikes' })

export const audienceBody = z
  .strictObject({
    name: displayName,
    members: many.min(1).optional().describe('A list of ids.'),
    segment: z
      .strictObject({ segmentation: z.string().min(1).max(100).default('segments'), id })
      .optional()
      .describe('The users of a segment.'),
    lookalike: z.strictObject(recipe).optional().describe('Users like others.'),
  })
  .refine(
    ({ members, segment, lookalike }) =>
      [members, segment, lookalike].filter((each) => each !== undefined).length === 1,
    'needs one of members, segment and lookalike',
  )
  .meta({ id: 'AudienceBody' })

export const audience = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['lookalike', 'list']),
    version: z.int(),
    size: z.int(),
    created: z.string(),
    refreshed: z.string(),
    space: space.nullable().describe('Whose vectors it was made from, or which segmentation.'),
    source: z.unknown().describe('What it is made from again by a refresh.'),
  })
  .meta({ id: 'Audience' })
export const audiencePage = z
  .object({ items: z.array(audience), next: z.string().nullable() })
  .meta({ id: 'AudiencePage' })

export const memberQuery = z.strictObject({
  format: z
    .enum(['json', 'csv', 'jsonl', 'parquet'])
    .default('json')
    .describe('json answers pages; the others all members as a file.'),
  ...pageQuery.shape,
})
export const memberPage = z
  .object({ items: z.array(member), next: z.string().nullable() })
  .meta({ id: 'AudienceMembers' })

export const audienceChange = z
  .object({
    id: z.string(),
    version: z.int(),
    size: z.int(),
    added: z.int(),
    removed: z.int(),
    kept: z.int(),
    addedIds: z.array(z.string()).describe('The first hundred.'),
    removedIds: z.array(z.string()).describe('The first hundred.'),
  })
  .meta({ id: 'AudienceChange' })
