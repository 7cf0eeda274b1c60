/** Maps of users and items: what there is, coordinates, ids, and what to colour them by. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { fail } from '../../errors.ts'
import { loadRunningIds, loadRunningMap, mapKinds, mapName, type MapOf } from '../../workspace/maps.ts'
import type { JobRecord } from '../../workspace/store/jobs.ts'
import type { App } from '../app.ts'
import { type Colours, coloursOf, segmentColours, valuesOf } from '../colours.ts'
import { littleEndian, Maps, type ShownMap } from '../maps.ts'
import * as schemas from '../schemas/maps.ts'
import { nameOf, Segmentations } from '../../workspace/segmentation-views.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

export function mapRoutes({ app, service }: App): void {
  const { workspace, store } = service
  const maps = new Maps(workspace, store)
  const segmentations = new Segmentations(workspace, store)
  const tags = ['maps']
  const params = schemas.mapParams

  app.route({
    method: 'GET',
    url: '/v1/maps',
    config: { role: 'read' },
    schema: { summary: 'The maps there are', tags, response: { 200: schemas.mapList } },
    async handler() {
      const models = await workspace.listModels()
      const job = await store.jobs.running('project')
      const items = mapKinds.flatMap((of) => {
        const name = mapName(of)
        const model = models.find((each) => each.name === name)
        const running = job && kindOf(job) === of ? progressOf(job) : null
        if (!model && !running) return []
        return [
          { name, of, version: model?.current ?? null, versions: [...(model?.versions ?? [])], running },
        ]
      })
      return { items }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/maps/:name',
    config: { role: 'read' },
    schema: {
      summary: 'One map: how it was made, and how well it shows who is near whom',
      tags,
      params,
      querystring: schemas.mapQuery,
      response: { 200: schemas.map },
    },
    async handler({ params: { name }, query }) {
      const map = await maps.get(mapName(kindNamed(name)), query.version)
      const { of, version, created, space, bounds, neighbourhood, config, ids } = map
      const made = { created, space, neighbourhood, config: { ...config } }
      return { name, of, version, count: ids.length, bounds: [...bounds], ...made }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/maps/:name/points',
    config: { role: 'read' },
    schema: {
      summary: 'Its coordinates: x and y of each point, little-endian float32, in the order of its ids',
      description:
        'The header x-map-version has the version, or "running"; x-map-progress how far one that is being drawn is, as "12/200".',
      tags,
      params,
      querystring: schemas.mapPlacesQuery,
      produces: ['application/octet-stream'],
    },
    async handler(request, reply) {
      const { params, query } = request
      reply.type('application/octet-stream')
      if (query.running !== 'true') {
        const map = await maps.get(mapName(kindNamed(params.name)), query.version)
        return sendCached(request, reply.header('x-map-version', map.version), map, map.points)
      }
      const running = await loadRunningMap(workspace, await runningKind(params.name))
      if (!running) throw notYet(params.name)
      return reply
        .headers({ 'x-map-version': 'running', 'x-map-progress': `${running.done}/${running.of}` })
        .header('cache-control', 'no-store')
        .send(littleEndian(running.coordinates))
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/maps/:name/ids',
    config: { role: 'read' },
    schema: {
      summary: 'Who the points are',
      tags,
      params,
      querystring: schemas.mapPlacesQuery,
      response: { 200: schemas.mapIds },
    },
    async handler(request, reply) {
      const { params, query } = request
      reply.type(JSON_TYPE)
      if (query.running !== 'true') {
        const map = await maps.get(mapName(kindNamed(params.name)), query.version)
        return sendCached(request, reply, map, map.idsText)
      }
      const ids = await loadRunningIds(workspace, await runningKind(params.name))
      if (!ids) throw notYet(params.name)
      return sendBytes(reply.header('cache-control', 'no-store'), ids)
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/maps/:name/colours',
    config: { role: 'read' },
    schema: {
      summary: 'What to colour points by: their segment, an attribute, or how many interactions they have',
      tags,
      params,
      querystring: schemas.mapColoursQuery,
      response: { 200: schemas.mapColours },
    },
    async handler({ params: { name }, query }, reply) {
      const { by, segmentation, segmentationVersion, version } = query
      const map = await maps.get(mapName(kindNamed(name)), version)
      const colours =
        by === 'segment'
          ? await bySegment(map, segmentation, segmentationVersion)
          : by === 'activity'
            ? await byActivity(map)
            : await byAttribute(map, by.slice('attribute:'.length))
      // A hundred thousand numbers need no checking against the schema.
      const text = JSON.stringify({ by, ...colours })
      return sendBytes(reply.type(JSON_TYPE), new TextEncoder().encode(text))
    },
  })

  async function bySegment({ of, ids }: ShownMap, name: string, version?: number): Promise<Colours> {
    if (of === 'items') {
      throw fail('ARGUMENT', {
        what: 'by',
        expected: 'attribute:<name> or activity for items',
        got: 'segment',
      })
    }
    const shown = await segmentations.show(name, version)
    const { labels, segments, ids: users } = shown.segmentation
    const codeOf = new Map(segments.map(({ cluster }, code) => [cluster, code]))
    const codes = await valuesOf(ids, (id) => {
      const row = users.row(id)
      return row < 0 ? -1 : (codeOf.get(labels[row]) ?? -1)
    })
    return segmentColours(
      segments.map((segment) => ({ id: segment.id, label: nameOf(shown, segment) })),
      codes,
    )
  }

  async function byAttribute({ of, ids }: ShownMap, attribute: string): Promise<Colours> {
    const kind = of === 'users' ? 'user' : 'item'
    return coloursOf(
      await valuesOf(ids, (id) => {
        const attributes = service.attributesOf(kind, id)
        return attributes && Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined
      }),
    )
  }

  async function byActivity({ of, ids }: ShownMap): Promise<Colours> {
    const { users, items, matrix } = service.need().model.interactions
    const [vocabulary, counts] = of === 'users' ? [users, matrix] : [items, matrix.transposed]
    const values = await valuesOf(ids, (id) => {
      const row = vocabulary.row(id)
      return row < 0 ? null : counts.degree(row)
    })
    return { kind: 'number', values }
  }

  /** The kind of a map that is being drawn: what a job that ended badly left behind is none. */
  async function runningKind(name: string): Promise<MapOf> {
    const of = kindNamed(name)
    const job = await store.jobs.running('project')
    if (job && kindOf(job) === of) return of
    throw notYet(name)
  }
}

function kindNamed(name: string): MapOf {
  const kind = mapKinds.find((each) => mapName(each) === name)
  if (kind) return kind
  throw fail('UNKNOWN_NAME', { kind: 'map', name, known: mapKinds.map(mapName) })
}

function kindOf({ config }: JobRecord): MapOf {
  return (config as { of?: MapOf }).of ?? 'users'
}

function progressOf({ progress }: JobRecord): { phase: string; done: number; of: number } {
  const { phase, done, of } = (progress ?? { phase: 'start', done: 0, of: 1 }) as {
    phase: string
    done: number
    of: number
  }
  return { phase, done, of }
}

function notYet(name: string): Error {
  return fail('MISSING', {
    what: `no ${name} is being drawn, or it has no first points yet`,
    todo: 'Ask again in a second, or draw one: POST /v1/jobs with {"kind": "project"}.',
  })
}

function sendCached(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { etag }: ShownMap,
  bytes: Uint8Array,
): FastifyReply {
  reply.headers({ etag, 'cache-control': 'private, no-cache' })
  if (headers['if-none-match'] === etag) return reply.code(304).send()
  return sendBytes(reply, bytes)
}

function sendBytes(reply: FastifyReply, bytes: Uint8Array): FastifyReply {
  return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}
