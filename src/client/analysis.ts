/** What an analyst asks the service: spaces, drift, segments, look-alikes, audiences, maps. */
import type * as maps from '../server/schemas/maps.ts'
import type * as driftSchemas from '../server/schemas/drift.ts'
import type * as segmentSchemas from '../server/schemas/segments.ts'
import { queryOf, Transport } from './transport.ts'
import type {
  AttributeList,
  Audience,
  AudienceChange,
  AudienceInput,
  Between,
  Churn,
  ClientOptions,
  In,
  LookalikeRequest,
  Lookalikes,
  MapChoice,
  MapColours,
  MapDetails,
  MapPoints,
  Out,
  Page,
  PageOptions,
  Segment,
  SegmentName,
  Segments,
  SpaceDrift,
  Spaces,
  Which,
} from './types.ts'

export class Analysis {
  /** @internal */
  protected readonly transport: Transport

  constructor(options: ClientOptions) {
    this.transport = new Transport(options)
  }

  /** What users and items can be compared by. */
  spaces(): Promise<Spaces> {
    return this.transport.call('GET', '/v1/spaces', {})
  }

  /** The attributes that are stored of users, or of items. */
  attributes(of: 'users' | 'items'): Promise<AttributeList> {
    return this.transport.call('GET', `/v1/attributes/${of}`, {})
  }

  /** How far everything in a space moved since the version before: `service`, or a model that has vectors. */
  spaceDrift(space: string, version?: number): Promise<SpaceDrift> {
    return this.transport.call('GET', `/v1/spaces/${encodeURIComponent(space)}/drift`, queryOf({ version }))
  }

  /** How far one id of a space moved. */
  idDrift(space: string, id: string, version?: number): Promise<Out<typeof driftSchemas.idDrift>> {
    const path = `/v1/spaces/${encodeURIComponent(space)}/drift/${encodeURIComponent(id)}`
    return this.transport.call('GET', path, queryOf({ version }))
  }

  /** The segmentations there are. */
  segmentations(): Promise<Out<typeof segmentSchemas.segmentations>> {
    return this.transport.call('GET', '/v1/segmentations', {})
  }

  /** The segments of a version, by default of the one in service. */
  segments(which: Which = {}): Promise<Segments> {
    return this.transport.call('GET', '/v1/segments', queryOf(which))
  }

  /** A segment with its profile. */
  segment(id: string, which: Which = {}): Promise<Segment> {
    return this.transport.call('GET', `/v1/segments/${encodeURIComponent(id)}`, queryOf(which))
  }

  /** Gives a segment a name in all versions; null takes the proposed one again. */
  renameSegment(id: string, name: string | null, segmentation = 'segments'): Promise<SegmentName> {
    return this.transport.call('PATCH', `/v1/segments/${encodeURIComponent(id)}`, { segmentation }, { name })
  }

  /** Members of a segment, the nearest to its middle first, page by page. */
  segmentMembers(
    id: string,
    page: Which & { readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<Out<typeof segmentSchemas.members>> {
    return this.transport.call('GET', `/v1/segments/${encodeURIComponent(id)}/members`, queryOf(page))
  }

  /** The segment that a user is in. */
  segmentOf(user: string, which: Which = {}): Promise<Out<typeof segmentSchemas.segmentOfUser>> {
    return this.transport.call('GET', `/v1/users/${encodeURIComponent(user)}/segment`, queryOf(which))
  }

  /** Who moved from where to where between two versions: by default the one in service and the one before. */
  churn(between: Between = {}): Promise<Churn> {
    return this.transport.call('GET', '/v1/segments/churn', queryOf(between))
  }

  /** The users behind one flow, or some, page by page. */
  churnMembers(
    of: Between & {
      readonly source?: string
      readonly target?: string
      readonly limit?: number
      readonly cursor?: string
    } = {},
  ): Promise<Out<typeof segmentSchemas.churnMembers>> {
    return this.transport.call('GET', '/v1/segments/churn/members', queryOf(of))
  }

  /** Users like the seeds, with the recall of held-out seeds at each size; saved as an audience where `save` names it. */
  lookalikes(request: LookalikeRequest): Promise<Lookalikes> {
    return this.transport.call('POST', '/v1/lookalikes', {}, request)
  }

  audiences(page: PageOptions = {}): Promise<Page<Audience>> {
    return this.transport.call('GET', '/v1/audiences', page)
  }

  audience(id: string): Promise<Audience> {
    return this.transport.call('GET', `/v1/audiences/${encodeURIComponent(id)}`, {})
  }

  /** Keeps a list of ids, the users of a segment, or users like others, under a name. */
  createAudience(audience: AudienceInput): Promise<Audience> {
    return this.transport.call('POST', '/v1/audiences', {}, audience)
  }

  deleteAudience(id: string): Promise<{ readonly id: string }> {
    return this.transport.call('DELETE', `/v1/audiences/${encodeURIComponent(id)}`, {})
  }

  /** Makes an audience anew from what it was made from, and tells who came and who went. */
  refreshAudience(id: string): Promise<AudienceChange> {
    return this.transport.call('POST', `/v1/audiences/${encodeURIComponent(id)}/refresh`, {})
  }

  audienceMembers(
    id: string,
    page: PageOptions = {},
  ): Promise<Page<{ readonly id: string; readonly score: number | null }>> {
    return this.transport.call('GET', `/v1/audiences/${encodeURIComponent(id)}/members`, page)
  }

  /** All members as a file, to be read as it comes. */
  async exportAudience(id: string, format: 'csv' | 'jsonl' | 'parquet'): Promise<ReadableStream<Uint8Array>> {
    const path = `/v1/audiences/${encodeURIComponent(id)}/members`
    const response = await this.transport.send('GET', path, { format })
    return response.body!
  }

  /** The maps there are, and how far one is that is being drawn. `createJob({ kind: 'project' })` draws one. */
  maps(): Promise<Out<typeof maps.mapList>> {
    return this.transport.call('GET', '/v1/maps', {})
  }

  map(name: string, version?: number): Promise<MapDetails> {
    return this.transport.call('GET', pathOfMap(name), version === undefined ? {} : { version })
  }

  async mapPoints(name: string, choice: MapChoice = {}): Promise<MapPoints> {
    const response = await this.transport.send('GET', `${pathOfMap(name)}/points`, { ...choice })
    const view = new DataView(await response.arrayBuffer())
    const coordinates = Float32Array.from({ length: view.byteLength / 4 }, (_, i) =>
      view.getFloat32(4 * i, true),
    )
    const version = Number(response.headers.get('x-map-version'))
    const [done = 0, of] = (response.headers.get('x-map-progress') ?? '').split('/').map(Number)
    return {
      coordinates,
      version: Number.isInteger(version) ? version : null,
      progress: of === undefined ? null : { done: done, of },
    }
  }

  async mapIds(name: string, choice: MapChoice = {}): Promise<string[]> {
    const { ids } = await this.transport.call<Out<typeof maps.mapIds>>('GET', `${pathOfMap(name)}/ids`, {
      ...choice,
    })
    return ids
  }

  /** What to colour the points of a map by, in the order of its ids. */
  mapColours(name: string, options: In<typeof maps.mapColoursQuery>): Promise<MapColours> {
    return this.transport.call('GET', `${pathOfMap(name)}/colours`, queryOf(options))
  }
}

function pathOfMap(name: string): string {
  return `/v1/maps/${encodeURIComponent(name)}`
}
