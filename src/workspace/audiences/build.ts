/** From what is asked for to the members of an audience, and again when it is refreshed. */
import { type Lookalike, lookalike } from '../../audience/lookalike/lookalike.ts'
import { rowsOf } from '../../audience/lookalike/seeds.ts'
import type { Space } from '../../audience/space.ts'
import { fail } from '../../errors.ts'
import { Random } from '../../random.ts'
import { run, type RunOptions } from '../../train/run.ts'
import type { Workspace } from '../workspace.ts'
import {
  type Audience,
  type AudienceSource,
  type LookalikeSource,
  type NewAudience,
  saveAudience,
} from './audience.ts'
import { segmentMembers } from './segment-members.ts'

/** Where what a request names is found. */
export interface AudienceSources {
  readonly workspace: Workspace
  /** The vectors of users under a name, without those of erased users. */
  space(name: string): Promise<Space>
  /** An audience in its version in service. */
  audience(id: string): Promise<Audience>
  /** How much each user of a space did; null where nothing tells. */
  activity(space: Space): Float32Array | null
  /** The users erased since event `upTo`. */
  erased(upTo: number): Promise<ReadonlySet<string>>
  /** The number of the last event there is. */
  upTo(): Promise<number>
}

export interface LookalikeRequest extends Omit<LookalikeSource, 'kind'> {
  readonly seeds: readonly string[]
  readonly suppress: readonly string[]
  readonly curve: boolean
}

export interface FoundLookalike extends Pick<Lookalike, 'scores' | 'candidates' | 'sizes' | 'curve'> {
  readonly space: { readonly name: string; readonly version: number }
  /** Distinct ids given, those with vectors, and those without. */
  readonly seeds: { readonly given: number; readonly known: number; readonly unknown: readonly string[] }
  /** Users kept out by suppression who are no seeds. */
  readonly suppressed: number
  readonly members: readonly string[]
}

/** @throws EMPTY where no seed is known, and as {@link lookalike}; UNKNOWN_NAME for audiences to suppress that are not there. */
export async function findLookalikes(
  sources: AudienceSources,
  request: LookalikeRequest,
  options: RunOptions = {},
): Promise<FoundLookalike> {
  const { method, size, curve, seed } = request
  const lists = await Promise.all(request.suppressAudiences.map((id) => currentMembers(sources, id)))
  const space = await sources.space(request.space)
  const { rows, given, unknown } = rowsOf(request.seeds, space.ids)
  if (rows.length === 0) {
    throw fail('EMPTY', {
      what:
        given === 0
          ? 'look-alikes of nobody: there are no seeds'
          : `none of the ${given} seeds is known to ${space.name} version ${space.version} (the first is ${JSON.stringify(unknown[0])})`,
      todo: `Give ids of users that it was trained on, such as ${JSON.stringify(space.ids.size > 0 ? space.ids.id(0) : '')}.`,
    })
  }
  const suppressed = rowsOf([...request.suppress, ...lists.flatMap(({ members }) => members)], space.ids).rows
  const activity = curve ? sources.activity(space) : null
  const job = lookalike(space, rows, { method, size, suppressed, activity, curve, rng: new Random(seed) })
  const found = await run(job, options)
  return {
    space: { name: space.name, version: space.version },
    seeds: { given, known: rows.length, unknown },
    suppressed: space.ids.size - rows.length - found.candidates,
    members: Array.from(found.rows, (row) => space.ids.id(row)),
    scores: found.scores,
    candidates: found.candidates,
    sizes: found.sizes,
    curve: found.curve,
  }
}

/** What was found, to be kept under a name. `upTo`: the last event before it was looked for. */
export function lookalikeAudience(
  name: string,
  request: LookalikeRequest,
  found: FoundLookalike,
  upTo: number,
): NewAudience {
  const { method, size, space, suppressAudiences, seed, seeds, suppress } = request
  const source = { kind: 'lookalike', method, size, space, suppressAudiences, seed } as const
  const { members, scores } = found
  return { name, source, space: found.space, members, scores, upTo, seeds, suppressed: suppress }
}

/** The members of an audience of whom nobody was erased since it was made, with their scores. */
export async function currentMembers(
  sources: Pick<AudienceSources, 'audience' | 'erased'>,
  id: string,
): Promise<Audience> {
  const audience = await sources.audience(id)
  const erased = await sources.erased(audience.upTo)
  if (!audience.members.some((member) => erased.has(member))) return audience
  const kept = audience.members.flatMap((member, i) => (erased.has(member) ? [] : [i]))
  const members = kept.map((i) => audience.members[i])
  const scores = audience.scores && Float32Array.from(kept, (i) => audience.scores![i])
  return { ...audience, members, scores, size: members.length }
}

export interface AudienceChange {
  readonly id: string
  readonly version: number
  readonly size: number
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly kept: number
}

/**
 * Makes an audience anew from what it was made from, as things are now, and saves it as the next version. A list of ids stays, without
 * those who were erased.
 */
export async function refreshAudience(
  sources: AudienceSources,
  id: string,
  options: RunOptions = {},
): Promise<AudienceChange> {
  const before = await currentMembers(sources, id)
  const upTo = await sources.upTo()
  const after = await madeFrom(sources, before, options)
  const { name, source, seeds, suppressed, created } = before
  const version = await saveAudience(sources.workspace, id, {
    ...after,
    name,
    source,
    seeds,
    suppressed,
    created,
    upTo,
  })
  const [old, fresh] = [new Set(before.members), new Set(after.members)]
  const added = after.members.filter((member) => !old.has(member))
  const removed = before.members.filter((member) => !fresh.has(member))
  return { id, version, size: fresh.size, added, removed, kept: fresh.size - added.length }
}

type Members = Pick<Audience, 'members' | 'scores' | 'space'>

async function madeFrom(sources: AudienceSources, audience: Audience, options: RunOptions): Promise<Members> {
  const { source, seeds, suppressed: suppress } = audience
  if (source.kind === 'ids') return audience
  if (source.kind === 'segment') return segmentAudience(sources, source)
  return findLookalikes(sources, { ...source, seeds, suppress, curve: false }, options)
}

/** The members of a segment, as the segmentation in service has it. */
export async function segmentAudience(
  sources: AudienceSources,
  { segmentation, segment }: Extract<AudienceSource, { kind: 'segment' }>,
): Promise<Members> {
  const { members, space, upTo } = await segmentMembers(sources.workspace, segmentation, segment)
  const erased = await sources.erased(upTo)
  return { members: members.filter((member) => !erased.has(member)), scores: null, space }
}
