/** The store: what arrives while serving. Opened once, beside the workspace. */
import { Answers } from './answers.ts'
import type { Database } from './database.ts'
import { answers, openDatabase } from './database.ts'
import { Entities } from './entities.ts'
import { Events } from './events.ts'
import { Jobs } from './jobs.ts'
import { Keys } from './keys.ts'
import { Relations } from './relations.ts'

export interface Store {
  readonly kind: Database['kind']
  readonly events: Events
  readonly entities: Entities
  readonly relations: Relations
  readonly jobs: Jobs
  readonly keys: Keys
  readonly answers: Answers
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
    ready: () => answers(database),
    close: () => database.close(),
  }
}
