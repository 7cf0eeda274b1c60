/** Spaces and attributes over HTTP: what segments, look-alikes and maps can be made from, and coloured by. */
import { z } from 'zod'

const count = z.int().nullable()

export const spaces = z
  .object({
    items: z.array(
      z.object({
        name: z.string().describe('What jobs and requests call it.'),
        model: z.string().nullable().describe('The model that it is of; null for attributes.'),
        version: z.int().nullable().describe('The one in service.'),
        versions: z.array(z.int()).describe('All that are on disk, in order.'),
        method: z.string().nullable(),
        family: z.enum(['recommend', 'embed', 'cluster']).nullable(),
        dim: z.int().nullable(),
        users: count.describe('Users in it: whatever a graph has that is no known item counts.'),
        items: count.describe('Items in it.'),
      }),
    ),
  })
  .meta({ id: 'Spaces' })

export const attributesParams = z.object({ of: z.enum(['users', 'items']) })

export const attributeList = z
  .object({
    items: z.array(
      z.object({
        name: z.string(),
        kind: z
          .enum(['number', 'category', 'list'])
          .describe('`number` where all values are, `list` where any is.'),
        count: z.int().describe('How many have it.'),
        values: z.int().describe('How many different values there are, counted up to 1,000.'),
      }),
    ),
    total: z.int().describe('Users or items that are stored.'),
  })
  .meta({ id: 'AttributeList' })
