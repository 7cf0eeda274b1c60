/** Maps over HTTP. Coordinates are not JSON: see the routes. */
import { z } from 'zod'

const space = z.object({ name: z.string(), version: z.int() })
const of = z.enum(['users', 'items'])

export const mapList = z
  .object({
    items: z.array(
      z.object({
        name: z.string(),
        of,
        version: z.int().nullable().describe('The one in service; null before the first is done.'),
        versions: z.array(z.int()),
        running: z
          .object({ phase: z.string(), done: z.number(), of: z.number() })
          .nullable()
          .describe('How far the job is that draws the next version.'),
      }),
    ),
  })
  .meta({ id: 'Maps' })

export const map = z
  .object({
    name: z.string(),
    of,
    version: z.int(),
    created: z.string(),
    space,
    count: z.int().describe('Points: whoever was erased since is not among them.'),
    bounds: z.array(z.number()).length(4).describe('x0, y0, x1, y1'),
    neighbourhood: z
      .object({
        k: z.int(),
        preserved: z.number().describe('Share of the k nearest others that are among the k nearest points.'),
        trustworthiness: z.number().describe('1 where no point has a wrong neighbour.'),
      })
      .nullable(),
    config: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Map' })

export const mapIds = z.object({ ids: z.array(z.string()) }).meta({ id: 'MapIds' })

export const mapColours = z
  .object({
    by: z.string(),
    kind: z.enum(['category', 'number']),
    categories: z
      .array(z.object({ id: z.string().optional(), label: z.string(), count: z.int() }))
      .optional()
      .describe('The most frequent first, at most 100.'),
    codes: z.array(z.int()).optional().describe('For each point the place of its category; −1 for none.'),
    others: z.int().optional().describe('Points with a value that is not among the categories.'),
    values: z.array(z.number().nullable()).optional(),
  })
  .meta({ id: 'MapColours' })

const version = z.coerce.number().int().positive().optional().describe('Default: the one in service.')
const running = z.enum(['true', 'false']).default('false').describe('The one that is being drawn.')
export const mapParams = z.object({ name: z.string().max(100).describe('map-users or map-items') })
export const mapQuery = z.strictObject({ version })
export const mapPlacesQuery = z.strictObject({ version, running })
export const mapColoursQuery = z.strictObject({
  by: z
    .string()
    .max(210)
    .regex(/^(segment|activity|attribute:.+)$/s, 'must be segment, activity or attribute:<name>'),
  segmentation: z.string().max(100).default('segments'),
  segmentationVersion: version,
  version,
})
