/** SQLite as built into Node, in the shape that Kysely's dialect asks for. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { SqliteDatabase } from 'kysely'

/**
 * Opens the file (`:memory:` for none). Write-ahead log: readers never wait for the writer. Synchronous FULL: what a transaction
 * committed survives a power cut. Another process that writes is waited for.
 */
export function openSqlite(file: string): SqliteDatabase {
  const database = new DatabaseSync(file, { timeout: 10_000 })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>()
  return {
    close: () => database.close(),
    // Compiling costs more than most statements take, and the texts are few: each is kept.
    prepare(sql) {
      // A full disk ends a transaction by itself: to end it again would be an error that hides the first.
      if (sql === 'rollback' && !database.isTransaction) return adapt(database.prepare('select 1'))
      let statement = statements.get(sql)
      if (!statement) {
        statement = adapt(database.prepare(sql))
        if (statements.size >= 200) statements.clear()
        statements.set(sql, statement)
      }
      return statement
    },
  }
}

function adapt(statement: StatementSync): ReturnType<SqliteDatabase['prepare']> {
  const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[]
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  }
}
