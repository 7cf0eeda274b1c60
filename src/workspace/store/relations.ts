/** Relations between users: whom they know, follow, trust. */
import type { Database } from './database.ts'

export interface Relation {
  readonly kind: string
  readonly source: string
  readonly target: string
  readonly weight: number
}

export class Relations {
  readonly #database: Database
  readonly #now: () => number

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
  }

  /** Makes relations or replaces their weights, all or none. */
  async put(relations: readonly Relation[]): Promise<void> {
    const updated = this.#now()
    await this.#database.db.transaction().execute(async (tx) => {
      for (let start = 0; start < relations.length; start += 500) {
        await tx
          .insertInto('relations')
          .values(relations.slice(start, start + 500).map((relation) => ({ ...relation, updated })))
          .onConflict((conflict) =>
            conflict.columns(['kind', 'source', 'target']).doUpdateSet((e) => ({
              weight: e.ref('excluded.weight'),
              updated: e.ref('excluded.updated'),
            })),
          )
          .execute()
      }
    })
  }

  async remove(kind: string, source: string, target: string): Promise<boolean> {
    const result = await this.#database.db
      .deleteFrom('relations')
      .where('kind', '=', kind)
      .where('source', '=', source)
      .where('target', '=', target)
      .executeTakeFirst()
    return result.numDeletedRows > 0n
  }

  /** All relations in the order of kind, source and target, page by page. */
  async *all(page: number): AsyncGenerator<Relation[], void, void> {
    for (let after: Relation | null = null; ;) {
      let query = this.#database.db.selectFrom('relations').select(['kind', 'source', 'target', 'weight'])
      if (after) {
        const { kind, source, target } = after
        query = query.where((e) =>
          e(e.refTuple('kind', 'source', 'target'), '>', e.tuple(kind, source, target)),
        )
      }
      const rows: Relation[] = await query
        .orderBy('kind')
        .orderBy('source')
        .orderBy('target')
        .limit(page)
        .execute()
      if (rows.length === 0) return
      yield rows
      after = rows.at(-1)!
    }
  }

  /** What a user is related to, as source, in the order of kind and target. */
  async of(source: string, limit: number): Promise<Relation[]> {
    return this.#database.db
      .selectFrom('relations')
      .select(['kind', 'source', 'target', 'weight'])
      .where('source', '=', source)
      .orderBy('kind')
      .orderBy('target')
      .limit(limit)
      .execute()
  }
}
