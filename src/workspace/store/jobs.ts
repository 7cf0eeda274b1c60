/** Jobs and schedules: what is to be done, by whom it is being done, and what came of it. Several processes may share them. */
import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Database } from './database.ts'
import type { JobStatus, Tables } from './tables.ts'

export interface JobRecord {
  readonly id: string
  readonly kind: string
  readonly config: unknown
  readonly status: JobStatus
  readonly progress: unknown
  readonly result: unknown
  readonly error: string | null
  readonly created: number
  readonly started: number | null
  readonly finished: number | null
}

export interface Schedule {
  readonly id: string
  readonly cron: string
  readonly kind: string
  readonly config: unknown
  /** When it last made a job. */
  readonly last: number | null
}

export class Jobs {
  readonly #database: Database
  readonly #now: () => number

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
  }

  async create(kind: string, config: unknown): Promise<JobRecord> {
    const row = newJob(kind, config, this.#now())
    await this.#database.db.insertInto('jobs').values(row).execute()
    return recordOf(row)
  }

  async get(id: string): Promise<JobRecord | null> {
    const row = await this.#database.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
    return row ? recordOf(row) : null
  }

  /** Jobs, the newest first, from the one after `before`. */
  async page(before: { created: number; id: string } | null, limit: number): Promise<JobRecord[]> {
    let query = this.#database.db.selectFrom('jobs').selectAll()
    if (before) {
      query = query.where((e) =>
        e.or([
          e('created', '<', before.created),
          e.and([e('created', '=', before.created), e('id', '<', before.id)]),
        ]),
      )
    }
    const rows = await query.orderBy('created', 'desc').orderBy('id', 'desc').limit(limit).execute()
    return rows.map(recordOf)
  }

  /** The job of this kind that runs; the newest where there are several. */
  async running(kind: string): Promise<JobRecord | null> {
    const row = await this.#database.db
      .selectFrom('jobs')
      .selectAll()
      .where('kind', '=', kind)
      .where('status', '=', 'running')
      .orderBy('created', 'desc')
      .executeTakeFirst()
    return row ? recordOf(row) : null
  }

  /** Takes the oldest waiting job for `owner`; null when none waits. No two processes get the same. */
  async take(owner: string): Promise<JobRecord | null> {
    return this.#database.db.transaction().execute(async (tx) => {
      let query = tx
        .selectFrom('jobs')
        .selectAll()
        .where('status', '=', 'waiting')
        .orderBy('created')
        .orderBy('id')
        .limit(1)
      if (this.#database.kind === 'postgres') query = query.forUpdate().skipLocked()
      const row = await query.executeTakeFirst()
      if (!row) return null
      const now = this.#now()
      const taken = { status: 'running' as const, owner, started: now, heartbeat: now }
      const result = await tx
        .updateTable('jobs')
        .set(taken)
        .where('id', '=', row.id)
        .where('status', '=', 'waiting')
        .executeTakeFirst()
      return result.numUpdatedRows > 0n ? recordOf({ ...row, ...taken }) : null
    })
  }

  /** Says that `owner` still works on it, and how far it is. Answers false when the job is no longer its own: cancelled, or given up. */
  async report(id: string, owner: string, progress: unknown): Promise<boolean> {
    const result = await this.#database.db
      .updateTable('jobs')
      .set({ progress: JSON.stringify(progress), heartbeat: this.#now() })
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where('status', '=', 'running')
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  /** Ends a running job of `owner`. Answers false when it was not its own any more. */
  async finish(
    id: string,
    owner: string,
    outcome: { readonly result: unknown } | { readonly error: string },
  ): Promise<boolean> {
    const end =
      'error' in outcome
        ? { status: 'failed' as const, error: outcome.error }
        : { status: 'done' as const, result: JSON.stringify(outcome.result) }
    const result = await this.#database.db
      .updateTable('jobs')
      .set({ ...end, finished: this.#now() })
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where('status', '=', 'running')
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  /** Cancels a job that waits or runs; who runs it learns of it at its next report. Answers false for one that has ended. */
  async cancel(id: string): Promise<boolean> {
    const result = await this.#database.db
      .updateTable('jobs')
      .set({ status: 'cancelled', finished: this.#now() })
      .where('id', '=', id)
      .where('status', 'in', ['waiting', 'running'])
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  /** Jobs whose process has been silent for `silence` milliseconds have failed. Answers how many. */
  async failAbandoned(silence: number): Promise<number> {
    const now = this.#now()
    const result = await this.#database.db
      .updateTable('jobs')
      .set({ status: 'failed', error: 'the process that ran it ended', finished: now })
      .where('status', '=', 'running')
      .where('heartbeat', '<', now - silence)
      .executeTakeFirst()
    return Number(result.numUpdatedRows)
  }

  async schedules(): Promise<Schedule[]> {
    const rows = await this.#database.db.selectFrom('schedules').selectAll().orderBy('id').execute()
    return rows.map((row) => ({ ...row, config: JSON.parse(row.config) as unknown }))
  }

  async putSchedule({ id, cron, kind, config }: Omit<Schedule, 'last'>): Promise<void> {
    const values = { cron, kind, config: JSON.stringify(config) }
    await this.#database.db
      .insertInto('schedules')
      .values({ id, ...values, last: this.#now() })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute()
  }

  async removeSchedule(id: string): Promise<boolean> {
    const result = await this.#database.db.deleteFrom('schedules').where('id', '=', id).executeTakeFirst()
    return result.numDeletedRows > 0n
  }

  /** Makes the job of a schedule that is due at `time`, unless another process did since the schedule was read. */
  async createDue(schedule: Omit<Schedule, 'cron'>, time: number): Promise<boolean> {
    const { id, kind, config, last } = schedule
    return this.#database.db.transaction().execute(async (tx) => {
      const result = await tx
        .updateTable('schedules')
        .set({ last: time })
        .where('id', '=', id)
        .where('last', last === null ? 'is' : '=', last)
        .executeTakeFirst()
      if (result.numUpdatedRows === 0n) return false
      await tx
        .insertInto('jobs')
        .values(newJob(kind, config, this.#now()))
        .execute()
      return true
    })
  }
}

function newJob(kind: string, config: unknown, created: number) {
  return {
    id: randomUUID(),
    kind,
    config: JSON.stringify(config),
    status: 'waiting' as const,
    progress: null,
    result: null,
    error: null,
    created,
    started: null,
    finished: null,
    owner: null,
    heartbeat: null,
  }
}

function recordOf(row: Selectable<Tables['jobs']>): JobRecord {
  const { owner: _owner, heartbeat: _heartbeat, ...rest } = row
  return { ...rest, config: parse(row.config), progress: parse(row.progress), result: parse(row.result) }
}

function parse(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown)
}
