/** How far users, items and nodes moved from version to version of a space. */
import { z } from 'zod'
import { summarizeDrift } from '../../audience/drift.ts'
import { Vocabulary } from '../../data/vocabulary.ts'
import { fail } from '../../errors.ts'
import { SERVICE } from '../../jobs/spaces.ts'
import { type DriftKind, driftIn, idsOf } from '../../workspace/drifts.ts'
import { Kept } from '../../workspace/kept.ts'
import { eventsIn } from '../../workspace/spaces.ts'
import type { App } from '../app.ts'
import { absent } from '../problems.ts'
import { id as anyId } from '../schemas.ts'
import * as schemas from '../schemas/drift.ts'

interface Table {
  readonly ids: Vocabulary
  readonly drift: Float32Array
}

/** What is kept of a version. */
interface Drift {
  readonly version: number
  readonly against: number
  readonly upTo: number
  readonly tables: ReadonlyMap<DriftKind, Table>
}

/** Versions that are kept in memory. */
const KEPT = 2

export function driftRoutes({ app, service }: App): void {
  const { workspace, store, name: served } = service
  const tags = ['models']
  const kept = new Kept<Drift>(KEPT)

  async function load(name: string, wanted: number): Promise<Drift> {
    const model = await workspace.loadModel(name, wanted)
    const { against, drifts } = driftIn(model)
    const tables = Object.entries(drifts).map(([key, drift]) => {
      const kind = key as DriftKind
      return [kind, { ids: Vocabulary.from(idsOf(model, kind)), drift }] as const
    })
    return { version: wanted, against, upTo: eventsIn(model.data), tables: new Map(tables) }
  }

  async function find(space: string, wanted: number | undefined): Promise<Drift> {
    const name = space === SERVICE ? served : space
    const { version, created } = await workspace.findModel(name, wanted)
    return kept.get(JSON.stringify([name, version, created]), () => load(name, version))
  }

  /** The rows of whoever was erased. Nodes may be users or items. */
  async function erased({ upTo }: Drift, kind: DriftKind, ids: Vocabulary): Promise<ReadonlySet<number>> {
    const list = await store.entities.erasedSince(upTo)
    return new Set(
      list.filter((each) => kind === 'nodes' || `${each.kind}s` === kind).map(({ id }) => ids.row(id)),
    )
  }

  async function summary(found: Drift, kind: DriftKind) {
    const table = found.tables.get(kind)
    if (!table) return null
    const { ids, drift } = table
    const { histogram, most, ...figures } = summarizeDrift(
      drift,
      (row) => ids.id(row),
      await erased(found, kind, ids),
    )
    return {
      ...figures,
      most: [...most],
      histogram: { edges: [...histogram.edges], counts: [...histogram.counts] },
    }
  }

  /** Undefined for an id that the version does not have, null for one that the version before did not. */
  async function driftOf(found: Drift, kind: DriftKind, id: string): Promise<number | null | undefined> {
    const table = found.tables.get(kind)
    const row = table?.ids.row(id) ?? -1
    if (!table || row < 0 || (await erased(found, kind, table.ids)).has(row)) return undefined
    return table.drift[row] < 0 ? null : table.drift[row]
  }

  app.route({
    method: 'GET',
    url: '/v1/models/:version/drift',
    config: { role: 'read' },
    schema: {
      summary: 'How far users and items are from where the version before had them',
      tags,
      params: z.object({ version: z.coerce.number().int().positive() }),
      response: { 200: schemas.drift },
    },
    async handler({ params: { version } }) {
      const found = await find(SERVICE, version)
      const [users, items] = [await summary(found, 'users'), await summary(found, 'items')]
      return { version, against: found.against, aligned: true, users: users!, items: items! }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/users/:id/drift',
    config: { role: 'read' },
    schema: {
      summary: 'How far a user is from where the version before had them',
      tags,
      params: z.object({ id: anyId }),
      querystring: schemas.driftQuery,
      response: { 200: schemas.userDrift },
    },
    async handler({ params: { id }, query }) {
      const found = await find(SERVICE, query.version)
      const drift = await driftOf(found, 'users', id)
      if (drift === undefined) throw absent('user', id)
      return { id, version: found.version, against: found.against, drift }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/spaces/:space/drift',
    config: { role: 'read' },
    schema: {
      summary: 'How far everything in a space is from where the version before had it',
      description:
        '`service`, or the name of a model that has vectors. A space whose vectors were not turned onto those before answers 404, with the reason.',
      tags,
      params: schemas.spaceParams,
      querystring: schemas.driftQuery,
      response: { 200: schemas.spaceDrift },
    },
    async handler({ params: { space }, query }) {
      const found = await find(space, query.version)
      const { version, against } = found
      const tables = {
        users: await summary(found, 'users'),
        items: await summary(found, 'items'),
        nodes: await summary(found, 'nodes'),
      }
      return { space, version, against, ...tables }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/spaces/:space/drift/:id',
    config: { role: 'read' },
    schema: {
      summary: 'How far one id is from where the version before had it',
      description: 'An id that is both a user and an item has one answer for each.',
      tags,
      params: schemas.spaceParams.extend({ id: anyId }),
      querystring: schemas.driftQuery,
      response: { 200: schemas.idDrift },
    },
    async handler({ params: { space, id }, query }) {
      const found = await find(space, query.version)
      const own: { kind: DriftKind; drift: number | null }[] = []
      for (const kind of found.tables.keys()) {
        const drift = await driftOf(found, kind, id)
        if (drift !== undefined) own.push({ kind, drift })
      }
      if (own.length === 0)
        throw fail('MISSING', {
          what: `${space}, version ${found.version}, has no vector of ${JSON.stringify(id)}`,
          todo: 'Check the id.',
        })
      return { id, version: found.version, against: found.against, found: own }
    },
  })
}
