/** Answers: what to show to a user, what is like an item, and why. */
import { z } from 'zod'
import { filtersOf } from '../../retrieval/answering.ts'
import type { Boost } from '../../retrieval/boosts.ts'
import type { AttributeFilter } from '../../retrieval/filter.ts'
import type { App } from '../app.ts'
import { recommendationId } from '../recommendation-id.ts'
import * as schemas from '../schemas.ts'
import type { Request } from '../service.ts'

const params = z.object({ id: schemas.id })

export function answerRoutes({ app, service, now, count }: App): void {
  const tags = ['answers']

  async function recommend(request: Request, counted = true) {
    const { answer, version } = await service.recommend(request)
    if (counted) count(version, answer.rung)
    const id = recommendationId({ version, rung: answer.rung, time: now() })
    return { id, model: { name: service.name, version }, ...answer, items: [...answer.items] }
  }

  app.route({
    method: 'GET',
    url: '/v1/users/:id/recommendations',
    config: { role: 'read' },
    schema: {
      summary: 'What to show to a user',
      description: 'Users whom nobody has heard of are answered too: the rung says by what.',
      tags,
      params,
      querystring: schemas.recommendQuery,
      response: { 200: schemas.recommendations },
    },
    handler: ({ params: { id }, query: { preview, ...query } }) =>
      recommend({ ...requestOf(query), user: id }, preview !== true),
  })

  app.route({
    method: 'POST',
    url: '/v1/sessions/recommendations',
    config: { role: 'read' },
    schema: {
      summary: 'What to show to somebody by the items of their session',
      tags,
      body: schemas.sessionBody,
      response: { 200: schemas.recommendations },
    },
    handler: ({ body }) => recommend(requestOf(body)),
  })

  app.route({
    method: 'POST',
    url: '/v1/rank',
    config: { role: 'read' },
    schema: {
      summary: 'Order candidates for a user',
      tags,
      body: schemas.rankBody,
      response: { 200: schemas.recommendations },
    },
    handler: ({ body }) => recommend(requestOf(body)),
  })

  app.route({
    method: 'GET',
    url: '/v1/users/:id/recommendations/why-not',
    config: { role: 'read' },
    schema: {
      summary: 'Why an item is not shown to a user',
      tags,
      params,
      querystring: schemas.whyNotQuery,
      response: { 200: schemas.whyNot },
    },
    async handler({ params: { id }, query: { item, ...query } }) {
      const request = { ...requestOf(query), user: id }
      const { answering } = await service.answersFor(filtersOf(request))
      return { item, ...answering.whyNot(request, item) }
    },
  })

  for (const [plural, kind] of [
    ['users', 'user'],
    ['items', 'item'],
  ] as const) {
    app.route({
      method: 'GET',
      url: `/v1/${plural}/:id/similar`,
      config: { role: 'read' },
      schema: {
        summary: `The ${plural} most like one`,
        tags,
        params,
        querystring: kind === 'item' ? schemas.similarQuery : schemas.similarQuery.omit({ filter: true }),
        response: { 200: schemas.similar },
      },
      async handler({ params: { id }, query }) {
        const { n, filter } = query as { n: number; filter?: AttributeFilter }
        const { answering, version } = await service.answersFor(filter ? [filter] : [])
        const items = [...answering.similar(kind, id, n, filter)]
        return { model: { name: service.name, version }, items }
      },
    })
  }
}

/** The schemas say what may come; what they leave out of their types is the order of a list's types. */
function requestOf(input: {
  readonly n: number
  readonly filter?: unknown
  readonly boosts?: unknown
  readonly [key: string]: unknown
}): Request {
  return input as unknown as Request & { filter?: AttributeFilter; boosts?: readonly Boost[] }
}
