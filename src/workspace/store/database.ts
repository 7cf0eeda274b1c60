/** Opens the store: SQLite in the workspace, or PostgreSQL by URL, through the same queries. */
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { fail } from '../../errors.ts'
import { migrations, type Tables } from './tables.ts'
import { openSqlite } from './sqlite.ts'

export interface Database {
  readonly kind: 'sqlite' | 'postgres'
  readonly db: Kysely<Tables>
  close(): Promise<void>
}

/** Where the store of a workspace is: in it, unless a URL says otherwise. */
export function storePath(workspace: string, url?: string): string {
  return url ?? join(workspace, 'store.sqlite')
}

/**
 * @param where a file, or a `postgres://` URL. Tables are made or brought up to date.
 * @throws ARTEFACT when a later release wrote it, or the database cannot be opened.
 */
export async function openDatabase(where: string): Promise<Database> {
  const kind = /^postgres(ql)?:\/\//.test(where) ? 'postgres' : 'sqlite'
  const db = new Kysely<Tables>({
    dialect: kind === 'postgres' ? await postgres(where) : await sqlite(where),
  })
  try {
    await migrate(db, kind)
  } catch (error) {
    await db.destroy()
    throw fail(
      'ARTEFACT',
      {
        path: kind === 'postgres' ? withoutPassword(where) : where,
        expected: 'a database that homophily can use',
        got: error instanceof Error ? error.message : String(error),
        todo: 'See that it can be reached and written, and that no later release of homophily has used it.',
      },
      { cause: error },
    )
  }
  return { kind, db, close: () => db.destroy() }
}

async function sqlite(file: string): Promise<SqliteDialect> {
  if (file !== ':memory:') await mkdir(dirname(file), { recursive: true })
  return new SqliteDialect({ database: async () => openSqlite(file) })
}

async function postgres(url: string): Promise<PostgresDialect> {
  const { default: pg } = await import('pg')
  // Numbers here stay far below 2⁵³.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    keepAlive: true,
    // A server that has gone without a word must not keep requests waiting for ever.
    connectionTimeoutMillis: 5000,
    query_timeout: 120_000,
  })
  // An idle connection that breaks says so here; the next query opens another.
  pool.on('error', () => {})
  // So does one that is in use and breaks between two queries; the next of them fails.
  pool.on('connect', (client) => void client.on('error', () => {}))
  return new PostgresDialect({ pool })
}

async function migrate(db: Kysely<Tables>, kind: 'sqlite' | 'postgres'): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations(kind) } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}

/** Whether a query gets through. */
export async function answers({ db }: Database): Promise<boolean> {
  try {
    await sql`select 1`.execute(db)
    return true
  } catch {
    return false
  }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:…@')
}
