/** The store: what arrives while serving. Opened once, beside the workspace. */
import { Answers } from './answers.ts'
import { type Census, takeCensus } from './census.ts'
import type { Database } from './database.ts'
import { answers, openDatabase } from './database.ts'
import { Entities } from './entities.ts'
import { Events } from './events.ts'
import { Jobs } from './jobs.ts'
import { Keys } from './keys.ts'
import { Relations } from './relations.ts'
import { idsWithPrefix } from './search.ts'
import type { EntityKind } from './tables.ts'

export interface Store {
  readonly kind: Database['kind']
  readonly events: Events
  readonly entities: Entities
  readonly relations: Relations
  readonly jobs: Jobs
  readonly keys: Keys
  readonly answers: Answers
  /** What it holds, up to event number `upTo`, in numbers. */
  census(upTo: number): Promise<Census>
  /** Ids that begin with `prefix`, at most `limit`. */
  search(kind: EntityKind, prefix: string, limit: number): Promise<string[]>
  /** Whether the database answers. */
  ready(): Promise<boolean>
  close(): Promise<void>
}

/** @param where a file or a `postgres://` URL, as for {@link openDatabase} */
export async function openStore(where: string, now: () => number = Date.now): Promise<Store> {
  const database = await openDatabase(where)
  return {
    kind: database.kind,
    events: new Events(database),
    entities: new Entities(database, now),
    relations: new Relations(database, now),
    jobs: new Jobs(database, now),
    keys: new Keys(database, now),
    answers: new Answers(database),
    census: (upTo) => takeCensus(database, upTo),
    search: (kind, prefix, limit) => idsWithPrefix(database, kind, prefix, limit),
    ready: () => answers(database),
    close: () => database.close(),
  }
}
