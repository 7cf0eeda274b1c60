/**
 * Audiences in a workspace: lists of users under a name, with versions. Audience `x` is the model `audience.x`; its members are the
 * bundle's users, best first; the ids that it was made from are the bundle's items.
 */
import { z } from 'zod'
import { fail, quote } from '../../errors.ts'
import { damagedModel, requireFamily } from '../families.ts'
import { isName } from '../names.ts'
import type { LoadedModel, VersionSummary, Workspace } from '../workspace.ts'

const PREFIX = 'audience.'
const SCORES = 'scores'

const lookalikeSource = z.object({
  kind: z.literal('lookalike'),
  space: z.string(),
  method: z.enum(['centroid', 'max-similarity', 'classifier']),
  size: z.union([z.int().positive(), z.enum(['narrow', 'balanced', 'broad'])]),
  suppressAudiences: z.array(z.string()),
  seed: z.int(),
})
const source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ids') }),
  z.object({ kind: z.literal('segment'), segmentation: z.string(), segment: z.string() }),
  lookalikeSource,
])
/** What an audience is made from again when it is refreshed; the ids of its seeds aside. */
export type AudienceSource = z.output<typeof source>
export type LookalikeSource = z.output<typeof lookalikeSource>

/** What `data` of a bundle holds. */
const saved = z.object({
  name: z.string(),
  source,
  /** Of which vectors; null for lists of ids. */
  space: z.object({ name: z.string(), version: z.int() }).nullable(),
  /** When the first version was made; absent in that version. */
  created: z.string().optional(),
  /** The last event before it was made: whoever is erased from then on is left out when members are read. */
  events: z.object({ upTo: z.int() }),
  /** How many of the items are seeds; the rest are suppressed ids. */
  seeds: z.int(),
})
type Saved = z.output<typeof saved>

export interface AudienceSummary {
  readonly id: string
  /** For people. */
  readonly name: string
  readonly source: AudienceSource
  readonly space: { readonly name: string; readonly version: number } | null
  readonly version: number
  /** Members when it was saved. */
  readonly size: number
  /** ISO 8601: the first version, and this one. */
  readonly created: string
  readonly refreshed: string
}

export interface Audience extends AudienceSummary {
  readonly members: readonly string[]
  /** Of each member; null for lists. */
  readonly scores: Float32Array | null
  readonly seeds: readonly string[]
  readonly suppressed: readonly string[]
  readonly upTo: number
}

export type NewAudience = Pick<Audience, 'name' | 'source' | 'space' | 'members' | 'scores' | 'upTo'> &
  Partial<Pick<Audience, 'seeds' | 'suppressed'>> & { readonly created?: string }

/** Saves a version of audience `id` and answers its number. */
export async function saveAudience(workspace: Workspace, id: string, audience: NewAudience): Promise<number> {
  const { name, source, space, members, scores, upTo, seeds = [], suppressed = [], created } = audience
  const data: Saved = {
    name,
    source,
    space: space && { name: space.name, version: space.version },
    ...(created === undefined ? {} : { created }),
    events: { upTo },
    seeds: seeds.length,
  }
  const { version } = await workspace.saveModel(modelOf(id), {
    method: source.kind,
    config: {},
    seed: source.kind === 'lookalike' ? source.seed : 0,
    users: members,
    items: [...seeds, ...suppressed],
    metadata: { family: 'audience' },
    data,
    tensors: scores ? { [SCORES]: { data: scores, shape: [scores.length] } } : {},
  })
  return version
}

/** Which version of audience `id` is in service, and when it was saved. @throws UNKNOWN_NAME when there is none of that id. */
export async function findAudience(
  workspace: Workspace,
  id: string,
): Promise<{ readonly version: number; readonly created: string }> {
  await requireAudience(workspace, id)
  return workspace.findModel(modelOf(id))
}

/** Audience `id` in its version in service, or the given one. @throws UNKNOWN_NAME when there is none of that id. */
export async function loadAudience(workspace: Workspace, id: string, version?: number): Promise<Audience> {
  await requireAudience(workspace, id)
  const model = await workspace.loadModel(modelOf(id), version)
  requireFamily(model, 'audience')
  const { name, source, space, created, events, seeds } = dataOf(model)
  const scores = model.tensors[SCORES]?.data ?? null
  if (scores !== null && !(scores instanceof Float32Array && scores.length === model.users.length))
    throw damagedModel(model, 'a score of each member')
  const ids = [...model.items]
  return {
    id,
    name,
    source,
    space,
    version: model.version,
    size: model.users.length,
    created: created ?? model.created,
    refreshed: model.created,
    members: model.users,
    scores,
    seeds: ids.slice(0, seeds),
    suppressed: ids.slice(seeds),
    upTo: events.upTo,
  }
}

/** All audiences, by id. */
export async function listAudiences(workspace: Workspace): Promise<AudienceSummary[]> {
  const found: AudienceSummary[] = []
  for (const { name, current } of await workspace.listModels()) {
    if (!name.startsWith(PREFIX) || current === undefined) continue
    const { versions } = await workspace.showModel(name)
    const summary = summaryOf(
      name.slice(PREFIX.length),
      versions.find((version) => version.current),
    )
    if (summary) found.push(summary)
  }
  return found
}

/** Deletes audience `id` with all its versions. @throws UNKNOWN_NAME when there is none of that id. */
export async function deleteAudience(workspace: Workspace, id: string): Promise<void> {
  await requireAudience(workspace, id)
  await workspace.deleteModel(modelOf(id))
}

/**
 * An id for an audience of this name that none of `known` has: its Latin letters and digits, with a number where that is taken.
 *
 * @throws CONFLICT where one has the same name.
 */
export function newAudienceId(name: string, known: readonly Pick<AudienceSummary, 'id' | 'name'>[]): string {
  const same = known.find((each) => each.name === name)
  if (same) {
    throw fail('CONFLICT', {
      what: `audience ${quote(name)}`,
      expected: 'a name that no audience has, or a refresh of the one that has it',
      got: `that of audience ${same.id}`,
    })
  }
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
  const stem = plain === '' ? 'audience' : plain
  const taken = new Set(known.map(({ id }) => id))
  for (let n = 1; ; n++) {
    const id = n === 1 ? stem : `${stem}-${n}`
    if (!taken.has(id)) return id
  }
}

async function requireAudience(workspace: Workspace, id: string): Promise<void> {
  if (isName(modelOf(id)) && (await workspace.currentVersion(modelOf(id))) !== undefined) return
  const known = (await listAudiences(workspace)).map((audience) => audience.id)
  throw fail('UNKNOWN_NAME', { kind: 'audience', name: id, known })
}

function modelOf(id: string): string {
  return PREFIX + id
}

function dataOf(model: LoadedModel): Saved {
  const parsed = saved.safeParse(model.data)
  if (parsed.success) return parsed.data
  throw damagedModel(model, 'what an audience was made from')
}

/** A version whose `model.json` cannot be read, or is not of an audience, is left out of lists. */
function summaryOf(id: string, version: VersionSummary | undefined): AudienceSummary | null {
  const parsed = saved.safeParse(version?.details?.data)
  if (!version?.details || !parsed.success) return null
  const { name, source, space, created } = parsed.data
  const { details } = version
  return {
    id,
    name,
    source,
    space,
    version: version.version,
    size: details.users,
    created: created ?? details.created,
    refreshed: details.created,
  }
}
