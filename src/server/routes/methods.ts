/** The methods with their settings, and the kinds of jobs with theirs: what forms are made from. */
import { z } from 'zod'
import { jobBody } from '../../jobs/schemas.ts'
import { clusterers } from '../../models/cluster/index.ts'
import { embedders } from '../../models/embed/index.ts'
import type { Method } from '../../models/method.ts'
import { recommenders } from '../../models/recommend/index.ts'
import type { App } from '../app.ts'
import { methods } from '../schemas/overview.ts'

export function methodRoutes({ app }: App): void {
  const families = { recommend: recommenders, embed: embedders, cluster: clusterers } as const
  const items = Object.entries(families).flatMap(([family, list]) =>
    (list as readonly Method[]).map(({ name, title, summary, paper, presets, config }) => ({
      name,
      family: family as keyof typeof families,
      title,
      summary,
      paper: paper ?? null,
      presets: Object.fromEntries(
        Object.entries(presets).map(([preset, { summary, config }]) => [
          preset,
          { summary, config: { ...config } },
        ]),
      ),
      schema: schemaOf(config),
    })),
  )
  const jobs = Object.fromEntries(
    jobBody.options.map((option) => [[...option.shape.kind.values][0], schemaOf(option)]),
  )

  app.route({
    method: 'GET',
    url: '/v1/methods',
    config: { role: 'read' },
    schema: {
      summary: 'The methods and the kinds of jobs, with the schemas of their settings',
      tags: ['jobs'],
      response: { 200: methods },
    },
    handler: async () => ({ items, jobs }),
  })
}

/** With everything in its place: schemas with a name would be references. */
function schemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $defs = {}, ...document } = z.toJSONSchema(schema, { io: 'input' })
  const inlined = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inlined)
    if (typeof value !== 'object' || value === null) return value
    const { $ref, ...rest } = value as { readonly $ref?: string }
    const own = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, inlined(inner)]))
    return $ref === undefined ? own : { ...(inlined($defs[$ref.slice('#/$defs/'.length)]) as object), ...own }
  }
  return inlined(document) as Record<string, unknown>
}
