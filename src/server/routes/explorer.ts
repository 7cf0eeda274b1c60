/** What is behind the answers for one user: what they did, and the graph around them. */
import { z } from 'zod'
import { surroundings } from '../../retrieval/surroundings.ts'
import type { App } from '../app.ts'
import { decodeCursor, encodeCursor } from '../cursors.ts'
import { id, pageQuery } from '../schemas.ts'
import * as schemas from '../schemas/overview.ts'

const params = z.object({ id })
const isSeq = (value: unknown): value is number => Number.isSafeInteger(value)
/** Events that are looked through for the latest items. */
const LOOKED_AT = 500

export function explorerRoutes({ app, service }: App): void {
  const { events } = service.store

  app.route({
    method: 'GET',
    url: '/v1/users/:id/events',
    config: { role: 'read' },
    schema: {
      summary: 'What a user did, the latest first',
      tags: ['users'],
      params,
      querystring: pageQuery,
      response: { 200: schemas.userEvents },
    },
    async handler({ params: { id }, query: { limit, cursor } }) {
      const before = cursor === undefined ? undefined : decodeCursor(cursor, isSeq)
      const found = await events.ofUser(id, limit + 1, before)
      const page = found.slice(0, limit)
      return {
        items: page.map(({ id, item, type, weight, time }) => ({ id, item, type, weight, time })),
        next: found.length > limit ? encodeCursor(page.at(-1)!.seq) : null,
      }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/users/:id/surroundings',
    config: { role: 'read' },
    schema: {
      summary: 'The small graph around a user: history, recommendations, and people in between',
      tags: ['users'],
      params,
      querystring: schemas.surroundingsQuery,
      response: { 200: schemas.surroundings },
    },
    async handler({ params: { id: user }, query: { n, items, people } }) {
      const { model, erased } = service.need()
      const { answer } = await service.recommend({ user, n })
      const did = (await events.ofUser(user, LOOKED_AT)).map(({ item }) => item)
      const { interactions } = model
      const row = erased.users.has(user) ? -1 : interactions.users.row(user)
      // A version trained from files knows histories that the store does not.
      const known = row < 0 ? [] : [...interactions.matrix.row(row)].map((i) => interactions.items.id(i))
      const history = [...new Set([...did, ...known])].filter((item) => !erased.items.has(item))
      const { nodes, edges } = surroundings(
        interactions,
        user,
        history.slice(0, items),
        answer.items.map((item) => item.id),
        people,
      )
      return { nodes: [...nodes], edges: [...edges] }
    },
  })
}
