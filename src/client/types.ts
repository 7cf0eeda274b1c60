/** The types of the client, from the schemas that the service checks with. */
import type { z } from 'zod'
import type { jobBody } from '../jobs/schemas.ts'
import type * as maps from '../server/schemas/maps.ts'
import type * as schemas from '../server/schemas.ts'
import type * as driftSchemas from '../server/schemas/drift.ts'
import type * as spaceSchemas from '../server/schemas/spaces.ts'
import type * as segmentSchemas from '../server/schemas/segments.ts'
import type * as audiences from '../server/schemas/audiences.ts'
import type * as files from '../server/file-schemas.ts'
import type * as overview from '../server/schemas/overview.ts'

export type In<S extends z.ZodType> = z.input<S>
export type Out<S extends z.ZodType> = z.output<S>

export type EventInput = In<typeof schemas.eventInput>
export type Attributes = In<typeof schemas.attributes>
export type Entity = Out<typeof schemas.entity>
export type Recommendations = Out<typeof schemas.recommendations>
export type Similar = Out<typeof schemas.similar>
export type Job = Out<typeof schemas.job>
export type JobInput = In<typeof jobBody>
export type WhyNot = Out<typeof schemas.whyNot>
export type Models = Out<typeof schemas.models>
export type Drift = Out<typeof driftSchemas.drift>
export type Spaces = Out<typeof spaceSchemas.spaces>
export type AttributeList = Out<typeof spaceSchemas.attributeList>
export type SpaceDrift = Out<typeof driftSchemas.spaceDrift>
export type Segments = Out<typeof segmentSchemas.segments>
export type Segment = Out<typeof segmentSchemas.segment>
export type SegmentName = Out<typeof segmentSchemas.segmentName>
export type Churn = Out<typeof segmentSchemas.churn>
export interface Which {
  readonly segmentation?: string
  readonly version?: number
}
export interface Between {
  readonly segmentation?: string
  readonly from?: number
  readonly to?: number
}
export type MapDetails = Out<typeof maps.map>
export type MapColours = Out<typeof maps.mapColours>
export type Overview = Out<typeof overview.overview>
export type EventCounts = Out<typeof overview.eventCounts>
export type UserEvents = Out<typeof overview.userEvents>
export type Surroundings = Out<typeof overview.surroundings>
export type ImportPreview = Out<typeof files.preview>
export type ImportReport = Out<typeof files.importReport>
export type ImportMapping = ImportPreview['mapping']
export type Methods = Out<typeof overview.methods>
export type Schedule = Out<typeof schemas.schedule>
export type OnlineReport = Out<typeof schemas.onlineReport>
export type Problem = Out<typeof schemas.problem>
export type LookalikeRequest = In<typeof audiences.lookalikeBody>
export type Lookalikes = Out<typeof audiences.lookalikes>
export type AudienceInput = In<typeof audiences.audienceBody>
export type Audience = Out<typeof audiences.audience>
export type AudienceChange = Out<typeof audiences.audienceChange>
/** A page of a list: `next` is the cursor of the one after it, null at the end. */
export type Page<T> = { readonly items: readonly T[]; readonly next: string | null }
/** Which part of a list: so many, from the `next` of the page before. */
export type PageOptions = { readonly limit?: number; readonly cursor?: string }
/** How to answer: how many, filters, boosts, diversity, reasons. */
export type Ways = Omit<In<typeof schemas.sessionBody>, 'recent'>

export interface ClientOptions {
  /** Where the service listens, such as `http://127.0.0.1:7070`. */
  readonly url: string
  /** A key that `homophily keys create` made. */
  readonly key?: string
  /** Milliseconds after which a call that sends no file is given up. Default 30,000. */
  readonly timeout?: number
  readonly fetch?: typeof fetch
}

/** Which map: a version, by default the one in service, or the one that is being drawn. */
export type MapChoice = { readonly version?: number } | { readonly running: true }

export interface MapPoints {
  /** x0, y0, x1, y1, … in the order of the ids. */
  readonly coordinates: Float32Array
  /** Null for a map that is being drawn. */
  readonly version: number | null
  /** How far a map that is being drawn is; null for one that is done. */
  readonly progress: { readonly done: number; readonly of: number } | null
}
