/**
 * Who made a temporary file or a lock: a tag of machine, process id and process start, so that what a crashed process left
 * is told from what a live one is working on, even when the process id has been given to another process since.
 */
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** After this time without a change, what belongs to a process that cannot be looked up from here is taken as left over. */
const FOREIGN_MS = 24 * 3600 * 1000
const pattern = /^([0-9a-f]{8})-([0-9]+)-([0-9a-f]{12}|unknown)$/

/** `<machine>-<pid>-<start>` of this process. */
export const ownTag = `${machine()}-${process.pid}-${startOf(process.pid) ?? 'unknown'}`

/**
 * Whether the process that made `tag` no longer runs. `modified` (ms since 1970) is the last change of what it made: on
 * another machine or container, or where a process's start is not to be had, only its age can tell.
 */
export function isGone(tag: string, modified: number): boolean {
  const [, where, pid, start] = pattern.exec(tag) ?? []
  // A tag is complete before it can be seen, so only a power cut garbles one.
  if (where === undefined) return true
  const old = Date.now() - modified > FOREIGN_MS
  if (where !== machine()) return old
  if (!isAlive(Number(pid))) return true
  const now = startOf(Number(pid))
  return now === undefined || start === 'unknown' ? old : now !== start
}

/** The machine, and on Linux the process-id namespace (a container has its own). */
function machine(): string {
  return digest(`${hostname()} ${tryTo(() => readlinkSync('/proc/self/ns/pid')) ?? ''}`, 8)
}

function startOf(pid: number): string | undefined {
  const boot = tryTo(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
  const stat = tryTo(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (boot === undefined || stat === undefined) return undefined
  // Field 22 is the start; the second field is a name in parentheses that may hold blanks.
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return digest(`${boot} ${ticks}`, 12)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}

function tryTo(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
