/** A new version of a segmentation: users grouped, profiled, and matched with the segments that there were. */
import {
  changesBetween,
  countFlows,
  type Flows,
  type Grouping,
  matchClusters,
  sharedRows,
} from '../audience/flows.ts'
import { proposeNames } from '../audience/naming.ts'
import { type Profile, profileClusters } from '../audience/profile.ts'
import { type SegmentedUsers, segmentUsers, type SegmentOptions } from '../audience/segment.ts'
import type { Space } from '../audience/space.ts'
import type { EarlierGroups } from '../audience/warm-start.ts'
import { itemsOf, leanings, type Traits, traitsOf } from '../audience/traits.ts'
import type { Interactions } from '../data/interactions.ts'
import type { Vocabulary } from '../data/vocabulary.ts'
import { run } from '../train/run.ts'
import {
  checkSegmentationName,
  freshSegmentIds,
  groupingOf,
  loadSegmentation,
  type Segmentation,
  saveSegmentation,
  type SegmentRecord,
} from '../workspace/segmentations.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { AttributeTable } from './attributes.ts'

export interface SegmentationInput {
  readonly space: Space
  /** Whether directions alone count, as in spaces of recommenders and embeddings. */
  readonly unit: boolean
  /** Null where there are none. */
  readonly users: AttributeTable | null
  readonly items: AttributeTable | null
  readonly interactions: Interactions | null
  /** The last event of the store; 0 without one. */
  readonly upTo: number
}

export interface BuiltSegmentation {
  readonly segmentation: string
  readonly version: number
  readonly clusters: number
}

export interface BuildOptions extends Omit<SegmentOptions, 'before'> {
  /** Whether it goes into service. */
  readonly promote: boolean
  /** Where it begins: where the version in service is, if that is of the same space, or from fresh seeds. Default previous. */
  readonly initial?: 'previous' | 'seeds'
}

/** Saves a new version of segmentation `name`. */
export async function buildSegmentation(
  workspace: Workspace,
  name: string,
  input: SegmentationInput,
  { promote, initial = 'previous', ...options }: BuildOptions,
): Promise<BuiltSegmentation> {
  await checkSegmentationName(workspace, name)
  const { space, unit, upTo } = input
  const before = (await workspace.currentVersion(name)) ? await loadSegmentation(workspace, name) : null
  const segmented = await segmentUsers(space, unit, {
    ...options,
    before: before ? groupsOf(before, space, initial) : undefined,
  })
  const { model, population } = segmented
  const traits = traitsFor(input, population)
  const { profiles, comparisons } = await run(
    profileClusters({ labels: model.labels, clusters: model.clusters, ...traits }),
    options,
  )
  const { segments, since } = await nameSegments(workspace, name, segmented, profiles, before)
  const saved = await saveSegmentation(
    workspace,
    name,
    segmented,
    {
      segments,
      space: { name: space.name, version: space.version },
      profiles: segments.map(({ cluster }) => profiles[cluster]),
      comparisons,
      since,
      start: 'reason' in segmented.start ? segmented.start : { from: before!.version, ...segmented.start },
      upTo,
    },
    promote,
  )
  return { segmentation: name, version: saved.version, clusters: segments.length }
}

/** What to begin from, or why there is nothing. */
function groupsOf(
  before: Segmentation,
  space: Space,
  initial: 'previous' | 'seeds',
): EarlierGroups | { readonly reason: string } {
  if (initial === 'seeds') return { reason: 'fresh seeds were asked for' }
  if (before.space.name !== space.name)
    return { reason: `the segments before are of another space, ${before.space.name}` }
  return before
}

/** Their own attributes, what they lean to by the attributes of their items, how active they are, and the items themselves. */
function traitsFor({ users, items, interactions }: SegmentationInput, population: Vocabulary) {
  const own: Traits = users
    ? traitsOf(users.table, users.ids, population, users.options)
    : { values: [], numbers: [] }
  if (!interactions) {
    return { traits: own, items: null, itemIds: String, itemTitle: String }
  }
  const histories = itemsOf(interactions, population)
  const ofItems = items ? traitsOf(items.table, items.ids, interactions.items, items.options).values : []
  const activity = Float64Array.from({ length: population.size }, (_, u) => histories.degree(u))
  const title = items?.table.find('title') ?? items?.table.find('name')
  return {
    traits: {
      values: [...own.values, ...leanings(histories, ofItems)],
      numbers: [
        ...own.numbers.filter(({ attribute }) => attribute !== ACTIVITY),
        { attribute: ACTIVITY, values: activity },
      ],
    },
    items: histories,
    itemIds: (row: number) => interactions.items.id(row),
    itemTitle(id: string) {
      const code = title?.codes[items!.ids.row(id)] ?? -1
      return code < 0 ? id : title!.values.id(code)
    },
  }
}

/** How many different items a user has interacted with. */
const ACTIVITY = 'activity'

type Named = {
  readonly segments: readonly SegmentRecord[]
  readonly since: { readonly version: number; readonly changes: ReturnType<typeof changesBetween> } | null
}

/** Segments by size. Those that go on keep their id and their name; the others get ids that none had. */
async function nameSegments(
  workspace: Workspace,
  name: string,
  { model, population }: SegmentedUsers,
  profiles: readonly Profile[],
  before: Segmentation | null,
): Promise<Named> {
  const clusters = Array.from(model.sizes.keys())
    .filter((cluster) => model.sizes[cluster] > 0)
    .sort((a, b) => model.sizes[b] - model.sizes[a] || a - b)
  const known = before ? continued(before, model.labels, model.clusters, population) : null
  const fresh = await freshSegmentIds(
    workspace,
    name,
    clusters.filter((cluster) => !known?.ids[cluster]).length,
  )
  const idOf = new Map(clusters.map((cluster) => [cluster, known?.ids[cluster] ?? fresh.shift()!]))
  const ids = clusters.map((cluster) => idOf.get(cluster)!)
  const proposed = proposeNames(clusters.map((cluster, s) => ({ id: ids[s], profile: profiles[cluster] })))
  const kept = new Map(before?.segments.map((segment) => [segment.id, segment.name]))
  const taken = new Set(ids.flatMap((id) => kept.get(id) ?? []))
  const segments = clusters.map((cluster, s): SegmentRecord => {
    const own = taken.has(proposed[s]) ? `${proposed[s]} (${ids[s]})` : proposed[s]
    return { id: ids[s], cluster, name: kept.get(ids[s]) ?? own, proposedName: proposed[s] }
  })
  if (!before || !known) return { segments, since: null }
  const after: Grouping = {
    ids: population,
    labels: model.labels,
    segments: Array.from({ length: model.clusters }, (_, cluster) => idOf.get(cluster) ?? null),
  }
  const changes = changesBetween(groupingOf(before), after, known.flows)
  return { segments, since: { version: before.version, changes } }
}

/** The segments before that clusters go on from, by cluster; null for those that are new. */
function continued(
  before: Segmentation,
  labels: Int32Array,
  clusters: number,
  ids: Vocabulary,
): { readonly ids: readonly (string | null)[]; readonly flows: Flows } {
  const old = groupingOf(before)
  const now: Grouping = { ids, labels, segments: Array.from({ length: clusters }, () => null) }
  const job = sharedRows(old.ids, ids)
  let step = job.next()
  while (!step.done) step = job.next()
  const flows = countFlows(old, now, step.value)
  return { ids: Array.from(matchClusters(flows), (b) => (b < 0 ? null : old.segments[b])), flows }
}
