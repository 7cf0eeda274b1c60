/** What came of the answers: the online report. */
import { z } from 'zod'
import type { App } from '../app.ts'
import { attributionOf } from '../recommendation-id.ts'
import * as schemas from '../schemas.ts'

const DAY = 86_400_000

export function reportRoutes({ app, service, now, counts }: App): void {
  app.route({
    method: 'GET',
    url: '/v1/reports/online',
    config: { role: 'read' },
    schema: {
      summary: 'Answers given, and events that followed them, by version and rung',
      description:
        'An event follows an answer when it carries its id. Answers of the last seconds may not be counted yet.',
      tags: ['reports'],
      querystring: z.strictObject({
        from: z.coerce.number().int().min(0).optional().describe('Default: a week before `to`.'),
        to: z.coerce.number().int().min(0).optional().describe('Default: now.'),
      }),
      response: { 200: schemas.onlineReport },
    },
    async handler({ query }) {
      const to = query.to ?? now()
      const from = query.from ?? to - 7 * DAY
      await counts.deliver()
      const lines = new Map<
        string,
        { version: number; rung: string; answers: number; followed: Set<string>; events: Map<string, number> }
      >()
      const line = (version: number, rung: string) => {
        const key = `${version} ${rung}`
        const found = lines.get(key)
        if (found) return found
        const made = {
          version,
          rung,
          answers: 0,
          followed: new Set<string>(),
          events: new Map<string, number>(),
        }
        lines.set(key, made)
        return made
      }
      const { answers } = service.store
      // Counts are by the hour: the hour in which the time begins is counted whole.
      for (const { model, version, rung, count } of await answers.between(from - 3_599_999, to)) {
        if (model === service.name) line(version, rung).answers += count
      }
      for await (const page of answers.followed(from, to)) {
        for (const { recommendation, type } of page) {
          const attribution = attributionOf(recommendation)
          if (!attribution) continue
          const { followed, events } = line(attribution.version, attribution.rung)
          followed.add(recommendation)
          events.set(type, (events.get(type) ?? 0) + 1)
        }
      }
      const items = [...lines.values()].map(({ version, rung, answers, followed, events }) => ({
        version,
        rung,
        answers,
        followed: followed.size,
        events: Object.fromEntries(events),
      }))
      return { from, to, items }
    },
  })
}
