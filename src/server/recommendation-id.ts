/**
 * The id of an answer. It says by itself which version and rung answered and when, so that nothing has to be stored for the
 * events that come back with it to be attributed.
 */
import { randomBytes } from 'node:crypto'
import type { Rung } from '../retrieval/answering.ts'

const rungs: readonly Rung[] = ['trained', 'folded-in', 'profile', 'popular']

export interface Attribution {
  readonly version: number
  readonly rung: Rung
  /** Milliseconds since 1970. */
  readonly time: number
}

export function recommendationId({ version, rung, time }: Attribution): string {
  const noise = randomBytes(6).toString('base64url')
  return `r-${version.toString(36)}-${rungs.indexOf(rung)}-${time.toString(36)}-${noise}`
}

/** Null for what is no such id. */
export function attributionOf(id: string): Attribution | null {
  const match = /^r-([0-9a-z]{1,9})-([0-3])-([0-9a-z]{1,10})-[\w-]{8}$/.exec(id)
  if (!match) return null
  const [, version, rung, time] = match as unknown as [string, string, string, string]
  return { version: parseInt(version, 36), rung: rungs[Number(rung)], time: parseInt(time, 36) }
}
