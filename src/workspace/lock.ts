/**
 * A lock between processes: a file that exists while the lock is held and names its holder. Taking it is a hard link, which
 * fails if the name is there, so the file is never seen without its content. The lock of a process that is gone is taken
 * down by one process only, the one that holds the lock for doing so (`<path>.break`).
 */
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAbsence, temporaryPath } from './atomic.ts'
import { isGone, ownTag } from './owner.ts'
import { fail } from '../errors.ts'

/** Work done under a lock takes milliseconds, so a longer wait means that something is wrong. */
const PATIENCE_MS = 30_000

/** Runs `work` while no other process, and no other call in this one, holds the lock at `path`. */
export async function withLock<T>(path: string, work: () => Promise<T>, patience = PATIENCE_MS): Promise<T> {
  await take(path, patience)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string, patience: number): Promise<void> {
  const started = performance.now()
  const own = temporaryPath(dirname(path))
  await writeFile(own, ownTag, { flag: 'wx' })
  try {
    for (let pause = 2; !(await tryLink(own, path)); pause = Math.min(pause * 1.5, 50)) {
      const holder = await holderOf(path)
      if (holder !== undefined && isGone(holder.tag, holder.since)) {
        await takeDown(path, patience)
        continue
      }
      if (performance.now() - started > patience) {
        throw fail('ARTEFACT', {
          path,
          expected: `the lock to be free within ${patience / 1000} s`,
          got: `a lock held by process ${holder?.tag ?? 'unknown'} (machine-pid-start)`,
          todo: 'Wait for that process to end; if it is gone, delete the file.',
        })
      }
      await sleep(pause)
    }
  } finally {
    await rm(own, { force: true })
  }
}

async function takeDown(path: string, patience: number): Promise<void> {
  const work = async () => {
    // Its holder cannot free it and nobody else may, so what is seen here stays until it is removed here.
    const holder = await holderOf(path)
    if (holder !== undefined && isGone(holder.tag, holder.since)) await rm(path, { force: true })
  }
  await withLock(`${path}.break`, work, patience)
}

async function tryLink(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function holderOf(path: string): Promise<{ tag: string; since: number } | undefined> {
  try {
    const tag = await readFile(path, 'utf8')
    return { tag, since: (await stat(path)).mtimeMs }
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}
