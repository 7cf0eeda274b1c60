/** What the exit code of the command line says. */
import { CommanderError } from 'commander'
import { type ErrorCode, HomophilyError } from '../errors.ts'

export const exitCodes = {
  ok: 0,
  /** A fault of homophily, of the disk, or training that diverged. */
  failed: 1,
  /** Unknown commands, flags or settings; values out of range. */
  usage: 2,
  /** Input or a stored file that cannot be used. */
  data: 3,
  /** A user, item, model, method, preset or file that is not there. */
  notFound: 4,
  /** The job does not fit this machine. */
  tooLarge: 5,
  interrupted: 130,
} as const

const byErrorCode: Readonly<Record<ErrorCode, number>> = {
  SHAPE: exitCodes.failed,
  ARGUMENT: exitCodes.usage,
  CONFIG: exitCodes.usage,
  UNKNOWN_NAME: exitCodes.notFound,
  DATA: exitCodes.data,
  MISSING_COLUMN: exitCodes.data,
  EMPTY: exitCodes.data,
  TOO_LARGE: exitCodes.tooLarge,
  ARTEFACT: exitCodes.data,
  MISSING: exitCodes.notFound,
  CONFLICT: exitCodes.failed,
  CANCELLED: exitCodes.interrupted,
  DIVERGED: exitCodes.failed,
}

export interface Failure {
  readonly exitCode: number
  /** A code of the error table, or USAGE, SYSTEM (the disk, permissions) and INTERNAL. */
  readonly code: string
  readonly message: string
  /** For --debug; null where the message says it all. */
  readonly stack: string | null
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof HomophilyError) {
    return { exitCode: byErrorCode[error.code], code: error.code, message: error.message, stack: null }
  }
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '')
    return { exitCode: exitCodes.usage, code: 'USAGE', message, stack: null }
  }
  if (!(error instanceof Error)) {
    return { exitCode: exitCodes.failed, code: 'INTERNAL', message: String(error), stack: null }
  }
  const system = 'syscall' in error
  const code = system ? 'SYSTEM' : 'INTERNAL'
  return { exitCode: exitCodes.failed, code, message: error.message, stack: error.stack ?? null }
}
