/** Maps in a workspace: what a drawn one is as a bundle, and back; and one that is being drawn, as a checkpoint. */
import { boundsOf, type MapFit } from '../audience/map.ts'
import type { MapSettings } from '../audience/map-settings.ts'
import { damagedModel, requireFamily } from './families.ts'
import type { LoadedModel, ModelVersion, Workspace } from './workspace.ts'

export type MapOf = 'users' | 'items'
export const mapKinds = ['users', 'items'] as const satisfies readonly MapOf[]

/** The name of the map of users, and that of items. */
export function mapName(of: MapOf): string {
  return `map-${of}`
}

export interface SavedMap {
  readonly of: MapOf
  /** The model that the vectors came from, and its version. */
  readonly space: { readonly name: string; readonly version: number }
  /** The last event that this model had seen. */
  readonly upTo: number
  readonly config: MapSettings
  readonly seed: number
  readonly ids: readonly string[]
  /** ids × 2. */
  readonly coordinates: Float32Array
  readonly neighbourhood: MapFit | null
}

export interface LoadedMap extends SavedMap {
  readonly name: string
  readonly version: number
  readonly created: string
}

interface Metadata {
  readonly family: 'map'
  readonly of: MapOf
  readonly space: SavedMap['space']
  readonly neighbourhood: MapFit | null
}

const COORDINATES = 'coordinates'

/** Saves a map as a new version of `map-users` or `map-items`, which goes into service once all of it is on disk. */
export function saveMap(workspace: Workspace, map: SavedMap): Promise<ModelVersion> {
  const { of, space, neighbourhood, coordinates, ids, config, seed, upTo } = map
  const metadata: Metadata = { family: 'map', of, space, neighbourhood }
  const [x0, y0, x1, y1] = boundsOf(coordinates)
  const fit = neighbourhood
    ? { preserved: neighbourhood.preserved, trustworthiness: neighbourhood.trustworthiness }
    : {}
  return workspace.saveModel(mapName(of), {
    method: 'umap',
    config,
    seed,
    metadata,
    tensors: { [COORDINATES]: { data: coordinates, shape: [ids.length, 2] } },
    users: of === 'users' ? ids : [],
    items: of === 'items' ? ids : [],
    metrics: { ...fit, x0, y0, x1, y1 },
    data: { events: { upTo } },
  })
}

/** @throws UNKNOWN_NAME for a map or version that is not there; ARTEFACT for what is no map, or damaged. */
export async function loadMap(workspace: Workspace, name: string, version?: number): Promise<LoadedMap> {
  return restoreMap(await workspace.loadModel(name, version))
}

/** The map in service, if it is of the same space: one of another has other neighbours, and is no place to go on from. */
export async function mapToGoOnFrom(
  workspace: Workspace,
  of: MapOf,
  space: string,
): Promise<LoadedMap | null> {
  if ((await workspace.currentVersion(mapName(of))) === undefined) return null
  const map = await loadMap(workspace, mapName(of))
  return map.space.name === space ? map : null
}

function restoreMap(model: LoadedModel): LoadedMap {
  const { of, space, neighbourhood } = requireFamily(model, 'map') as unknown as Metadata
  const ids = of === 'users' ? model.users : model.items
  const { data: coordinates, shape } = model.tensors[COORDINATES] ?? {}
  if (!(coordinates instanceof Float32Array) || shape?.[0] !== ids.length || shape[1] !== 2)
    throw damagedModel(model, 'two float32 coordinates for each id')
  const { name, version, created, config, seed, data } = model
  const { upTo } = (data as { events: { upTo: number } }).events
  const made = { space, neighbourhood, seed, upTo, config: config as MapSettings }
  return { name, version, created, of, ids, coordinates, ...made }
}

/** A map on the way. */
export interface RunningMap {
  readonly coordinates: Float32Array
  readonly done: number
  readonly of: number
}

/** Notes whose map is being drawn: once, before the first {@link saveRunningMap}. */
export async function beginRunningMap(
  workspace: Workspace,
  of: MapOf,
  ids: readonly string[],
): Promise<void> {
  const data = new TextEncoder().encode(JSON.stringify({ ids }))
  await workspace.saveCheckpoint(idsOf(of), {
    tensors: { json: { data, shape: [data.length] } },
    metadata: null,
  })
}

export async function saveRunningMap(workspace: Workspace, kind: MapOf, map: RunningMap): Promise<void> {
  const { coordinates, done, of } = map
  const tensors = { [COORDINATES]: { data: coordinates, shape: [coordinates.length / 2, 2] } }
  await workspace.saveCheckpoint(mapName(kind), { tensors, metadata: { done, of } })
}

/** The last that was saved of a map on the way; undefined where there is none yet. */
export async function loadRunningMap(workspace: Workspace, kind: MapOf): Promise<RunningMap | undefined> {
  const checkpoint = await workspace.loadCheckpoint(mapName(kind))
  if (!checkpoint) return undefined
  const { done, of } = checkpoint.metadata as { done: number; of: number }
  return { coordinates: checkpoint.tensors[COORDINATES].data as Float32Array, done, of }
}

/** Its ids: `{"ids": […]}` in UTF-8. */
export async function loadRunningIds(workspace: Workspace, of: MapOf): Promise<Uint8Array | undefined> {
  const checkpoint = await workspace.loadCheckpoint(idsOf(of))
  return checkpoint?.tensors['json']!.data as Uint8Array | undefined
}

export async function endRunningMap(workspace: Workspace, of: MapOf): Promise<void> {
  await workspace.removeCheckpoint(mapName(of))
  await workspace.removeCheckpoint(idsOf(of))
}

function idsOf(of: MapOf): string {
  return `${mapName(of)}.ids`
}
