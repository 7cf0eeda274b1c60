/** What goes over HTTP about files of events, users, items and relations. */
import { z } from 'zod'
import { rowFormats } from '../data/rows.ts'
import { exportFormats } from '../workspace/files/export.ts'
import { attributeTypes, fileKinds, mapping } from '../workspace/files/mapping.ts'
import { flag, json } from './schemas.ts'

const format = z.enum(rowFormats)
const kind = z.enum(fileKinds)
const named = {
  name: z.string().min(1).max(500).default('the file').describe('Its ending tells the format.'),
  format: format.optional(),
  delimiter: z.string().length(1).optional().describe('Of CSV. Default: found out.'),
}

export const previewQuery = z.strictObject({
  ...named,
  kind: kind.optional().describe('Default: the likeliest.'),
  partial: flag.optional().describe('The body is the beginning of a longer file.'),
})
export const importQuery = z.strictObject({
  ...named,
  kind,
  mapping: json(mapping).optional().describe('JSON. Default: guessed from the names of the columns.'),
  maxBadRows: z.coerce.number().min(0).max(1).default(0).describe('Share of the rows that may be bad.'),
  dryRun: flag.optional().describe('Checks only.'),
})
export const exportQuery = z.strictObject({ format: z.enum(exportFormats).default('csv') })
export const exportParams = z.object({ kind })

const problems = z.array(z.object({ line: z.int(), detail: z.string() })).readonly()
const cell = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.union([z.string(), z.number(), z.boolean()])).readonly(),
])
export const preview = z
  .object({
    format,
    rows: z.int().describe('Rows looked at.'),
    complete: z.boolean().describe('Whether these are all.'),
    columns: z
      .array(
        z.object({
          name: z.string(),
          type: z.enum(attributeTypes),
          filled: z.int(),
          samples: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
    first: z.array(z.record(z.string(), cell.optional())).readonly(),
    kind,
    mapping,
    missing: z
      .array(z.string())
      .readonly()
      .describe('Fields that must be mapped and no column was found for.'),
    problems,
  })
  .meta({ id: 'ImportPreview' })

export const importReport = z
  .object({
    kind,
    format,
    mapping,
    rows: z.int(),
    stored: z
      .int()
      .describe('Events that were not there before; users, items and relations made or replaced.'),
    duplicates: z.int().describe('Events whose id was there already.'),
    rejected: z.int(),
    problems: problems.describe('The first hundred rejected rows.'),
    dryRun: z.boolean(),
  })
  .meta({ id: 'ImportReport' })
