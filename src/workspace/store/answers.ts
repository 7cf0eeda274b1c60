/** How many answers were given and what came of them: counts by hour, and the events that name the answer they followed. */
import type { Database } from './database.ts'

export interface AnswerCount {
  /** Milliseconds since 1970 of the start of the hour. */
  readonly hour: number
  readonly model: string
  readonly version: number
  readonly rung: string
  readonly count: number
}

export class Answers {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Adds to the counts. */
  async add(counts: readonly AnswerCount[]): Promise<void> {
    if (counts.length === 0) return
    await this.#database.db
      .insertInto('answers')
      .values([...counts])
      .onConflict((conflict) =>
        conflict.columns(['hour', 'model', 'version', 'rung']).doUpdateSet((e) => ({
          count: e('answers.count', '+', e.ref('excluded.count')),
        })),
      )
      .execute()
  }

  /** The counts of hours from `from` to before `to`. */
  async between(from: number, to: number): Promise<AnswerCount[]> {
    return this.#database.db
      .selectFrom('answers')
      .selectAll()
      .where('hour', '>=', from)
      .where('hour', '<', to)
      .orderBy('hour')
      .execute()
  }

  /** Events of that time that name an answer, page by page. */
  async *followed(
    from: number,
    to: number,
  ): AsyncGenerator<readonly { recommendation: string; type: string }[], void, void> {
    for (let after = 0; ;) {
      const rows = await this.#database.db
        .selectFrom('events')
        .select(['seq', 'recommendation', 'type'])
        .where('recommendation', 'is not', null)
        .where('time', '>=', from)
        .where('time', '<', to)
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(10_000)
        .execute()
      if (rows.length === 0) return
      yield rows.map(({ recommendation, type }) => ({ recommendation: recommendation ?? '', type }))
      after = rows[rows.length - 1].seq
    }
  }
}
