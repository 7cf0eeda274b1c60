/** TEMPORARY SEAM until the client has the methods: everything the analyst's pages ask of the service. */
import { ServiceError, type Problem } from 'homophily/client'
import { currentKey } from './key.ts'

export interface MapItem {
  name: string
  of: 'users' | 'items'
  version: number
  versions: number[]
  running: { done: number; of: number } | null
}
export interface MapInfo {
  name: string
  of: 'users' | 'items'
  version: number
  created: string
  space: { name: string; version: number }
  count: number
  bounds: [number, number, number, number]
  neighbourhood: { k: number; preserved: number }
  config: Record<string, unknown>
}
export interface Colours {
  by: string
  kind: 'category' | 'number'
  categories?: { label: string; id?: string; count: number }[]
  codes?: number[]
  values?: (number | null)[]
}
export interface SegmentItem {
  id: string
  name: string
  proposedName: string
  edited: boolean
  size: number
  share: number
  stability: number | null
  typical: string[]
  top: { attribute?: string; item?: string; value?: string; lift: number }[]
}
export interface Segments {
  segmentation: string
  version: number
  created: string
  space: { name: string; version: number }
  method: string
  config: Record<string, unknown>
  seed: number
  population: number
  versions: { version: number; created: string; inService: boolean; space: { name: string; version: number }; population: number }[]
  quality: {
    silhouette: number | null
    modularity: number | null
    stability: { ari: number; runs: number; over: string } | null
    balance: number
  }
  choice: null | {
    chosen: number
    tried: { clusters: number; silhouette: number | null; modularity: number | null; stability: number | null }[]
  }
  items: SegmentItem[]
}
export interface Lift {
  count: number
  share: number
  base: number
  lift: number
  p: number
  q: number
}
export interface NumberProfile {
  attribute: string
  edges: number[]
  segment: number[]
  everybody: number[]
  mean: number
  baseMean: number
  p: number
  q: number
}
export interface SegmentDetail extends SegmentItem {
  attributes: (Lift & { attribute: string; value: string })[]
  items: (Lift & { item: string })[]
  numbers: NumberProfile[]
}
export interface Churn {
  from: number
  to: number
  shared: number
  arrived: number
  left: number
  moved: number
  stayed: number
  flows: { from: string | null; to: string | null; count: number }[]
  changes: { kind: 'birth' | 'death' | 'split' | 'merge'; segments: string[]; into: string[] }[]
}
export interface LookalikeBody {
  seeds: string[]
  method: 'centroid' | 'max-similarity' | 'classifier'
  size: number | 'narrow' | 'balanced' | 'broad'
  suppress?: string[]
  suppressAudiences?: string[]
  space?: string
  seed?: number
  curve?: boolean
  save?: string
  n?: number
}
export interface Lookalikes {
  space: { name: string; version: number }
  method: string
  size: number
  seeds: { given: number; known: number; unknown: string[] }
  suppressed: number
  total: number
  members: { id: string; score: number }[]
  curve: null | { folds: number; sizes: number[]; recall: number[]; random: number[]; popularity: number[] }
  audience: null | { id: string; version: number }
}
export interface Audience {
  id: string
  name: string
  kind: 'lookalike' | 'list'
  version: number
  size: number
  created: string
  refreshed: string | null
}

type Query = Record<string, string | number | boolean | undefined>

async function send(method: string, path: string, query: Query = {}, body?: unknown): Promise<Response> {
  const url = new URL(path, location.origin)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const key = currentKey()
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) {
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Problem) : null
    throw new ServiceError(response.status, json, text)
  }
  return response
}
async function ask<T>(method: string, path: string, query: Query = {}, body?: unknown): Promise<T> {
  return (await (await send(method, path, query, body)).json()) as T
}
const part = encodeURIComponent

export interface Entity {
  id: string
  attributes: Record<string, unknown>
}

export const analyst = {
  entity: (of: 'users' | 'items', id: string) => ask<Entity>('GET', `/v1/${of}/${part(id)}`),
  entities: (of: 'users' | 'items', limit: number) => ask<{ items: Entity[] }>('GET', `/v1/${of}`, { limit }),
  maps: () => ask<{ items: MapItem[] }>('GET', '/v1/maps'),
  map: (name: string, version?: number) => ask<MapInfo>('GET', `/v1/maps/${part(name)}`, { version }),
  async mapPoints(name: string, at: { version?: number; running?: boolean }): Promise<Float32Array> {
    const response = await send('GET', `/v1/maps/${part(name)}/points`, at)
    return new Float32Array(await response.arrayBuffer())
  },
  mapIds: (name: string, version?: number) => ask<{ ids: string[] }>('GET', `/v1/maps/${part(name)}/ids`, { version }),
  mapColours: (name: string, by: string, version?: number) =>
    ask<Colours>('GET', `/v1/maps/${part(name)}/colours`, { by, version }),
  segments: (version?: number) => ask<Segments>('GET', '/v1/segments', { version }),
  segment: (id: string, version?: number) => ask<SegmentDetail>('GET', `/v1/segments/${part(id)}`, { version }),
  renameSegment: (id: string, name: string) => ask<SegmentItem>('PATCH', `/v1/segments/${part(id)}`, {}, { name }),
  segmentMembers: (id: string, query: Query) =>
    ask<{ items: { id: string; distance: number }[]; next: string | null }>('GET', `/v1/segments/${part(id)}/members`, query),
  churn: (from: number, to: number) => ask<Churn>('GET', '/v1/segments/churn', { from, to }),
  movers: (query: Query) =>
    ask<{ items: { id: string; from: string | null; to: string | null }[]; next: string | null }>(
      'GET',
      '/v1/segments/churn/members',
      query,
    ),
  lookalikes: (body: LookalikeBody) => ask<Lookalikes>('POST', '/v1/lookalikes', {}, body),
  audiences: () => ask<{ items: Audience[]; next: string | null }>('GET', '/v1/audiences'),
  createAudience: (body: unknown) => ask<Audience>('POST', '/v1/audiences', {}, body),
  deleteAudience: (id: string) => send('DELETE', `/v1/audiences/${part(id)}`),
  refreshAudience: (id: string) =>
    ask<{
      id: string
      version: number
      size: number
      added: number
      removed: number
      kept: number
      addedIds: string[]
      removedIds: string[]
    }>('POST', `/v1/audiences/${part(id)}/refresh`),
}
