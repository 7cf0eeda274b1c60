/** Users and items with their attributes, and the erasure of both. */
import { type Selectable, sql } from 'kysely'
import { countEntities } from './census.ts'
import type { Database } from './database.ts'
import { lastNumber, removeEvents } from './events.ts'
import type { EntityKind, Tables } from './tables.ts'

export type Attributes = Readonly<Record<string, unknown>>

export interface Entity {
  readonly id: string
  readonly attributes: Attributes
  readonly created: number
  readonly updated: number
}

export interface Erasure {
  readonly kind: EntityKind
  readonly id: string
  /** Models of events up to this number may know them. */
  readonly seq: number
}

/** Milliseconds after which all servers agree that a change is past. */
const SETTLED = 5000
const REMAINDER = 2 ** 20

export class Entities {
  readonly #database: Database
  readonly #now: () => number

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
  }

  async get(kind: EntityKind, id: string): Promise<Entity | null> {
    const row = await this.#database.db
      .selectFrom('entities')
      .selectAll()
      .where('kind', '=', kind)
      .where('id', '=', id)
      .executeTakeFirst()
    return row ? entityOf(row) : null
  }

  count(kind: EntityKind): Promise<number> {
    return countEntities(this.#database, kind)
  }

  async ids(kind: EntityKind): Promise<string[]> {
    const rows = await this.#database.db
      .selectFrom('entities')
      .select('id')
      .where('kind', '=', kind)
      .execute()
    return rows.map(({ id }) => id)
  }

  /** Entities in the order of their ids, from the one after `after`. */
  async page(kind: EntityKind, after: string | null, limit: number): Promise<Entity[]> {
    let query = this.#database.db.selectFrom('entities').selectAll().where('kind', '=', kind)
    if (after !== null) query = query.where('id', '>', after)
    return (await query.orderBy('id').limit(limit).execute()).map(entityOf)
  }

  /** All entities in the order of their ids, page by page. */
  async *all(kind: EntityKind, limit: number): AsyncGenerator<Entity[], void, void> {
    for (let after: string | null = null; ;) {
      const page = await this.page(kind, after, limit)
      if (page.length === 0) return
      yield page
      after = page.at(-1)!.id
    }
  }

  /** Entities put or changed at `time` or after, in the order of their changes, page by page. */
  async *changedSince(kind: EntityKind, time: number, limit = 1000): AsyncGenerator<Entity[], void, void> {
    let from: { readonly updated: number; readonly id: string | null } = { updated: time, id: null }
    for (;;) {
      const { updated, id } = from
      const rows = await this.#database.db
        .selectFrom('entities')
        .selectAll()
        .where('kind', '=', kind)
        .$if(id === null, (query) => query.where('updated', '>=', updated))
        .$if(id !== null, (query) =>
          query.where((e) => e(e.refTuple('updated', 'id'), '>', e.tuple(updated, id!))),
        )
        .orderBy('updated')
        .orderBy('id')
        .limit(limit)
        .execute()
      if (rows.length === 0) return
      yield rows.map(entityOf)
      from = rows.at(-1)!
    }
  }

  /**
   * A text that is another one whenever the entities of this kind are others; null while the last change is so fresh that another one at the same
   * moment, by the clock of any server, would go unseen.
   */
  async mark(kind: EntityKind): Promise<string | null> {
    const { count, last, sum } = await this.#database.db
      .selectFrom('entities')
      .where('kind', '=', kind)
      .select((e) => [
        e.fn.countAll<number>().as('count'),
        e.fn.max('updated').as('last'),
        // Of remainders, which add up to a safe number.
        sql<number | null>`cast(sum(updated % ${sql.lit(REMAINDER)}) as bigint)`.as('sum'),
      ])
      .executeTakeFirstOrThrow()
    return last !== null && last > this.#now() - SETTLED ? null : JSON.stringify([count, last, sum])
  }

  /** Makes them or replaces their attributes, all or none. An item that was erased may be answered again. */
  async put(
    kind: EntityKind,
    entities: readonly { readonly id: string; readonly attributes: Attributes }[],
  ): Promise<void> {
    const now = this.#now()
    await this.#database.db.transaction().execute(async (tx) => {
      for (let start = 0; start < entities.length; start += 500) {
        const rows = entities.slice(start, start + 500).map(({ id, attributes }) => ({
          kind,
          id,
          attributes: JSON.stringify(attributes),
          created: now,
          updated: now,
        }))
        await tx
          .insertInto('entities')
          .values(rows)
          .onConflict((conflict) =>
            conflict.columns(['kind', 'id']).doUpdateSet((e) => ({
              attributes: e.ref('excluded.attributes'),
              updated: e.ref('excluded.updated'),
            })),
          )
          .execute()
        if (kind === 'user') continue
        await tx
          .deleteFrom('erasures')
          .where('kind', '=', kind)
          .where(
            'id',
            'in',
            rows.map(({ id }) => id),
          )
          .execute()
      }
    })
  }

  /** Changes some attributes; null takes one away. Answers the entity, or null when there is none. */
  async patch(kind: EntityKind, id: string, changes: Attributes): Promise<Entity | null> {
    return this.#database.db.transaction().execute(async (tx) => {
      let query = tx.selectFrom('entities').selectAll().where('kind', '=', kind).where('id', '=', id)
      if (this.#database.kind === 'postgres') query = query.forUpdate()
      const row = await query.executeTakeFirst()
      if (!row) return null
      const all = Object.entries({ ...parse(row.attributes), ...changes })
      const attributes = Object.fromEntries(all.filter(([, value]) => value !== null))
      const updated = this.#now()
      await tx
        .updateTable('entities')
        .set({ attributes: JSON.stringify(attributes), updated })
        .where('kind', '=', kind)
        .where('id', '=', id)
        .execute()
      return entityOf({ ...row, attributes: JSON.stringify(attributes), updated })
    })
  }

  /** Removes an entity, its events and its relations, and notes that older models must not answer for it. */
  async erase(kind: EntityKind, id: string): Promise<{ events: number; existed: boolean }> {
    return this.#database.db.transaction().execute(async (tx) => {
      const seq = await lastNumber(this.#database, tx)
      const events = await removeEvents(tx, kind, id)
      const entity = await tx
        .deleteFrom('entities')
        .where('kind', '=', kind)
        .where('id', '=', id)
        .executeTakeFirst()
      const relations =
        kind === 'item'
          ? { numDeletedRows: 0n }
          : await tx
              .deleteFrom('relations')
              .where((e) => e.or([e('source', '=', id), e('target', '=', id)]))
              .executeTakeFirst()
      const erasure = { kind, id, seq, time: this.#now() }
      await tx
        .insertInto('erasures')
        .values(erasure)
        .onConflict((conflict) =>
          conflict.columns(['kind', 'id']).doUpdateSet({ seq: erasure.seq, time: erasure.time }),
        )
        .execute()
      const existed = events > 0 || entity.numDeletedRows > 0n || relations.numDeletedRows > 0n
      return { events, existed }
    })
  }

  /** Everybody who was erased and whom models of events up to `seq` may know. */
  async erasedSince(seq: number): Promise<Erasure[]> {
    return this.#database.db
      .selectFrom('erasures')
      .select(['kind', 'id', 'seq'])
      .where('seq', '>=', seq)
      .execute()
  }

  /** Forgets erasures that no model is left to know of: those noted at numbers below `seq`. */
  async forgetErasures(seq: number): Promise<void> {
    await this.#database.db.deleteFrom('erasures').where('seq', '<', seq).execute()
  }
}

function entityOf(row: Selectable<Tables['entities']>): Entity {
  return {
    id: row.id,
    attributes: parse(row.attributes),
    created: row.created,
    updated: row.updated,
  }
}

function parse(text: string): Attributes {
  return JSON.parse(text) as Attributes
}
