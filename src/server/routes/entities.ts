/** Users and items with their attributes, and relations between users. */
import { z } from 'zod'
import type { EntityKind } from '../../workspace/store/tables.ts'
import type { App } from '../app.ts'
import { decodeCursor, encodeCursor } from '../cursors.ts'
import { absent } from '../problems.ts'
import * as schemas from '../schemas.ts'

const params = z.object({ id: schemas.id })
const isText = (value: unknown): value is string => typeof value === 'string'

export function entityRoutes(context: App): void {
  entitiesOf(context, 'user', 'users')
  entitiesOf(context, 'item', 'items')
  relationRoutes(context)
}

function entitiesOf({ app, service }: App, kind: EntityKind, plural: 'users' | 'items'): void {
  const { entities } = service.store
  const tags = [plural]

  app.route({
    method: 'GET',
    url: `/v1/${plural}`,
    config: { role: 'read' },
    schema: {
      summary: `The ${plural} with attributes, in the order of their ids`,
      tags,
      querystring: schemas.pageQuery,
      response: { 200: schemas.entityPage },
    },
    async handler({ query: { limit, cursor } }) {
      const after = cursor === undefined ? null : decodeCursor(cursor, isText)
      const found = await entities.page(kind, after, limit + 1)
      const items = found.slice(0, limit)
      return { items, next: found.length > limit ? encodeCursor(items.at(-1)!.id) : null }
    },
  })

  app.route({
    method: 'GET',
    url: `/v1/${plural}/:id`,
    config: { role: 'read' },
    schema: { summary: `One of the ${plural}`, tags, params, response: { 200: schemas.entity } },
    async handler({ params: { id } }) {
      const found = await entities.get(kind, id)
      if (!found) throw absent(kind, id)
      return found
    },
  })

  app.route({
    method: 'PUT',
    url: `/v1/${plural}/:id`,
    config: { role: 'write' },
    schema: {
      summary: `Make one of the ${plural} or replace its attributes`,
      tags,
      params,
      body: schemas.entityBody,
      response: { 200: schemas.entity },
    },
    async handler({ params: { id }, body }) {
      await entities.put(kind, [{ id, attributes: body.attributes }])
      await service.lookAgain()
      return (await entities.get(kind, id))!
    },
  })

  app.route({
    method: 'PATCH',
    url: `/v1/${plural}/:id`,
    config: { role: 'write' },
    schema: {
      summary: 'Change some attributes',
      tags,
      params,
      body: schemas.entityPatch,
      response: { 200: schemas.entity },
    },
    async handler({ params: { id }, body }) {
      const found = await entities.patch(kind, id, body.attributes)
      if (!found) throw absent(kind, id)
      await service.lookAgain()
      return found
    },
  })

  app.route({
    method: 'DELETE',
    url: `/v1/${plural}/:id`,
    config: { role: 'write' },
    schema: {
      summary: `Erase one of the ${plural} everywhere`,
      description:
        'Attributes, events and relations are removed; the version in service no longer answers for it, and the next one never hears of it.',
      tags,
      params,
      response: { 200: schemas.erased },
    },
    async handler({ params: { id } }) {
      const known =
        kind === 'user' ? service.live?.model.interactions.users : service.live?.model.interactions.items
      const { events, existed } = await entities.erase(kind, id)
      await service.lookAgain()
      if (!existed && (known?.row(id) ?? -1) < 0) throw absent(kind, id)
      return { events }
    },
  })
}

function relationRoutes({ app, service }: App): void {
  const { relations } = service.store
  const tags = ['relations']

  app.route({
    method: 'GET',
    url: '/v1/users/:id/relations',
    config: { role: 'read' },
    schema: {
      summary: 'Whom a user knows',
      tags,
      params,
      querystring: z.object({ limit: schemas.pageQuery.shape.limit }),
      response: { 200: z.object({ items: z.array(schemas.relation) }) },
    },
    handler: async ({ params: { id }, query: { limit } }) => ({
      items: (await relations.of(id, limit)).map(({ kind, target, weight }) => ({ kind, target, weight })),
    }),
  })

  app.route({
    method: 'PUT',
    url: '/v1/users/:id/relations',
    config: { role: 'write' },
    schema: {
      summary: 'Relate a user to others',
      tags,
      params,
      body: z.array(schemas.relationBody).min(1).max(10_000),
      response: { 200: z.object({ relations: z.int() }) },
    },
    async handler({ params: { id }, body }) {
      await relations.put(body.map((relation) => ({ ...relation, source: id })))
      return { relations: body.length }
    },
  })

  app.route({
    method: 'DELETE',
    url: '/v1/users/:id/relations',
    config: { role: 'write' },
    schema: {
      summary: 'Take a relation away',
      tags,
      params,
      querystring: z.object({ kind: schemas.id, target: schemas.id }),
      response: { 200: z.object({ relations: z.int() }) },
    },
    async handler({ params: { id }, query: { kind, target } }) {
      if (!(await relations.remove(kind, id, target))) throw absent('relation', `${kind} ${target}`)
      return { relations: 1 }
    },
  })
}
