/** What segments are built from on the command line: a model or a file of vectors, attributes and events from files or from the store. */
import { existsSync } from 'node:fs'
import { columnNames } from '../data/columns.ts'
import { readInteractions } from '../data/read.ts'
import { readTable } from '../data/read-table.ts'
import { fail } from '../errors.ts'
import { type AttributeTable, attributeTable } from '../jobs/attributes.ts'
import { interactionsFor } from '../jobs/segment.ts'
import type { SegmentationInput } from '../jobs/segmentation.ts'
import { ATTRIBUTES, comparesDirections, featureSpace, resolveWithModel } from '../jobs/spaces.ts'
import { familyOf } from '../workspace/families.ts'
import { interactionsIn } from '../workspace/recommenders.ts'
import { spaceOf } from '../workspace/spaces.ts'
import { storePath } from '../workspace/store/database.ts'
import { openStore, type Store } from '../workspace/store/store.ts'
import { readVectors } from '../workspace/vectors/index.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { Context } from './context.ts'
import { fitOptions } from './feature-source.ts'
import { given } from './flags.ts'

export interface SegmentInputFlags {
  readonly vectors?: string
  readonly vectorIds?: string
  readonly users?: string
  readonly feature?: string[]
  readonly itemFeature?: string[]
  readonly missing?: string[]
  readonly items?: string
  readonly interactions?: string[]
  readonly database?: string
}

/** Opens the store beside a workspace for the time of `work`; null where there is none. */
export async function withStore<T>(
  workspace: Workspace,
  database: string | undefined,
  work: (store: Store | null) => Promise<T>,
): Promise<T> {
  const where = storePath(workspace.directory, database)
  const store = database !== undefined || existsSync(where) ? await openStore(where) : null
  try {
    return await work(store)
  } finally {
    await store?.close()
  }
}

/** Files that are named come before the store. */
export async function readSegmentInput(
  context: Context,
  workspace: Workspace,
  store: Store | null,
  name: string | undefined,
  flags: SegmentInputFlags,
): Promise<SegmentationInput> {
  if ((name === undefined) === (flags.vectors === undefined)) {
    throw fail('ARGUMENT', {
      what: 'what to build segments on',
      expected: `the name of a model, ${ATTRIBUTES}, or --vectors <file>`,
      got: name === undefined ? 'neither' : 'both',
    })
  }
  const signal = context.signal ?? new AbortController().signal
  const job = store && { store, signal }
  const upTo = (await store?.events.last()) ?? 0
  const found = await attributes(context, job, 'user', flags.users)
  const users = found && { ...found, options: fitOptions(flags, 1) }
  const things = await attributes(context, job, 'item', flags.items)
  const items = things && {
    ...things,
    options: fitOptions(given({ feature: flags.itemFeature, missing: flags.missing }), 1),
  }
  const files = flags.interactions
  const read = files ? (await context.untilInterrupted(() => readInteractions(files))).interactions : null
  const parts = { users, items, upTo }
  if (flags.vectors !== undefined) {
    const { nodes, dim, data } = await readVectors(
      flags.vectors,
      flags.vectorIds === undefined ? {} : { ids: flags.vectorIds },
    )
    const space = { name: flags.vectors, version: 0, of: 'user' as const, ids: nodes, dim, data }
    return { ...parts, space, unit: true, interactions: read }
  }
  if (name === ATTRIBUTES) {
    if (!users) throw fail('EMPTY', { what: 'there are no attributes', todo: 'Name a file: --users <file>.' })
    return { ...parts, space: featureSpace(users, 'user'), unit: false, interactions: read }
  }
  if (job) {
    const all = { ...job, workspace, model: name!, config: null, onProgress: () => {} }
    const { space, model } = await resolveWithModel(all, name!, 'user')
    const interactions = read ?? (await interactionsFor(all, model))
    return { ...parts, space, unit: comparesDirections(model), interactions }
  }
  const model = await workspace.loadModel(name!)
  const interactions = read ?? (familyOf(model.metadata) === 'recommend' ? interactionsIn(model) : null)
  return { ...parts, space: spaceOf(model, 'user'), unit: comparesDirections(model), interactions }
}

/** The table of a file, or of the store; null with neither. */
async function attributes(
  context: Context,
  job: { readonly store: Store; readonly signal: AbortSignal } | null,
  kind: 'user' | 'item',
  file: string | undefined,
): Promise<AttributeTable | null> {
  if (file === undefined) return job && attributeTable(job, kind)
  const { table } = await context.untilInterrupted(() => readTable(file))
  const candidates = columnNames(kind)
  const column = candidates.map((name) => table.find(name)).find((found) => found !== undefined)
  if (column) return { ids: table.ids(column), table: table.without(column) }
  throw fail('MISSING_COLUMN', {
    file,
    column: kind,
    candidates,
    columns: table.names,
    flag: 'a header of that name',
  })
}
