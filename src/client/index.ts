/** A client of the service, typed by the schemas that the service checks with. It needs nothing but `fetch`. */
import type * as schemas from '../server/schemas.ts'
import type * as driftSchemas from '../server/schemas/drift.ts'
import type * as files from '../server/file-schemas.ts'
import type * as overview from '../server/schemas/overview.ts'
import { Analysis } from './analysis.ts'
import { serverSentEvents } from './server-sent-events.ts'
import { queryOf } from './transport.ts'
import type {
  In,
  Out,
  EventInput,
  Attributes,
  Entity,
  Recommendations,
  Similar,
  Job,
  JobInput,
  WhyNot,
  Models,
  Drift,
  Overview,
  EventCounts,
  UserEvents,
  Surroundings,
  ImportPreview,
  ImportReport,
  ImportMapping,
  Methods,
  Schedule,
  OnlineReport,
  Page,
  PageOptions,
  Ways,
} from './types.ts'

export { ServiceError } from './transport.ts'
export type * from './types.ts'

/** Calls reject with {@link ServiceError}; where the service cannot be reached, with what `fetch` says. */
export class Client extends Analysis {
  /** Stores events; durable when it resolves. Give events ids of your own and a call can safely be repeated. */
  sendEvents(events: EventInput | readonly EventInput[]): Promise<Out<typeof schemas.stored>> {
    return this.transport.call('POST', '/v1/events', {}, events)
  }

  /** What to show to a user; with `preview`, for looking only: such an answer is not counted in reports. */
  recommend(user: string, ways: Ways & { preview?: boolean } = {}): Promise<Recommendations> {
    return this.transport.call('GET', `/v1/users/${encodeURIComponent(user)}/recommendations`, queryOf(ways))
  }

  /** What to show by the items of a session, oldest first. */
  recommendForSession(recent: readonly string[], ways: Ways = {}): Promise<Recommendations> {
    return this.transport.call('POST', '/v1/sessions/recommendations', {}, { recent, ...ways })
  }

  /** Candidates in the order of their scores. */
  rank(request: In<typeof schemas.rankBody>): Promise<Recommendations> {
    return this.transport.call('POST', '/v1/rank', {}, request)
  }

  /** Why `item` is not among what is shown to `user`. */
  whyNot(user: string, item: string, ways: Ways = {}): Promise<WhyNot> {
    const path = `/v1/users/${encodeURIComponent(user)}/recommendations/why-not`
    return this.transport.call('GET', path, { item, ...queryOf(ways) })
  }

  similarItems(item: string, ways: Pick<Ways, 'n' | 'filter'> = {}): Promise<Similar> {
    return this.transport.call('GET', `/v1/items/${encodeURIComponent(item)}/similar`, queryOf(ways))
  }

  similarUsers(user: string, ways: Pick<Ways, 'n'> = {}): Promise<Similar> {
    return this.transport.call('GET', `/v1/users/${encodeURIComponent(user)}/similar`, queryOf(ways))
  }

  putUser(id: string, attributes: Attributes): Promise<Entity> {
    return this.transport.call('PUT', `/v1/users/${encodeURIComponent(id)}`, {}, { attributes })
  }

  putItem(id: string, attributes: Attributes): Promise<Entity> {
    return this.transport.call('PUT', `/v1/items/${encodeURIComponent(id)}`, {}, { attributes })
  }

  /** Erases a user everywhere: attributes, events, relations, and the answers of every version. */
  eraseUser(id: string): Promise<Out<typeof schemas.erased>> {
    return this.transport.call('DELETE', `/v1/users/${encodeURIComponent(id)}`, {})
  }

  eraseItem(id: string): Promise<Out<typeof schemas.erased>> {
    return this.transport.call('DELETE', `/v1/items/${encodeURIComponent(id)}`, {})
  }

  /** Asks for a job; {@link waitForJob} waits for its end. */
  createJob(job: JobInput): Promise<Job> {
    return this.transport.call('POST', '/v1/jobs', {}, job)
  }

  job(id: string): Promise<Job> {
    return this.transport.call('GET', `/v1/jobs/${encodeURIComponent(id)}`, {})
  }

  cancelJob(id: string): Promise<Job> {
    return this.transport.call('POST', `/v1/jobs/${encodeURIComponent(id)}/cancel`, {})
  }

  /** Resolves with a job that has ended, whatever its end; `onProgress` hears of it twice a second until then. */
  async waitForJob(
    id: string,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (job: Job) => void } = {},
  ): Promise<Job> {
    for (;;) {
      options.signal?.throwIfAborted()
      const job = await this.job(id)
      options.onProgress?.(job)
      if (job.status !== 'waiting' && job.status !== 'running') return job
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }

  /** What the service says of a job whenever it changes, until it ends. */
  async *watchJob(
    id: string,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<Job, void, void> {
    const response = await this.transport.send(
      'GET',
      `/v1/jobs/${encodeURIComponent(id)}/progress`,
      {},
      options,
    )
    for await (const text of serverSentEvents(response.body!)) yield JSON.parse(text) as Job
  }

  jobs(page: PageOptions = {}): Promise<Out<typeof schemas.jobPage>> {
    return this.transport.call('GET', '/v1/jobs', queryOf(page))
  }

  schedules(): Promise<{ items: Schedule[] }> {
    return this.transport.call('GET', '/v1/schedules', {})
  }

  /** Does a job whenever the cron expression (UTC) says. */
  putSchedule(id: string, schedule: In<typeof schemas.scheduleBody>): Promise<Schedule> {
    return this.transport.call('PUT', `/v1/schedules/${encodeURIComponent(id)}`, {}, schedule)
  }

  removeSchedule(id: string): Promise<{ id: string }> {
    return this.transport.call('DELETE', `/v1/schedules/${encodeURIComponent(id)}`, {})
  }

  /** The methods and kinds of jobs, with JSON Schemas of their settings. */
  methods(): Promise<Methods> {
    return this.transport.call('GET', '/v1/methods', {})
  }

  /** What there is, in numbers. */
  overview(): Promise<Overview> {
    return this.transport.call('GET', '/v1/overview', {})
  }

  eventCounts(range: In<typeof overview.eventCountsQuery> = {}): Promise<EventCounts> {
    return this.transport.call('GET', '/v1/events/counts', queryOf(range))
  }

  /** Ids that begin with `prefix`. */
  search(of: 'users' | 'items', prefix: string, limit = 10): Promise<{ items: string[] }> {
    return this.transport.call('GET', `/v1/search/${of}`, { prefix, limit })
  }

  /** Users or items with attributes, in the order of their ids. */
  entities(of: 'users' | 'items', page: PageOptions = {}): Promise<Page<Entity>> {
    return this.transport.call('GET', `/v1/${of}`, queryOf(page))
  }

  user(id: string): Promise<Entity> {
    return this.transport.call('GET', `/v1/users/${encodeURIComponent(id)}`, {})
  }

  item(id: string): Promise<Entity> {
    return this.transport.call('GET', `/v1/items/${encodeURIComponent(id)}`, {})
  }

  /** What a user did, the latest first. */
  eventsOf(user: string, page: PageOptions = {}): Promise<UserEvents> {
    return this.transport.call('GET', `/v1/users/${encodeURIComponent(user)}/events`, queryOf(page))
  }

  /** The small graph around a user. */
  surroundings(user: string, sizes: In<typeof overview.surroundingsQuery> = {}): Promise<Surroundings> {
    return this.transport.call('GET', `/v1/users/${encodeURIComponent(user)}/surroundings`, queryOf(sizes))
  }

  /** What a file holds, and what its columns are likely to mean. Of a long text file its beginning is enough, with `partial`. */
  previewImport(
    file: Blob,
    options: Omit<In<typeof files.previewQuery>, 'partial'> & { readonly partial?: boolean },
  ): Promise<ImportPreview> {
    return this.transport.call('POST', '/v1/imports/preview', queryOf(options), file)
  }

  /** Stores a file of events, users, items or relations; all rows are checked before the first is stored. */
  importFile(
    file: Blob,
    options: Omit<In<typeof files.importQuery>, 'mapping' | 'dryRun' | 'maxBadRows'> & {
      readonly mapping?: ImportMapping
      readonly maxBadRows?: number
      readonly dryRun?: boolean
    },
  ): Promise<ImportReport> {
    return this.transport.call('POST', '/v1/imports', queryOf(options), file)
  }

  /** Answers given, and what came of them. */
  onlineReport(range: { readonly from?: number; readonly to?: number } = {}): Promise<OnlineReport> {
    return this.transport.call('GET', '/v1/reports/online', queryOf(range))
  }

  /** The versions of the model, and which one answers. */
  models(): Promise<Models> {
    return this.transport.call('GET', '/v1/models', {})
  }

  /** Puts a version into service, by default the one before. */
  rollback(version?: number): Promise<Models> {
    return this.transport.call('POST', '/v1/models/rollback', {}, version === undefined ? {} : { version })
  }

  /** How far users and items moved since the version before. */
  drift(version: number): Promise<Drift> {
    return this.transport.call('GET', `/v1/models/${version}/drift`, {})
  }

  /** How far a user moved, in the version in service or another. */
  userDrift(user: string, version?: number): Promise<Out<typeof driftSchemas.userDrift>> {
    return this.transport.call('GET', `/v1/users/${encodeURIComponent(user)}/drift`, queryOf({ version }))
  }

  /** Deletes a version that is not in service. */
  deleteVersion(version: number): Promise<Models> {
    return this.transport.call('DELETE', `/v1/models/${version}`, {})
  }
}
