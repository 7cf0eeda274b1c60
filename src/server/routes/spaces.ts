/** What segments, look-alikes and maps can be made from, and what points can be coloured by. */
import { ATTRIBUTES, onlyOther, SERVICE } from '../../jobs/spaces.ts'
import { Kept } from '../../workspace/kept.ts'
import { listSpaces, type SpaceSummary } from '../../workspace/spaces.ts'
import type { EntityKind } from '../../workspace/store/tables.ts'
import type { App } from '../app.ts'
import { AttributeCount, type AttributeSummary } from '../attribute-count.ts'
import * as schemas from '../schemas/spaces.ts'

/** Users or items that are read at a time. */
const PAGE = 1000
/** Embeddings whose ids are kept in numbers. */
const KEPT = 20

interface Counts {
  readonly users: number
  readonly items: number
}

export function spaceRoutes({ app, service }: App): void {
  const { workspace, store, name: served } = service
  const counted = new Kept<Counts>(KEPT)
  const listed = new Kept<{ items: AttributeSummary[]; total: number }>(2)

  /** How many nodes of an embedding can be users, and items: those that are not known as the other kind alone. */
  async function countNodes({ name, version, created }: SpaceSummary): Promise<Counts> {
    const live = service.live
    const marks = [await store.entities.mark('user'), await store.entities.mark('item')]
    const count = async (): Promise<Counts> => {
      const { items: ids } = await workspace.loadModel(name, version)
      const known = live?.model.interactions ?? { users: [], items: [] }
      const [items, users] = [await onlyOther(store, known, 'user'), await onlyOther(store, known, 'item')]
      return {
        users: ids.filter((id) => !items.has(id)).length,
        items: ids.filter((id) => !users.has(id)).length,
      }
    }
    return marks.includes(null)
      ? count()
      : counted.get(JSON.stringify([name, version, created, live?.version, marks]), count)
  }

  app.route({
    method: 'GET',
    url: '/v1/spaces',
    config: { role: 'read' },
    schema: {
      summary: 'What users and items can be compared by',
      description:
        '`service` is the model in service, whatever it is called, and `attributes` is what is stored of them; then come other models that have vectors.',
      tags: ['models'],
      response: { 200: schemas.spaces },
    },
    async handler() {
      const all = await listSpaces(workspace)
      const own = all.find(({ name }) => name === served)
      const { users, items } = await census()
      const attributes = { model: null, version: null, versions: [], method: null, family: null, dim: null }
      const others = all.filter(({ name }) => name !== served)
      return {
        items: [
          ...(own
            ? [{ ...summaryOf(own), name: SERVICE, users: own.rows.users, items: own.rows.items }]
            : []),
          ...(users + items > 0 ? [{ name: ATTRIBUTES, ...attributes, users, items }] : []),
          ...(await Promise.all(
            others.map(async (space) => ({
              ...summaryOf(space),
              ...(space.family === 'embed' ? await countNodes(space) : onlyRows(space)),
            })),
          )),
        ],
      }
    },
  })

  async function census(): Promise<Counts> {
    return { users: await store.entities.count('user'), items: await store.entities.count('item') }
  }

  app.route({
    method: 'GET',
    url: '/v1/attributes/:of',
    config: { role: 'read' },
    schema: {
      summary: 'The attributes that are stored of users, or of items, in the order of their names',
      tags: ['users', 'items'],
      params: schemas.attributesParams,
      response: { 200: schemas.attributeList },
    },
    async handler({ params: { of } }) {
      const kind = of === 'users' ? 'user' : 'item'
      const mark = await store.entities.mark(kind)
      return mark === null
        ? attributesOf(kind)
        : listed.get(JSON.stringify([kind, mark]), () => attributesOf(kind))
    },
  })

  async function attributesOf(kind: EntityKind): Promise<{ items: AttributeSummary[]; total: number }> {
    const count = new AttributeCount()
    for await (const page of store.entities.all(kind, PAGE)) {
      for (const { attributes } of page) count.add(attributes)
      // The store may answer on this thread: others want to be answered, too.
      await new Promise((resolve) => setImmediate(resolve))
    }
    return { items: count.summary(), total: count.total }
  }
}

function summaryOf({ name, version, versions, family, method, dim }: SpaceSummary) {
  return { name, model: name, version, versions: [...versions], method, family, dim }
}

function onlyRows({ rows: { users, items } }: SpaceSummary): Counts {
  return { users, items }
}
