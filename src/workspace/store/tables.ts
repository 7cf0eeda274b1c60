/** The tables of the store, the same in SQLite and PostgreSQL. Times are milliseconds since 1970; JSON is text. */
import { type ColumnType, type Generated, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export interface Tables {
  events: {
    /** Rises in the order of commits. */
    seq: Generated<number>
    id: string
    user_id: string
    item_id: string
    type: string
    weight: number
    time: number
    /** The answer that led to it, where the client says so. */
    recommendation: string | null
  }
  entities: {
    kind: EntityKind
    id: string
    attributes: string
    created: ColumnType<number, number, never>
    updated: number
  }
  relations: { kind: string; source: string; target: string; weight: number; updated: number }
  /** Who was erased: models of events up to number `seq` may still know them, and must not answer for them. */
  erasures: { kind: EntityKind; id: string; seq: number; time: number }
  jobs: {
    id: string
    kind: string
    config: string
    status: JobStatus
    progress: string | null
    result: string | null
    error: string | null
    created: number
    started: number | null
    finished: number | null
    /** The process that runs it and when it last said so. */
    owner: string | null
    heartbeat: number | null
  }
  schedules: { id: string; cron: string; kind: string; config: string; last: number | null }
  keys: {
    id: string
    name: string
    role: Role
    hash: string
    created: number
    revoked: number | null
  }
  /** How many answers each hour gave, by model version and rung. */
  answers: { hour: number; model: string; version: number; rung: string; count: number }
}

export type EntityKind = 'user' | 'item'
export type Role = 'read' | 'write' | 'admin'
export type JobStatus = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

/** Columns that differ between the two: the rising number, 64-bit integers, double precision. */
interface Types {
  readonly rising: ReturnType<typeof sql>
  readonly big: 'bigint' | 'integer'
  readonly real: 'double precision' | 'real'
}

export function migrations(kind: 'sqlite' | 'postgres'): Record<string, Migration> {
  const types: Types =
    kind === 'sqlite'
      ? { rising: sql`integer primary key autoincrement`, big: 'integer', real: 'real' }
      : {
          rising: sql`bigint generated always as identity primary key`,
          big: 'bigint',
          real: 'double precision',
        }
  return { '001': { up: (db) => first(db, types) }, '002': { up: second } }
}

/** Many entities change at one moment, and are read page by page: the index has their order whole. */
async function second(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('entities_updated').execute()
  await db.schema.createIndex('entities_changed').on('entities').columns(['kind', 'updated', 'id']).execute()
}

async function first(db: Kysely<unknown>, { rising, big, real }: Types): Promise<void> {
  await sql`create table events (seq ${rising}, id text not null unique, user_id text not null, item_id text not null,
    type text not null, weight ${sql.raw(real)} not null, time ${sql.raw(big)} not null, recommendation text)`.execute(
    db,
  )
  await db.schema.createIndex('events_user').on('events').columns(['user_id', 'seq']).execute()
  await db.schema
    .createIndex('events_recommendation')
    .on('events')
    .columns(['time'])
    .where(sql.ref('recommendation'), 'is not', null)
    .execute()
  await db.schema.createIndex('events_item').on('events').columns(['item_id', 'seq']).execute()
  await db.schema
    .createTable('entities')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('attributes', 'text', (c) => c.notNull())
    .addColumn('created', big, (c) => c.notNull())
    .addColumn('updated', big, (c) => c.notNull())
    .addPrimaryKeyConstraint('entities_key', ['kind', 'id'])
    .execute()
  await db.schema.createIndex('entities_updated').on('entities').columns(['kind', 'updated']).execute()
  await db.schema
    .createTable('relations')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('weight', real, (c) => c.notNull())
    .addColumn('updated', big, (c) => c.notNull())
    .addPrimaryKeyConstraint('relations_key', ['kind', 'source', 'target'])
    .execute()
  await db.schema.createIndex('relations_target').on('relations').columns(['target']).execute()
  await db.schema
    .createTable('erasures')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('seq', big, (c) => c.notNull())
    .addColumn('time', big, (c) => c.notNull())
    .addPrimaryKeyConstraint('erasures_key', ['kind', 'id'])
    .execute()
  await db.schema
    .createTable('jobs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('config', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('progress', 'text')
    .addColumn('result', 'text')
    .addColumn('error', 'text')
    .addColumn('created', big, (c) => c.notNull())
    .addColumn('started', big)
    .addColumn('finished', big)
    .addColumn('owner', 'text')
    .addColumn('heartbeat', big)
    .execute()
  await db.schema.createIndex('jobs_status').on('jobs').columns(['status', 'created']).execute()
  await db.schema
    .createTable('schedules')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('cron', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('config', 'text', (c) => c.notNull())
    .addColumn('last', big)
    .execute()
  await db.schema
    .createTable('keys')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('created', big, (c) => c.notNull())
    .addColumn('revoked', big)
    .execute()
  await db.schema
    .createTable('answers')
    .addColumn('hour', big, (c) => c.notNull())
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('version', big, (c) => c.notNull())
    .addColumn('rung', 'text', (c) => c.notNull())
    .addColumn('count', big, (c) => c.notNull())
    .addPrimaryKeyConstraint('answers_key', ['hour', 'model', 'version', 'rung'])
    .execute()
}
