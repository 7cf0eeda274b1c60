/** Ids that begin with something, wherever they were heard of: in events, or with attributes. */
import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { EntityKind } from './tables.ts'

/** At most `limit` ids of the kind that begin with `prefix`, in the order of their code points. */
export async function idsWithPrefix(
  { db, kind: database }: Database,
  kind: EntityKind,
  prefix: string,
  limit: number,
): Promise<string[]> {
  const column = kind === 'user' ? 'user_id' : 'item_id'
  // SQLite compares by bytes, so that a range of its index holds the prefix; PostgreSQL by the rules of a language.
  const begins = (name: string) =>
    database === 'sqlite'
      ? sql<boolean>`${sql.ref(name)} >= ${prefix} and ${sql.ref(name)} < ${`${prefix}\u{10FFFF}`}`
      : sql<boolean>`starts_with(${sql.ref(name)}, ${prefix})`
  const inEvents = await db
    .selectFrom('events')
    .select(`${column} as id`)
    .distinct()
    .where(begins(column))
    .orderBy('id')
    .limit(limit)
    .execute()
  const withAttributes = await db
    .selectFrom('entities')
    .select('id')
    .where('kind', '=', kind)
    .where(begins('id'))
    .orderBy('id')
    .limit(limit)
    .execute()
  const ids = new Set([...inEvents, ...withAttributes].map(({ id }) => id))
  return [...ids].sort().slice(0, limit)
}
