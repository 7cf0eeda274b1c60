/**
 * Files and directories that appear whole or not at all. Everything is written under a temporary name in the directory it
 * belongs to, synced to disk, renamed, and the directory synced, so that neither a crash nor a power cut leaves a half.
 */
import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isGone, ownTag } from './owner.ts'

const PREFIX = '.tmp-'
const pattern = /^\.tmp-(.+)-[0-9a-f]{16}$/

/** A fresh temporary path in `directory`, marked as this process's. */
export function temporaryPath(directory: string): string {
  return join(directory, `${PREFIX}${ownTag}-${randomBytes(8).toString('hex')}`)
}

/** Writes `path` through `write`, replacing what was there in one step; after a failure the old file is untouched. */
export async function replaceFile<T>(path: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const temporary = temporaryPath(dirname(path))
  try {
    const handle = await open(temporary, 'wx')
    let result: T
    try {
      result = await write(handle)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
    await syncDirectory(dirname(path))
    return result
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** {@link replaceFile} for what writes to a path. */
export async function replaceByPath(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryPath(dirname(path))
  try {
    await write(temporary)
    const handle = await open(temporary, 'r+')
    await handle.sync().finally(() => handle.close())
    await rename(temporary, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** {@link replaceFile} with `text`. */
export async function replaceText(path: string, text: string): Promise<void> {
  await replaceFile(path, (handle) => handle.writeFile(text))
}

/**
 * Makes a temporary directory in `parent`, has `fill` write plain files into it, and syncs them all. Returns its path, to be
 * given to {@link publishDirectory}; after a failure nothing is left.
 */
export async function buildDirectory(parent: string, fill: (path: string) => Promise<void>): Promise<string> {
  const temporary = temporaryPath(parent)
  await mkdir(temporary)
  try {
    await fill(temporary)
    for (const name of await readdir(temporary)) {
      await using handle = await open(join(temporary, name), 'r+')
      await handle.sync()
    }
    await syncDirectory(temporary)
    return temporary
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
}

/** Renames a built directory to `target`, where there must be none with anything in it. */
export async function publishDirectory(temporary: string, target: string): Promise<void> {
  await rename(temporary, target)
  await syncDirectory(dirname(target))
  await syncDirectory(dirname(temporary))
}

/** Removes a directory so that it is gone at once: renamed into `trash` (a directory of the same disk), then deleted. */
export async function removeDirectory(path: string, trash: string): Promise<void> {
  const temporary = temporaryPath(trash)
  await rename(path, temporary)
  await syncDirectory(dirname(path))
  await syncDirectory(trash)
  await rm(temporary, { recursive: true, force: true })
}

/** Makes the directories of `path` that are missing, and syncs each new one's parent. */
export async function makeDirectory(path: string): Promise<void> {
  if (await isDirectory(path)) return
  await makeDirectory(dirname(path))
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await syncDirectory(dirname(path))
}

/** Removes the temporary files and directories in `directory` whose process is gone. */
export async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await namesIn(directory)) {
    const owner = pattern.exec(name)?.[1]
    if (owner === undefined) continue
    const path = join(directory, name)
    const modified = await lastChange(path)
    if (modified !== undefined && isGone(owner, modified)) await rm(path, { recursive: true, force: true })
  }
}

/** Names in a directory, in order; none when it does not exist. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort()
  } catch (error) {
    if (isAbsence(error)) return []
    throw error
  }
}

/** Whether `error` says that a file or directory is not there. */
export function isAbsence(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}

export async function isDirectory(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory() ?? false
}

/** When a file or directory was last changed, in milliseconds; undefined when it is not there. */
export async function changedAt(path: string): Promise<number | undefined> {
  return (await statOf(path))?.mtimeMs
}

export async function exists(path: string): Promise<boolean> {
  return (await statOf(path)) !== undefined
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

/** The latest change of a file, or of a directory and the files in it; undefined when it is gone. */
async function lastChange(path: string): Promise<number | undefined> {
  try {
    const own = await stat(path)
    const times = [own.mtimeMs]
    if (own.isDirectory())
      for (const name of await readdir(path)) times.push((await stat(join(path, name))).mtimeMs)
    return Math.max(...times)
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

async function syncDirectory(path: string): Promise<void> {
  // Windows has no way to sync a directory.
  if (process.platform === 'win32') return
  await using handle = await open(path, 'r')
  await handle.sync()
}
