/** How far users and items moved from version to version of the model. */
import { z } from 'zod'
import { summarizeDrift } from '../../audience/drift.ts'
import { Vocabulary } from '../../data/vocabulary.ts'
import { driftIn } from '../../workspace/recommenders.ts'
import { eventsIn } from '../../workspace/spaces.ts'
import type { App } from '../app.ts'
import { absent } from '../problems.ts'
import { id as anyId } from '../schemas.ts'
import * as schemas from '../schemas/drift.ts'

/** What is kept of a version. */
interface Drift extends ReturnType<typeof driftIn> {
  readonly version: number
  readonly upTo: number
  readonly ids: { readonly users: Vocabulary; readonly items: Vocabulary }
}

/** Versions that are kept in memory. */
const KEPT = 2

export function driftRoutes({ app, service }: App): void {
  const { workspace, store, name } = service
  const tags = ['models']
  const kept = new Map<string, Promise<Drift>>()

  async function load(version: number): Promise<Drift> {
    const model = await workspace.loadModel(name, version)
    const ids = { users: Vocabulary.from(model.users), items: Vocabulary.from(model.items) }
    return { version, upTo: eventsIn(model.data), ids, ...driftIn(model) }
  }

  async function find(wanted: number | undefined): Promise<Drift> {
    const { version, created } = await workspace.findModel(name, wanted)
    const key = `${version} ${created}`
    const found = kept.get(key) ?? load(version)
    kept.delete(key)
    kept.set(key, found)
    for (const old of kept.keys()) if (kept.size > KEPT) kept.delete(old)
    found.catch(() => kept.delete(key))
    return found
  }

  /** The rows of whoever was erased. */
  async function erased({ upTo, ids }: Drift, kind: 'user' | 'item'): Promise<ReadonlySet<number>> {
    const list = await store.entities.erasedSince(upTo)
    const known = kind === 'user' ? ids.users : ids.items
    return new Set(list.filter((each) => each.kind === kind).map(({ id }) => known.row(id)))
  }

  async function summary(found: Drift, kind: 'user' | 'item') {
    const [ids, drifts] = kind === 'user' ? [found.ids.users, found.users] : [found.ids.items, found.items]
    const { histogram, most, ...figures } = summarizeDrift(
      drifts,
      (row) => ids.id(row),
      await erased(found, kind),
    )
    return {
      ...figures,
      most: [...most],
      histogram: { edges: [...histogram.edges], counts: [...histogram.counts] },
    }
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
      const found = await find(version)
      const { against } = found
      return {
        version,
        against,
        aligned: true,
        users: await summary(found, 'user'),
        items: await summary(found, 'item'),
      }
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
      const found = await find(query.version)
      const row = found.ids.users.row(id)
      if (row < 0 || (await erased(found, 'user')).has(row)) throw absent('user', id)
      const drift = found.users[row]
      return { id, version: found.version, against: found.against, drift: drift < 0 ? null : drift }
    },
  })
}
