/**
 * Segmentations in a workspace. Each is a clustering of users with more beside it: the ids and names of its segments, how near everybody is
 * to the middle of theirs, and profiles. Names that people gave are notes of the model, so that they outlive versions.
 */
import type { Grouping, Change } from '../audience/flows.ts'
import type { Profile } from '../audience/profile.ts'
import type { Choice, Quality, SegmentedUsers } from '../audience/segment.ts'
import type { StartFact } from '../models/cluster/family/warm-start.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { fail, quote } from '../errors.ts'
import { clusteringBundle } from './clusterings.ts'
import { damagedModel, requireFamily } from './families.ts'
import { eventsIn } from './spaces.ts'
import type { LoadedModel, ModelVersion, VersionSummary, Workspace } from './workspace.ts'

const DISTANCES = 'distances'

export interface SpaceName {
  readonly name: string
  readonly version: number
}

/** A segment as it is stored. */
export interface SegmentRecord {
  /** `s1`, `s2` …: the same in every version that has the segment. */
  readonly id: string
  /** Its number among the labels of this version. */
  readonly cluster: number
  /** The name that was proposed when the segment was first found. */
  readonly name: string
  /** What would be proposed now. */
  readonly proposedName: string
}

/** What a segmentation is beside its clustering. */
export interface SegmentationParts {
  readonly segments: readonly SegmentRecord[]
  readonly space: SpaceName
  /** Of each segment, in the same order. */
  readonly profiles: readonly Profile[]
  readonly comparisons: number
  /** The version whose segments these were matched with, and what became of them; null for the first. */
  readonly since: { readonly version: number; readonly changes: readonly Change[] } | null
  readonly start: SegmentationStart
  /** The last event of the store when it was made: who was erased later must not be shown. */
  readonly upTo: number
}

/** Which version it began from, and whether that way was kept; else why it began from fresh seeds. */
export type SegmentationStart = (StartFact & { readonly from: number }) | { readonly reason: string }

interface Report {
  readonly quality: Quality
  readonly choice: Choice | null
  readonly comparisons: number
  readonly profiles: readonly Profile[]
  readonly since: SegmentationParts['since']
  /** Null for versions of before this was kept. */
  readonly start: SegmentationStart | null
}

export async function saveSegmentation(
  workspace: Workspace,
  name: string,
  { model, population, distances, quality, choice }: SegmentedUsers,
  { segments, space, profiles, comparisons, since, start, upTo }: SegmentationParts,
  inService: boolean,
): Promise<ModelVersion> {
  const { silhouette, modularity, stability, balance } = quality
  const figures = { silhouette, modularity, stability: stability?.ari ?? null, balance }
  const report: Report = { quality, choice, comparisons, profiles, since, start }
  const bundle = clusteringBundle(model, {
    metrics: Object.fromEntries(
      Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== null),
    ),
    report,
    data: { events: { upTo }, segmentation: { space, population: population.size } },
  })
  return workspace.saveModel(
    name,
    {
      ...bundle,
      metadata: { ...bundle.metadata, segments },
      tensors: { ...bundle.tensors, [DISTANCES]: { data: distances, shape: [distances.length] } },
    },
    inService,
  )
}

/** A version of a segmentation in memory. */
export interface Segmentation extends Report {
  readonly name: string
  readonly version: number
  readonly created: string
  readonly method: string
  readonly config: Readonly<Record<string, unknown>>
  readonly seed: number
  readonly space: SpaceName
  readonly upTo: number
  readonly ids: Vocabulary
  readonly labels: Int32Array
  readonly distances: Float32Array
  readonly segments: readonly SegmentRecord[]
  /** How far each segment comes back in other runs; null where it was not computed. */
  readonly stabilities: readonly (number | null)[]
  /** The rows of each segment, the nearest to its middle first. */
  readonly members: readonly Int32Array[]
}

/**
 * Loads the version in service of a segmentation, or the given one.
 *
 * @throws UNKNOWN_NAME for one that is not there; ARTEFACT for a model that is something else.
 */
export async function loadSegmentation(
  workspace: Workspace,
  name: string,
  version?: number,
): Promise<Segmentation> {
  const model = await workspace.loadModel(name, version)
  const metadata = requireFamily(model, 'cluster')
  const data = segmentationData(model.data)
  if (!data) {
    throw fail('ARTEFACT', {
      path: `${name} version ${model.version}`,
      expected: 'a segmentation',
      got: 'a clustering without segments',
      todo: 'Choose another one, or build one: `homophily segments build`.',
    })
  }
  return restore(model, metadata, data.space)
}

/** In stretches, since a server does this between its answers. */
async function restore(
  model: LoadedModel,
  metadata: Readonly<Record<string, unknown>>,
  space: SpaceName,
): Promise<Segmentation> {
  const { name, version, created, method, config, seed, tensors, users } = model
  const segments = metadata['segments'] as readonly SegmentRecord[]
  const labels = tensors['labels']?.data
  const distances = tensors[DISTANCES]?.data
  if (
    !(labels instanceof Int32Array) ||
    !(distances instanceof Float32Array) ||
    labels.length !== users.length
  )
    throw damagedModel(model, 'labels and distances of all users')
  const stability = metadata['stability'] as { clusters: readonly (number | null)[] } | null
  const placeOf = new Map(segments.map(({ cluster }, s) => [cluster, s]))
  const rows = segments.map(() => [] as number[])
  labels.forEach((label, row) => rows[placeOf.get(label)!]?.push(row))
  const members: Int32Array[] = []
  for (const list of rows) {
    await new Promise((resolve) => setImmediate(resolve))
    members.push(Int32Array.from(list).sort((a, b) => distances[a] - distances[b] || a - b))
  }
  return {
    start: null,
    ...(model.report as Omit<Report, 'start'> & Partial<Report>),
    name,
    version,
    created,
    method,
    config,
    seed,
    space,
    upTo: eventsIn(model.data),
    ids: Vocabulary.from(users),
    labels,
    distances,
    segments,
    stabilities: segments.map(({ cluster }) => stability?.clusters[cluster] ?? null),
    members,
  }
}

/** The grouping behind flows between versions. */
export function groupingOf({ ids, labels, segments }: Segmentation): Grouping {
  const clusters = labels.reduce((most, label) => Math.max(most, label), 0) + 1
  const names = Array.from({ length: clusters }, (): string | null => null)
  for (const { id, cluster } of segments) names[cluster] = id
  return { ids, labels, segments: names }
}

export interface SegmentationVersion {
  readonly version: number
  readonly created: string
  readonly inService: boolean
  readonly space: SpaceName
  readonly population: number
}

/** The versions of a segmentation, in order. @throws UNKNOWN_NAME for none of that name. */
export async function segmentationVersions(
  workspace: Workspace,
  name: string,
): Promise<SegmentationVersion[]> {
  return versionsIn((await workspace.showModel(name)).versions)
}

function versionsIn(versions: readonly VersionSummary[]): SegmentationVersion[] {
  return versions.flatMap(({ version, current, details }) => {
    const data = segmentationData(details?.data)
    return details && data ? [{ version, created: details.created, inService: current, ...data }] : []
  })
}

/** All segmentations, by name. */
export async function listSegmentations(
  workspace: Workspace,
): Promise<{ name: string; inService: number | null; versions: number[] }[]> {
  const models = await Promise.all(
    (await workspace.listModels()).map(({ name }) => workspace.showModel(name)),
  )
  return models.flatMap(({ name, current, versions }) => {
    const own = versionsIn(versions).map(({ version }) => version)
    return own.length > 0 ? [{ name, inService: current ?? null, versions: own }] : []
  })
}

/** Refuses, before any work, to save a segmentation where another kind of model is. */
export async function checkSegmentationName(workspace: Workspace, name: string): Promise<void> {
  const model = (await workspace.listModels()).find((each) => each.name === name)
  if (!model || (await segmentationVersions(workspace, name)).length > 0) return
  throw fail('CONFLICT', {
    what: `the name ${quote(name)}`,
    expected: 'a new name, or that of a segmentation',
    got: 'that of another model',
  })
}

/** Whether a model is a segmentation, by what was saved beside it. */
export function isSegmentation(data: unknown): boolean {
  return segmentationData(data) !== null
}

function segmentationData(data: unknown): { space: SpaceName; population: number } | null {
  const found = (data as { segmentation?: { space: SpaceName; population: number } } | null)?.segmentation
  return found ?? null
}

interface Notes {
  /** The greatest number that a segment ever had. */
  readonly highest: number
  /** Names that people gave, by segment. */
  readonly names: Readonly<Record<string, string>>
}

function notesIn(value: unknown): Notes {
  return { highest: 0, names: {}, ...(value as Partial<Notes> | undefined) }
}

/** Ids that no segment of this segmentation has or had. */
export async function freshSegmentIds(workspace: Workspace, name: string, count: number): Promise<string[]> {
  const { highest } = await workspace.changeNotes(name, (value) => {
    const notes = notesIn(value)
    return { ...notes, highest: notes.highest + count }
  })
  return Array.from({ length: count }, (_, i) => `s${highest - count + 1 + i}`)
}

/** The names that people gave to segments, by id. */
export async function segmentNames(workspace: Workspace, name: string): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries(notesIn(await workspace.readNotes(name)).names))
}

/** Gives a segment a name, in all versions; null takes it away. */
export async function renameSegment(
  workspace: Workspace,
  name: string,
  id: string,
  text: string | null,
): Promise<void> {
  await workspace.changeNotes(name, (value) => {
    const notes = notesIn(value)
    const { [id]: _, ...others } = notes.names
    return { ...notes, names: text === null ? others : { ...others, [id]: text } }
  })
}
