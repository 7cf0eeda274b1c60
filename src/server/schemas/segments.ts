/** Segments over HTTP. */
import { z } from 'zod'
import { memberFormats } from '../../workspace/member-files.ts'
import { namePattern } from '../../workspace/names.ts'
import { id, pageQuery } from '../schemas.ts'

const segmentation = z.string().regex(namePattern).default('segments')
const version = z.coerce.number().int().positive()

export const which = z.strictObject({
  segmentation,
  version: version.optional().describe('Default: the one in service.'),
})
export const named = z.strictObject({ segmentation })
export const membersQuery = z.strictObject({
  ...which.shape,
  ...pageQuery.shape,
  format: z
    .enum(['json', ...memberFormats])
    .default('json')
    .describe('`json` comes in pages; the others are files with everybody.'),
})
export const between = z.strictObject({
  segmentation,
  from: version.optional().describe('Default: the version before `to`.'),
  to: version.optional().describe('Default: the one in service.'),
})
export const churnMembersQuery = z.strictObject({
  ...between.shape,
  ...pageQuery.shape,
  source: id.optional().describe('Only users who were in this segment.'),
  target: id.optional().describe('Only users who are in this one.'),
})

const space = z.object({ name: z.string(), version: z.int() })
const maybe = z.number().nullable()

export const segmentations = z
  .object({
    items: z.array(z.object({ name: z.string(), inService: z.int().nullable(), versions: z.array(z.int()) })),
  })
  .meta({ id: 'Segmentations' })

const top = z.object({
  attribute: z.string().optional(),
  item: z.string().optional(),
  value: z.string().describe('Of the attribute, or what the item is called.'),
  lift: z.number(),
})
const summary = z
  .object({
    id: z.string().describe('The same in every version that has the segment.'),
    name: z.string(),
    proposedName: z.string().describe('By what sets it apart in this version.'),
    edited: z.boolean().describe('Whether somebody gave it its name.'),
    size: z.int(),
    share: z.number(),
    stability: maybe.describe('Greatest overlap (Jaccard) with a segment of another run, in the mean.'),
    typical: z.array(z.string()).describe('The members nearest to the middle.'),
    top: z.array(top),
  })
  .meta({ id: 'SegmentSummary' })

const quality = z.object({
  silhouette: maybe,
  modularity: maybe,
  stability: z.object({ ari: z.number(), runs: z.int(), over: z.enum(['seeds', 'bootstrap']) }).nullable(),
  balance: z.number(),
})
const candidate = z.object({ clusters: z.int(), silhouette: maybe, modularity: maybe, stability: maybe })
const change = z.object({
  kind: z.enum(['birth', 'death', 'split', 'merge']),
  segments: z.array(z.string()),
  into: z.array(z.string()),
})

export const segments = z
  .object({
    segmentation: z.string(),
    version: z.int(),
    created: z.string(),
    space,
    method: z.string(),
    config: z.record(z.string(), z.unknown()),
    seed: z.int(),
    population: z.int(),
    comparisons: z.int().describe('Over how many the q-values allow.'),
    since: z
      .object({ version: z.int(), changes: z.array(change) })
      .nullable()
      .describe('The version that segments were matched with, and what became of its segments.'),
    start: z
      .object({
        from: z.int().nullable().describe('The version that it began from; null for fresh seeds.'),
        kept: z.boolean().nullable().describe('False where fresh seeds were clearly better.'),
        warm: z.number().nullable().describe('Inertia, or mean log-likelihood, from that version.'),
        cold: z.number().nullable().describe('The same, from fresh seeds.'),
        reason: z.string().nullable().describe('Why it began from fresh seeds alone.'),
      })
      .nullable()
      .describe('Where the clustering began; null for versions of before this was kept.'),
    versions: z.array(
      z.object({
        version: z.int(),
        created: z.string(),
        inService: z.boolean(),
        space,
        population: z.int(),
      }),
    ),
    quality,
    choice: z.object({ chosen: z.int(), tried: z.array(candidate) }).nullable(),
    items: z.array(summary),
  })
  .meta({ id: 'Segments' })

const finding = {
  count: z.int(),
  share: z.number().describe('Of the members of whom it is known.'),
  base: z.number().describe('Of everybody of whom it is known.'),
  lift: z.number(),
  p: z.number(),
  q: z.number().describe('Benjamini–Hochberg over all comparisons of the segmentation.'),
}

export const segment = z
  .object({
    segmentation: z.string(),
    version: z.int(),
    ...summary.shape,
    attributes: z.array(z.object({ attribute: z.string(), value: z.string(), ...finding })),
    items: z.array(z.object({ item: z.string(), title: z.string(), ...finding })),
    numbers: z.array(
      z.object({
        attribute: z.string(),
        edges: z.array(z.number()).describe('One more than there are bins.'),
        segment: z.array(z.int()),
        everybody: z.array(z.int()),
        mean: maybe,
        baseMean: z.number(),
        larger: maybe.describe('Probability that a member has the larger number, against somebody else.'),
        p: z.number(),
        q: z.number(),
      }),
    ),
  })
  .meta({ id: 'Segment' })

export const renameBody = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .refine((text) => text.isWellFormed(), 'must be Unicode text')
      .nullable()
      .describe('null: the proposed one again.'),
  })
  .meta({ id: 'SegmentRename' })
export const segmentName = z
  .object({ segmentation: z.string(), id: z.string(), name: z.string(), edited: z.boolean() })
  .meta({ id: 'SegmentName' })

export const members = z
  .object({
    items: z.array(z.object({ id: z.string(), distance: z.number() })),
    next: z.string().nullable(),
  })
  .meta({ id: 'SegmentMembers' })

export const segmentOfUser = z
  .object({
    segmentation: z.string(),
    version: z.int(),
    segment: z.object({ id: z.string(), name: z.string() }).nullable(),
  })
  .meta({ id: 'SegmentOfUser' })

export const churn = z
  .object({
    segmentation: z.string(),
    from: z.int(),
    to: z.int(),
    shared: z.int(),
    arrived: z.int(),
    left: z.int(),
    moved: z.int(),
    stayed: z.int(),
    flows: z.array(z.object({ from: z.string().nullable(), to: z.string().nullable(), count: z.int() })),
    changes: z.array(change),
    names: z.record(z.string(), z.string()).describe('What the segments are called.'),
  })
  .meta({ id: 'Churn' })

export const churnMembers = z
  .object({
    items: z.array(z.object({ id: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
    next: z.string().nullable(),
  })
  .meta({ id: 'ChurnMembers' })
