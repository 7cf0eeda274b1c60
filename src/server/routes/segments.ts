/** Segments: what they are, who is in them, and who moved. */
import { z } from 'zod'
import type { Segmentation } from '../../workspace/segmentations.ts'
import { listSegmentations, renameSegment, segmentationVersions } from '../../workspace/segmentations.ts'
import type { App } from '../app.ts'
import { decodeCursor, encodeCursor } from '../cursors.ts'
import { sendMembers } from '../member-reply.ts'
import { id as anyId } from '../schemas.ts'
import * as schemas from '../schemas/segments.ts'
import { membersOf, nameOf, placeOf, Segmentations, type Shown } from '../../workspace/segmentation-views.ts'

const params = z.object({ id: anyId })
const TYPICAL = 10
const TOP = 3

const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

export function segmentRoutes({ app, service }: App): void {
  const { workspace, store } = service
  const segmentations = new Segmentations(workspace, store)
  const tags = ['segments']

  app.route({
    method: 'GET',
    url: '/v1/segmentations',
    config: { role: 'read' },
    schema: {
      summary: 'The segmentations there are',
      tags,
      response: { 200: schemas.segmentations },
    },
    handler: async () => ({ items: await listSegmentations(workspace) }),
  })

  app.route({
    method: 'GET',
    url: '/v1/segments',
    config: { role: 'read' },
    schema: {
      summary: 'The segments of a version, with what says whether they are any good',
      tags,
      querystring: schemas.which,
      response: { 200: schemas.segments },
    },
    async handler({ query }) {
      const shown = await segmentations.show(query.segmentation, query.version)
      const { segmentation } = shown
      const {
        name,
        version,
        created,
        space,
        method,
        seed,
        config,
        quality,
        choice,
        comparisons,
        since,
        start,
      } = segmentation
      return {
        segmentation: name,
        version,
        created,
        space,
        method,
        config: { ...config },
        seed,
        population: populationOf(shown),
        comparisons,
        since: since && {
          version: since.version,
          changes: since.changes.map(changeOf),
        },
        start: start && { from: null, kept: null, warm: null, cold: null, reason: null, ...start },
        versions: await segmentationVersions(workspace, name),
        quality,
        choice: choice && { chosen: choice.chosen, tried: [...choice.tried] },
        items: segmentation.segments.map((_, place) => summaryOf(shown, place)),
      }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/segments/:id',
    config: { role: 'read' },
    schema: {
      summary: 'A segment with its profile',
      tags,
      params,
      querystring: schemas.which,
      response: { 200: schemas.segment },
    },
    async handler({ params: { id }, query }) {
      const shown = await segmentations.show(query.segmentation, query.version)
      const { segmentation } = shown
      const place = placeOf(shown, id)
      const { attributes, items, numbers } = segmentation.profiles[place]
      return {
        segmentation: segmentation.name,
        version: segmentation.version,
        ...summaryOf(shown, place),
        attributes: [...attributes],
        items: [...items],
        numbers: numbers.map((each) => ({
          ...each,
          edges: [...each.edges],
          segment: [...each.segment],
          everybody: [...each.everybody],
        })),
      }
    },
  })

  app.route({
    method: 'PATCH',
    url: '/v1/segments/:id',
    config: { role: 'write' },
    schema: {
      summary: 'Give a segment a name, in all versions',
      tags,
      params,
      querystring: schemas.named,
      body: schemas.renameBody,
      response: { 200: schemas.segmentName },
    },
    async handler({ params: { id }, query, body }) {
      const shown = await segmentations.show(query.segmentation)
      const place = placeOf(shown, id)
      await renameSegment(workspace, query.segmentation, id, body.name)
      const name = body.name ?? shown.segmentation.segments[place].name
      return { segmentation: query.segmentation, id, name, edited: body.name !== null }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/segments/:id/members',
    config: { role: 'read' },
    schema: {
      summary: 'The members of a segment, the nearest to its middle first',
      tags,
      params,
      querystring: schemas.membersQuery,
      produces: ['application/json', 'application/x-ndjson', 'text/csv', 'application/vnd.apache.parquet'],
      response: { 200: schemas.members },
    },
    async handler({ params: { id }, query }, reply) {
      const { segmentation: name, version, format, limit, cursor } = query
      const shown = await segmentations.show(name, version)
      const { segmentation } = shown
      const rows = membersOf(shown, placeOf(shown, id))
      const { ids, distances } = segmentation
      if (format === 'json') {
        const { page, next } = pageOf(rows, cursor, limit)
        return { items: Array.from(page, (row) => ({ id: ids.id(row), distance: distances[row] })), next }
      }
      const values = Float32Array.from(rows, (row) => distances[row])
      const members = { ids: Array.from(rows, (row) => ids.id(row)), column: { name: 'distance', values } }
      return sendMembers(reply, `${name}-${id}-v${segmentation.version}`, members, format)
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/users/:id/segment',
    config: { role: 'read' },
    schema: {
      summary: 'The segment that a user is in',
      description: 'null for a user who has no place in the space: one without events, for example.',
      tags,
      params,
      querystring: schemas.which,
      response: { 200: schemas.segmentOfUser },
    },
    async handler({ params: { id }, query }) {
      const shown = await segmentations.show(query.segmentation, query.version)
      const { name, version, ids } = shown.segmentation
      const segment = segmentAt(shown, ids.row(id))
      return {
        segmentation: name,
        version,
        segment: segment && { id: segment.id, name: nameOf(shown, segment) },
      }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/segments/churn',
    config: { role: 'read' },
    schema: {
      summary: 'Who moved from where to where between two versions',
      tags,
      querystring: schemas.between,
      response: { 200: schemas.churn },
    },
    async handler({ query }) {
      const { before, after } = await segmentations.pair(query.segmentation, query.from, query.to)
      const { flows, changes, ...totals } = await segmentations.churn({ before, after })
      const names = [before, after].flatMap((shown) =>
        shown.segmentation.segments.map((segment) => [segment.id, nameOf(shown, segment)]),
      )
      return {
        segmentation: query.segmentation,
        from: before.segmentation.version,
        to: after.segmentation.version,
        ...totals,
        flows: [...flows],
        changes: changes.map(changeOf),
        names: Object.fromEntries(names) as Record<string, string>,
      }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/segments/churn/members',
    config: { role: 'read' },
    schema: {
      summary: 'The users of both versions who were in one segment and are in another',
      description: 'Without `source` and `target`: everybody who moved.',
      tags,
      querystring: schemas.churnMembersQuery,
      response: { 200: schemas.churnMembers },
    },
    async handler({ query: { segmentation, from, to, source, target, limit, cursor } }) {
      const { before, after } = await segmentations.pair(segmentation, from, to)
      if (source !== undefined) placeOf(before, source)
      if (target !== undefined) placeOf(after, target)
      const rows = await segmentations.rowsIn(before.segmentation, after.segmentation)
      const found: { row: number; from: string; to: string }[] = []
      const [old, now] = [segmentIds(before), segmentIds(after)]
      const any = source === undefined && target === undefined
      for (let row = 0; row < rows.length; row++) {
        if (rows[row] < 0 || before.erased.has(row) || after.erased.has(rows[row])) continue
        const was = old(row)
        const is = now(rows[row])
        if (any ? was === is : (source ?? was) !== was || (target ?? is) !== is) continue
        found.push({ row, from: was, to: is })
      }
      const { page, next } = pageOf(found, cursor, limit)
      const { ids } = before.segmentation
      return { items: page.map(({ row, from, to }) => ({ id: ids.id(row), from, to })), next }
    },
  })
}

/** A page of a list that never changes: the cursor is a place in it. */
function pageOf<T extends Int32Array | readonly unknown[]>(
  list: T,
  cursor: string | undefined,
  limit: number,
): { readonly page: T; readonly next: string | null } {
  const from = cursor === undefined ? 0 : decodeCursor(cursor, isPlace)
  const to = from + limit
  return { page: list.slice(from, to) as T, next: to < list.length ? encodeCursor(to) : null }
}

function populationOf({ segmentation, erased }: Shown): number {
  return segmentation.ids.size - erased.size
}

function summaryOf(shown: Shown, place: number) {
  const { segmentation, names } = shown
  const { ids, segments, profiles, stabilities } = segmentation
  const segment = segments[place]
  const rows = membersOf(shown, place)
  const { attributes, items } = profiles[place]
  const top = [
    ...attributes.map(({ attribute, value, lift }) => ({ attribute, value, lift })),
    ...items.map(({ item, title, lift }) => ({ item, value: title, lift })),
  ]
  return {
    id: segment.id,
    name: nameOf(shown, segment),
    proposedName: segment.proposedName,
    edited: names.has(segment.id),
    size: rows.length,
    share: rows.length / Math.max(1, populationOf(shown)),
    stability: stabilities[place],
    typical: Array.from(rows.subarray(0, TYPICAL), (row) => ids.id(row)),
    top: top.slice(0, TOP),
  }
}

function segmentAt({ segmentation, erased }: Shown, row: number): Segmentation['segments'][number] | null {
  if (row < 0 || erased.has(row)) return null
  return segmentation.segments.find(({ cluster }) => cluster === segmentation.labels[row]) ?? null
}

function segmentIds({ segmentation: { segments, labels } }: Shown): (row: number) => string {
  const ids = new Map(segments.map(({ cluster, id }) => [cluster, id]))
  return (row) => ids.get(labels[row])!
}

function changeOf<T extends { readonly segments: readonly string[]; readonly into: readonly string[] }>(
  change: T,
) {
  return { ...change, segments: [...change.segments], into: [...change.into] }
}
