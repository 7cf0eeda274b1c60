/** What can be wrong with storage that nobody who asks can help: told apart by the codes of SQLite, PostgreSQL and the file system. */
export type StorageFault = 'full' | 'read-only' | 'unreachable'

/** SQLite's result codes (the lowest byte of an extended one). */
const sqlite: Readonly<Record<number, StorageFault>> = {
  8: 'read-only',
  10: 'unreachable',
  13: 'full',
  14: 'unreachable',
}

const codes: Readonly<Record<string, StorageFault>> = {
  // PostgreSQL: disk full, read-only transaction; shutting down, crashed, starting, too many connections.
  '53100': 'full',
  '25006': 'read-only',
  '57P01': 'unreachable',
  '57P02': 'unreachable',
  '57P03': 'unreachable',
  '53300': 'unreachable',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EPIPE: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
}

/** What `pg` says without a code. */
const words =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/

/** Null for an error of another kind. */
export function storageFault(error: unknown): StorageFault | null {
  if (!(error instanceof Error)) return null
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number') return sqlite[errcode & 0xff] ?? null
  if (typeof code === 'string') {
    // Class 08: connection exceptions.
    if (/^08[0-9A-Z]{3}$/.test(code)) return 'unreachable'
    if (Object.hasOwn(codes, code)) return codes[code]
  }
  if (words.test(error.message)) return 'unreachable'
  if (error instanceof AggregateError) return storageFault(error.errors[0])
  return error.cause === undefined ? null : storageFault(error.cause)
}
