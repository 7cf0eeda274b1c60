/**
 * What the store holds in numbers. Everything goes in pieces of a few milliseconds, since SQLite answers on the thread of the server.
 */
import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { EntityKind } from './tables.ts'

export interface Census {
  readonly events: number
  /** Users and items that events name. */
  readonly users: number
  readonly items: number
  /** Users and items with attributes. */
  readonly withAttributes: { readonly users: number; readonly items: number }
  /** Events of each hour that has any, by type, in the order of time. */
  readonly hours: readonly { readonly hour: number; readonly type: string; readonly count: number }[]
}

export const HOUR = 3_600_000
/** Numbers of events that one query looks at. */
const EVENTS = 20_000
/** Ids that one query answers. */
const IDS = 2000

/** Counts everything up to event number `upTo`. */
export async function takeCensus(database: Database, upTo: number): Promise<Census> {
  const hours = new Map<string, { hour: number; type: string; count: number }>()
  let events = 0
  for (let after = 0; after < upTo; after += EVENTS) {
    for (const { hour, type, count } of await hourly(database, after, Math.min(after + EVENTS, upTo))) {
      const key = `${hour} ${type}`
      const found = hours.get(key)
      if (found) found.count += count
      else hours.set(key, { hour: hour * HOUR, type, count })
      events += count
    }
    await rest()
  }
  return {
    events,
    users: await distinct(database, 'user_id'),
    items: await distinct(database, 'item_id'),
    withAttributes: {
      users: await countEntities(database, 'user'),
      items: await countEntities(database, 'item'),
    },
    hours: [...hours.values()].sort((a, b) => a.hour - b.hour || (a.type < b.type ? -1 : 1)),
  }
}

function hourly({ db }: Database, after: number, upTo: number) {
  const hour = sql<number>`time / ${sql.lit(HOUR)}`
  return db
    .selectFrom('events')
    .select((e) => [hour.as('hour'), 'type', e.fn.countAll<number>().as('count')])
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .groupBy([hour, 'type'])
    .execute()
}

/** How many ids events name, walking the index from one to the next. */
async function distinct({ db }: Database, column: 'user_id' | 'item_id'): Promise<number> {
  let count = 0
  for (let last: string | null = null; ;) {
    let query = db.selectFrom('events').select(column).distinct().orderBy(column).limit(IDS)
    if (last !== null) query = query.where(column, '>', last)
    const rows = (await query.execute()) as { user_id?: string; item_id?: string }[]
    count += rows.length
    if (rows.length < IDS) return count
    last = rows.at(-1)![column]!
    await rest()
  }
}

/** How many users or items have attributes. */
export async function countEntities({ db }: Database, kind: EntityKind): Promise<number> {
  const row = await db
    .selectFrom('entities')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('kind', '=', kind)
    .executeTakeFirstOrThrow()
  return row.count
}

function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
