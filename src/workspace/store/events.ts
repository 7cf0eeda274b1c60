/** Events: who did what to which item, when. Appended once by id, in an order that rises with the commits. */
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'

export interface Event {
  readonly id: string
  readonly user: string
  readonly item: string
  readonly type: string
  readonly weight: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly recommendation: string | null
}

export interface StoredEvent extends Event {
  readonly seq: number
}

/** Rows of one statement: far from SQLite's limit of 32,766 parameters. */
const ROWS = 500
/** Any number that is only ours: writers of events take this lock in turn. */
const WRITERS = 7_246_001

export class Events {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Stores all of the events or none; durable when it answers. An event whose id is there already is left as it is. */
  async append(events: readonly Event[]): Promise<{ stored: number }> {
    if (events.length === 0) return { stored: 0 }
    let stored = 0
    await this.#database.db.transaction().execute(async (tx) => {
      // Numbers are given when rows are written and seen when they are committed: without turns, a reader that goes by them could
      // pass over a slow writer's rows.
      if (this.#database.kind === 'postgres') await sql`select pg_advisory_xact_lock(${WRITERS})`.execute(tx)
      for (let start = 0; start < events.length; start += ROWS) {
        const result = await tx
          .insertInto('events')
          .values(events.slice(start, start + ROWS).map(rowOf))
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirst()
        stored += Number(result.numInsertedOrUpdatedRows ?? 0n)
      }
    })
    return { stored }
  }

  /** The events after number `seq`, in order, at most `limit`. */
  async after(seq: number, limit = 10_000): Promise<StoredEvent[]> {
    const rows = await this.#select().where('seq', '>', seq).orderBy('seq').limit(limit).execute()
    return rows.map(eventOf)
  }

  /** The last events of a user, latest first; those before number `before` where it is given. */
  async ofUser(user: string, limit: number, before?: number): Promise<StoredEvent[]> {
    let query = this.#select().where('user_id', '=', user)
    if (before !== undefined) query = query.where('seq', '<', before)
    return (await query.orderBy('seq', 'desc').limit(limit).execute()).map(eventOf)
  }

  /** All events up to number `seq` in order, page by page: what a training or an export reads. */
  async *upTo(seq: number, page = 10_000): AsyncGenerator<StoredEvent[], void, void> {
    for (let after = 0; ;) {
      const rows = await this.#select()
        .where('seq', '>', after)
        .where('seq', '<=', seq)
        .orderBy('seq')
        .limit(page)
        .execute()
      if (rows.length === 0) return
      yield rows.map(eventOf)
      after = rows.at(-1)!.seq
    }
  }

  /** The number of the last event; 0 without any. */
  async last(): Promise<number> {
    const row = await this.#database.db
      .selectFrom('events')
      .select((e) => e.fn.max('seq').as('seq'))
      .executeTakeFirst()
    return row?.seq ?? 0
  }

  /** The greatest time of an event; 0 without any. */
  async latest(): Promise<number> {
    const row = await this.#database.db
      .selectFrom('events')
      .select((e) => e.fn.max('time').as('time'))
      .executeTakeFirst()
    return row?.time ?? 0
  }

  async count(): Promise<number> {
    const row = await this.#database.db
      .selectFrom('events')
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return row.count
  }

  #select() {
    return this.#database.db.selectFrom('events').selectAll()
  }
}

/** The greatest number that an event was ever given, whether or not it is still there; at least that in PostgreSQL. */
export async function lastNumber({ kind }: Database, db: Kysely<Tables>): Promise<number> {
  const query =
    kind === 'sqlite'
      ? sql<{ seq: number }>`select seq from sqlite_sequence where name = 'events'`
      : sql<{
          seq: number | null
        }>`select pg_sequence_last_value(pg_get_serial_sequence('events', 'seq')::regclass) as seq`
  return (await query.execute(db)).rows[0]?.seq ?? 0
}

/** Removes the events of a user, or of an item. */
export async function removeEvents(db: Kysely<Tables>, kind: 'user' | 'item', id: string): Promise<number> {
  const result = await db
    .deleteFrom('events')
    .where(kind === 'user' ? 'user_id' : 'item_id', '=', id)
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}

function rowOf(event: Event) {
  const { user, item, ...rest } = event
  return { ...rest, user_id: user, item_id: item }
}

function eventOf({ user_id, item_id, ...rest }: Selectable<Tables['events']>): StoredEvent {
  return { ...rest, user: user_id, item: item_id }
}
