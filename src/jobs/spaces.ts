/** The spaces that jobs and requests name: what answers now, the attributes in the store, or any model that has vectors. */
import type { Space, SpaceOf } from '../audience/space.ts'
import { applyFeatures } from '../data/features/apply.ts'
import { fitFeatures } from '../data/features/plan.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import { heap, Region } from '../kernels/heap.ts'
import { denseOf } from '../tensor/features.ts'
import { familyOf } from '../workspace/families.ts'
import { eventsIn, spaceOf } from '../workspace/spaces.ts'
import type { Store } from '../workspace/store/store.ts'
import type { LoadedModel } from '../workspace/workspace.ts'
import { type AttributeTable, attributeTable } from './attributes.ts'
import type { JobContext } from './context.ts'

export type SpaceContext = Pick<JobContext, 'store' | 'workspace' | 'model' | 'signal'>

/** The name of the model that is served, whatever it is called. */
export const SERVICE = 'service'
/** The attributes in the store, as numbers. */
export const ATTRIBUTES = 'attributes'

export interface ResolvedSpace {
  readonly space: Space
  /** What the vectors are of; null for attributes. */
  readonly model: LoadedModel | null
}

/**
 * The vectors that `name` stands for: `service`, `attributes`, or a model of the workspace, in its version in service. Whoever was erased since
 * is left out. The version of `attributes` is 0.
 *
 * @throws UNKNOWN_NAME for a model that is not there; ARGUMENT for one without vectors; EMPTY where nobody has attributes.
 */
export async function resolveSpace(context: SpaceContext, name: string, of: SpaceOf): Promise<Space> {
  return (await resolveWithModel(context, name, of)).space
}

export async function resolveWithModel(
  context: SpaceContext,
  name: string,
  of: SpaceOf,
): Promise<ResolvedSpace> {
  if (name === ATTRIBUTES) return { space: featureSpace(await attributeTable(context, of), of), model: null }
  const model = await context.workspace.loadModel(name === SERVICE ? context.model : name)
  const erased = await context.store.entities.erasedSince(eventsIn(model.data))
  const gone = new Set(erased.filter(({ kind }) => kind === of).map(({ id }) => id))
  const space = withoutIds(spaceOf(model, of), gone)
  return { space: familyOf(model.metadata) === 'embed' ? await oneKind(context, space) : space, model }
}

/** The nodes of an embedding without those that are known as the other kind alone: a graph may have users and items. */
async function oneKind(context: SpaceContext, space: Space): Promise<Space> {
  const { workspace, store, model } = context
  const served =
    (await workspace.currentVersion(model)) === undefined ? null : await workspace.loadModel(model)
  const others = await onlyOther(
    store,
    served && familyOf(served.metadata) === 'recommend' ? served : { users: [], items: [] },
    space.of,
  )
  const left = withoutIds(space, others)
  if (left.ids.size > 0) return left
  throw fail('EMPTY', {
    what: `nothing in ${space.name}, version ${space.version}, is ${space.of === 'user' ? 'a user: all of it are items' : 'an item: all of it are users'}`,
    todo: `Take another space, or learn one of a graph that has ${space.of}s.`,
  })
}

/** The ids that a model or the store know as items and not as users, or, for `item`, the other way about. */
export async function onlyOther(
  store: Store,
  { users, items }: { readonly users: Iterable<string>; readonly items: Iterable<string> },
  of: SpaceOf,
): Promise<ReadonlySet<string>> {
  const known = async (kind: SpaceOf): Promise<string[]> => [
    ...(kind === 'user' ? users : items),
    ...(await store.entities.ids(kind)),
  ]
  const others = new Set(await known(of === 'user' ? 'item' : 'user'))
  for (const id of await known(of)) others.delete(id)
  return others
}

/** Whether vectors of a model are compared by their directions, as those of recommenders and embeddings are; null: attributes. */
export function comparesDirections(model: LoadedModel | null): boolean {
  const family = familyOf(model?.metadata)
  return family === 'recommend' || family === 'embed'
}

/** Attributes as numbers: a plan is fitted to the table, as `homophily features` does. */
export function featureSpace({ ids, table, options }: AttributeTable, of: SpaceOf): Space {
  if (ids.size === 0) {
    throw fail('EMPTY', {
      what: `no ${of} has attributes`,
      todo: `Store some (PUT /v1/${of}s/{id}), or take another space.`,
    })
  }
  const region = new Region()
  try {
    const { data, cols } = heap.within(region, () =>
      denseOf(applyFeatures(fitFeatures(table, { ...options, layout: 'dense' }), table).matrix),
    )
    return { name: ATTRIBUTES, version: 0, of, ids, dim: cols, data: data.slice() }
  } finally {
    heap.close(region)
  }
}

/** The space without the rows of some ids. */
export function withoutIds(space: Space, gone: ReadonlySet<string>): Space {
  const { ids, dim, data } = space
  if (![...gone].some((id) => ids.row(id) >= 0)) return space
  const rows = Array.from({ length: ids.size }, (_, row) => row).filter((row) => !gone.has(ids.id(row)))
  const kept = new Float32Array(rows.length * dim)
  rows.forEach((row, r) => kept.set(data.subarray(row * dim, (row + 1) * dim), r * dim))
  return { ...space, ids: Vocabulary.from(rows.map((row) => ids.id(row))), data: kept }
}
