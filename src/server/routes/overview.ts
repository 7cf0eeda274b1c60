/** What the dashboard opens with: counts, events over time, and ids that begin with something. */
import type { Census } from '../../workspace/store/census.ts'
import { HOUR } from '../../workspace/store/census.ts'
import type { App } from '../app.ts'
import { CensusTaker } from '../census.ts'
import * as schemas from '../schemas/overview.ts'

const DAY = 24 * HOUR
const buckets = { hour: HOUR, day: DAY, week: 7 * DAY }
/** Buckets of a picture; more than a year of weeks is shown in longer ones. */
const MOST = 200

export function overviewRoutes({ app, service, now }: App): void {
  const tags = ['overview']
  const taker = new CensusTaker(service.store, now)

  app.route({
    method: 'GET',
    url: '/v1/overview',
    config: { role: 'read' },
    schema: { summary: 'What there is, in numbers', tags, response: { 200: schemas.overview } },
    async handler({ caller }) {
      const { events, users, items, withAttributes, hours } = await taker.get()
      const { live, problem } = service
      return {
        data: {
          events,
          users,
          items,
          usersWithAttributes: withAttributes.users,
          itemsWithAttributes: withAttributes.items,
          first: hours[0]?.hour ?? null,
          last: hours.at(-1)?.hour ?? null,
          types: typesOf(hours),
        },
        eventsSince: live ? live.activity.seq - live.upTo : null,
        problem,
        caller: caller!,
      }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/events/counts',
    config: { role: 'read' },
    schema: {
      summary: 'Events over time, by type',
      tags: ['events'],
      querystring: schemas.eventCountsQuery,
      response: { 200: schemas.eventCounts },
    },
    async handler({ query: { from = 0, to = Infinity, bucket } }) {
      const { hours } = await taker.get()
      return countsOf(
        hours.filter(({ hour }) => hour + HOUR > from && hour <= to),
        bucket,
      )
    },
  })

  for (const [plural, kind] of [
    ['users', 'user'],
    ['items', 'item'],
  ] as const) {
    app.route({
      method: 'GET',
      url: `/v1/search/${plural}`,
      config: { role: 'read' },
      schema: {
        summary: `Ids of ${plural} that begin with something`,
        tags: [plural],
        querystring: schemas.searchQuery,
        response: { 200: schemas.searchResult },
      },
      handler: async ({ query: { prefix, limit } }) => ({
        // Nothing that the store can keep begins so.
        items:
          prefix.isWellFormed() && !prefix.includes('\0')
            ? await service.store.search(kind, prefix, limit)
            : [],
      }),
    })
  }
}

function typesOf(hours: Census['hours']): string[] {
  return [...new Set(hours.map(({ type }) => type))].sort()
}

function countsOf(hours: Census['hours'], wanted: 'auto' | keyof typeof buckets) {
  const types = typesOf(hours)
  const first = hours[0]?.hour ?? 0
  const last = hours.at(-1)?.hour ?? 0
  const fits = (size: number): boolean => bucketsFrom(first, last, size) <= MOST
  let bucket = wanted === 'auto' ? (Object.values(buckets).find(fits) ?? buckets.week) : buckets[wanted]
  // An event of 1970 among those of today must not make millions of buckets.
  const most = wanted === 'auto' ? MOST : 100 * MOST
  while (bucketsFrom(first, last, bucket) > most) bucket *= 2
  const start = Math.floor(first / bucket)
  const length = hours.length === 0 ? 0 : bucketsFrom(first, last, bucket)
  const items = Array.from({ length }, (_, n) => ({
    time: (start + n) * bucket,
    counts: types.map(() => 0),
  }))
  const place = new Map(types.map((type, at) => [type, at]))
  for (const { hour, type, count } of hours) {
    items[Math.floor(hour / bucket) - start].counts[place.get(type)!] += count
  }
  return { bucket, types, items }
}

function bucketsFrom(first: number, last: number, bucket: number): number {
  return Math.floor(last / bucket) - Math.floor(first / bucket) + 1
}
