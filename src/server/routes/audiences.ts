/** Users like others, and audiences: lists of users that are kept and made anew. */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import {
  type AudienceSummary,
  deleteAudience,
  listAudiences,
  loadAudience,
  newAudienceId,
  type NewAudience,
  saveAudience,
} from '../../workspace/audiences/audience.ts'
import {
  currentMembers,
  findLookalikes,
  lookalikeAudience,
  type FoundLookalike,
  type LookalikeRequest,
  refreshAudience,
  segmentAudience,
} from '../../workspace/audiences/build.ts'
import type { App } from '../app.ts'
import { ServiceSources } from '../audience-sources.ts'
import { decodeCursor, encodeCursor } from '../cursors.ts'
import { sendMembers } from '../member-reply.ts'
import * as schemas from '../schemas/audiences.ts'
import { pageQuery } from '../schemas.ts'
import { Turns } from '../turns.ts'

const params = z.object({ id: z.string().max(100) })
const bodyLimit = 16 * 2 ** 20
/** Ids that a change names. */
const TOLD = 100

export function audienceRoutes({ app, service }: App): void {
  const { workspace } = service
  const sources = new ServiceSources(service)
  /** Each takes memory for all users: one at a time. */
  const searches = new Turns()
  /** Names are looked at before they are taken. */
  const saves = new Turns()

  const search = (request: LookalikeRequest, reply: FastifyReply): Promise<FoundLookalike> =>
    searches.take(() => findLookalikes(sources, request, { signal: untilGone(reply) }))

  const create = (audience: NewAudience): Promise<{ id: string; version: number }> =>
    saves.take(async () => {
      const id = newAudienceId(audience.name, await listAudiences(workspace))
      return { id, version: await saveAudience(workspace, id, audience) }
    })

  app.route({
    method: 'POST',
    url: '/v1/lookalikes',
    bodyLimit,
    config: { role: 'write' },
    schema: {
      summary: 'Users like others, and how far the answer can be believed',
      description:
        'Seeds are never among the members. With a single known seed there is no curve, and the size has to be a number.',
      tags: ['audiences'],
      body: schemas.lookalikeBody,
      response: { 200: schemas.lookalikes },
    },
    async handler({ body }, reply) {
      const { save, n, ...request } = body
      // Before the work: a name that is taken would be told after it.
      if (save !== undefined) newAudienceId(save, await listAudiences(workspace))
      const upTo = await sources.upTo()
      const found = await search(request, reply)
      const audience = save === undefined ? null : await create(lookalikeAudience(save, request, found, upTo))
      const { space, seeds, suppressed, candidates, members, scores, sizes, curve } = found
      return {
        space,
        method: request.method,
        size: request.size,
        sizes: sizes && { ...sizes },
        seeds: { ...seeds, unknown: [...seeds.unknown] },
        suppressed,
        candidates,
        total: members.length,
        members: members.slice(0, n).map((id, i) => ({ id, score: scores[i] })),
        curve: curve && {
          folds: curve.folds,
          sizes: [...curve.sizes],
          recall: [...curve.recall],
          random: [...curve.random],
          popularity: curve.popularity && [...curve.popularity],
        },
        audience,
      }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/audiences',
    config: { role: 'read' },
    schema: {
      summary: 'The audiences, in the order of their ids',
      tags: ['audiences'],
      querystring: pageQuery,
      response: { 200: schemas.audiencePage },
    },
    async handler({ query: { limit, cursor } }) {
      const after = cursor === undefined ? null : decodeCursor(cursor, (value) => typeof value === 'string')
      const all = (await listAudiences(workspace)).filter(({ id }) => after === null || id > after)
      const items = all.slice(0, limit).map(shown)
      return { items, next: all.length > limit ? encodeCursor(items.at(-1)!.id) : null }
    },
  })

  app.route({
    method: 'POST',
    url: '/v1/audiences',
    bodyLimit,
    config: { role: 'write' },
    schema: {
      summary: 'Keep an audience: ids, the users of a segment, or users like others',
      description: 'Ids of users whom nobody has heard of are kept; those of erased users are not.',
      tags: ['audiences'],
      body: schemas.audienceBody,
      response: { 200: schemas.audience },
    },
    async handler({ body: { name, members, segment, lookalike } }, reply) {
      newAudienceId(name, await listAudiences(workspace))
      const upTo = await sources.upTo()
      const { id } = await create(await made())
      return shown(await loadAudience(workspace, id))

      async function made(): Promise<NewAudience> {
        if (lookalike) {
          const request = { ...lookalike, curve: false }
          return lookalikeAudience(name, request, await search(request, reply), upTo)
        }
        if (segment) {
          const source = { kind: 'segment', segmentation: segment.segmentation, segment: segment.id } as const
          return { ...(await segmentAudience(sources, source)), name, source, upTo }
        }
        const erased = await sources.erased(service.live?.upTo ?? 0)
        const kept = [...new Set(members)].filter((id) => !erased.has(id))
        return { name, source: { kind: 'ids' }, space: null, members: kept, scores: null, upTo }
      }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/audiences/:id',
    config: { role: 'read' },
    schema: { summary: 'An audience', tags: ['audiences'], params, response: { 200: schemas.audience } },
    handler: async ({ params: { id } }) => shown(await currentMembers(sources, id)),
  })

  app.route({
    method: 'DELETE',
    url: '/v1/audiences/:id',
    config: { role: 'write' },
    schema: {
      summary: 'Delete an audience with all its versions',
      tags: ['audiences'],
      params,
      response: { 200: z.object({ id: z.string() }) },
    },
    async handler({ params: { id } }) {
      await saves.take(() => deleteAudience(workspace, id))
      return { id }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/audiences/:id/members',
    config: { role: 'read' },
    schema: {
      summary: 'Who is in an audience, best first: pages of JSON, or all as a file',
      description: 'Whoever was erased since it was made is left out.',
      tags: ['audiences'],
      params,
      querystring: schemas.memberQuery,
      response: { 200: schemas.memberPage },
    },
    async handler({ params: { id }, query: { format, limit, cursor } }, reply) {
      const { members, scores, version } = await currentMembers(sources, id)
      if (format !== 'json') {
        const column = scores && { name: 'score', values: scores }
        return sendMembers(reply, id, { ids: members, column }, format)
      }
      const [from] = cursor === undefined ? [0] : pageOf(cursor, version)
      const items = members.slice(from, from + limit)
      const more = from + limit < members.length
      return {
        items: items.map((member, i) => ({ id: member, score: scores?.[from + i] ?? null })),
        next: more ? encodeCursor([from + limit, version]) : null,
      }
    },
  })

  app.route({
    method: 'POST',
    url: '/v1/audiences/:id/refresh',
    config: { role: 'write' },
    schema: {
      summary: 'Make an audience anew from what it was made from, and tell the change',
      description: 'A list of ids stays as it is, without those who were erased.',
      tags: ['audiences'],
      params,
      response: { 200: schemas.audienceChange },
    },
    async handler({ params: { id } }, reply) {
      const signal = untilGone(reply)
      const { added, removed, ...change } = await searches.take(() =>
        refreshAudience(sources, id, { signal }),
      )
      return {
        ...change,
        added: added.length,
        removed: removed.length,
        addedIds: added.slice(0, TOLD),
        removedIds: removed.slice(0, TOLD),
      }
    },
  })
}

/** A place in the members of a version: of another version it would mean something else. */
function pageOf(cursor: string, version: number): [number, number] {
  return decodeCursor(
    cursor,
    (value): value is [number, number] =>
      Array.isArray(value) && Number.isSafeInteger(value[0]) && value[0] >= 0 && value[1] === version,
  )
}

function shown({ source, id, name, version, size, created, refreshed, space }: AudienceSummary) {
  const kind = source.kind === 'lookalike' ? ('lookalike' as const) : ('list' as const)
  return { id, name, kind, version, size, created, refreshed, space: space && { ...space }, source }
}

/** Fires when the client hangs up before its answer. */
function untilGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.on('close', () => controller.abort())
  return controller.signal
}
