/** Where commands find what audiences are made from: the workspace, and the store beside it if there is one. */
import type { Command } from 'commander'
import type { Space } from '../audience/space.ts'
import { readInteractions } from '../data/read.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { ATTRIBUTES, resolveSpace, SERVICE, withoutIds } from '../jobs/spaces.ts'
import { loadAudience } from '../workspace/audiences/audience.ts'
import type { AudienceSources } from '../workspace/audiences/build.ts'
import { exists } from '../workspace/atomic.ts'
import { itemsPerUser } from '../workspace/recommenders.ts'
import { eventsIn, spaceOf } from '../workspace/spaces.ts'
import { storePath } from '../workspace/store/database.ts'
import { openStore, type Store } from '../workspace/store/store.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'
import { fail } from '../errors.ts'
import { workspaceFlag } from './flags.ts'

export interface SourceFlags {
  readonly workspace: string
  readonly database?: string
}

export function sourceFlags(command: Command): Command {
  return workspaceFlag(command).option(
    '--database <url>',
    'postgres:// URL of the store (default: SQLite in the workspace)',
  )
}

export interface SourceOptions {
  /** What `service` stands for. */
  readonly model: string
  /** A version of it, instead of the one in service. */
  readonly version?: number | undefined
  /** A file of interactions: only its users are looked at, and their activity counts. */
  readonly events?: string | undefined
}

/** Runs `work` with the sources of a workspace, and closes the store after it. */
export async function withSources<T>(
  flags: SourceFlags,
  options: SourceOptions,
  work: (sources: AudienceSources) => Promise<T>,
): Promise<T> {
  const workspace = await openWorkspace(flags.workspace)
  const where = storePath(workspace.directory, flags.database)
  // Nothing was ever erased where there is no store; and none is made by looking.
  const store = flags.database !== undefined || (await exists(where)) ? await openStore(where) : null
  try {
    return await work(await sourcesOf(workspace, store, options))
  } finally {
    await store?.close()
  }
}

async function sourcesOf(
  workspace: Workspace,
  store: Store | null,
  { model, version, events }: SourceOptions,
): Promise<AudienceSources> {
  const given = events === undefined ? null : (await readInteractions(events)).interactions
  const counts = new WeakMap<Space, ReadonlyMap<string, number>>()
  const erased = async (upTo: number): Promise<ReadonlySet<string>> => {
    const list = (await store?.entities.erasedSince(upTo)) ?? []
    return new Set(list.filter(({ kind }) => kind === 'user').map(({ id }) => id))
  }
  return {
    workspace,
    erased,
    audience: (id) => loadAudience(workspace, id),
    upTo: async () => (await store?.events.last()) ?? 0,
    async space(name) {
      if (name === ATTRIBUTES && store) {
        const signal = new AbortController().signal
        return resolveSpace({ workspace, store, model, signal }, name, 'user')
      }
      const served = name === SERVICE || name === model
      const loaded = await workspace.loadModel(served ? model : name, served ? version : undefined)
      const all = withoutIds(spaceOf(loaded, 'user'), await erased(eventsIn(loaded.data)))
      const space = given ? among(all, given.users, events!) : all
      const own = given
        ? new Map(Array.from(given.users, (id, row) => [id, given.matrix.degree(row)]))
        : itemsPerUser(loaded)
      if (own) counts.set(space, own)
      return space
    },
    activity(space) {
      const own = counts.get(space)
      return own ? Float32Array.from(space.ids, (id) => own.get(id) ?? 0) : null
    },
  }
}

/** The space of those ids alone that `users` has: an embedding of a graph of users and items has vectors of both. */
function among(space: Space, users: Vocabulary, file: string): Space {
  const others = new Set(space.ids.ids().filter((id) => users.row(id) < 0))
  if (others.size < space.ids.size) return withoutIds(space, others)
  throw fail('EMPTY', {
    what: `none of the users of ${file} has a vector in ${space.name} version ${space.version}`,
    todo: 'Give the events that the model was trained on.',
  })
}
