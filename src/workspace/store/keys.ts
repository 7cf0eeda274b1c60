/** API keys: shown once when they are made, kept as hashes. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { fail } from '../../errors.ts'
import type { Database } from './database.ts'
import type { Role } from './tables.ts'

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly created: number
  readonly revoked: number | null
}

export class Keys {
  readonly #database: Database
  readonly #now: () => number

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
  }

  /** Makes a key. `secret` is what the client sends; it cannot be had again. */
  async create(name: string, role: Role): Promise<{ key: ApiKey; secret: string }> {
    // 256 random bits: a plain hash is as good as a slow one, since nothing can be guessed.
    const secret = `hp_${randomBytes(32).toString('base64url')}`
    const key = { id: randomUUID(), name, role, created: this.#now(), revoked: null }
    await this.#database.db
      .insertInto('keys')
      .values({ ...key, hash: hashOf(secret) })
      .execute()
    return { key, secret }
  }

  /** The key that this secret opens, or null. Revoked keys open nothing. */
  async find(secret: string): Promise<ApiKey | null> {
    const row = await this.#database.db
      .selectFrom('keys')
      .select(['id', 'name', 'role', 'created', 'revoked'])
      .where('hash', '=', hashOf(secret))
      .where('revoked', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  async list(): Promise<ApiKey[]> {
    return this.#database.db
      .selectFrom('keys')
      .select(['id', 'name', 'role', 'created', 'revoked'])
      .orderBy('created')
      .orderBy('id')
      .execute()
  }

  /** @throws UNKNOWN_NAME for an id that is not there or was revoked before. */
  async revoke(id: string): Promise<void> {
    const result = await this.#database.db
      .updateTable('keys')
      .set({ revoked: this.#now() })
      .where('id', '=', id)
      .where('revoked', 'is', null)
      .executeTakeFirst()
    if (result.numUpdatedRows > 0n) return
    const live = (await this.list()).filter((key) => key.revoked === null)
    throw fail('UNKNOWN_NAME', { kind: 'key', name: id, known: live.map((key) => key.id) })
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
