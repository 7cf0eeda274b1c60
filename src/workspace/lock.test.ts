import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeLeftovers, replaceText, temporaryPath } from './atomic.ts'
import { withLock } from './lock.ts'
import { isGone, ownTag } from './owner.ts'

let directory = ''
let path = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'))
  path = join(directory, 'lock')
})
afterEach(() => rm(directory, { recursive: true }))

/** The tag of a process that has ended. */
function deadTag(): string {
  const script = `import { ownTag } from ${JSON.stringify(new URL('owner.ts', import.meta.url).href)}; console.log(ownTag)`
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  }).stdout.trim()
}
const DAY = 24 * 3600 * 1000

test('one at a time, in this process', async () => {
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await sleep(3)
    inside--
  }
  await Promise.all(Array.from({ length: 8 }, () => withLock(path, work)))
  expect(most).toBe(1)
  expect(await readdir(directory)).toEqual([])
})

test('a lock is freed when the work fails', async () => {
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await withLock(path, () => Promise.resolve(7))).toBe(7)
})

test('the lock of a dead process is taken over, once, by whoever comes', async () => {
  await writeFile(path, deadTag())
  await writeFile(`${path}.break`, deadTag())
  let inside = 0
  const work = async () => {
    expect(++inside).toBe(1)
    await sleep(2)
    inside--
  }
  await Promise.all(Array.from({ length: 6 }, () => withLock(path, work)))
  expect(await readdir(directory)).toEqual([])
})

test('the lock of a live process is respected, and the error names it', async () => {
  await writeFile(path, ownTag)
  await expect(withLock(path, () => Promise.resolve(), 30)).rejects.toMatchObject({
    code: 'ARTEFACT',
    message: expect.stringContaining(ownTag),
  })
  expect(await readdir(directory)).toEqual(['lock'])
})

test('whose process is gone', () => {
  const now = Date.now()
  const [machine, pid, start] = ownTag.split('-')
  expect(isGone(ownTag, now - 10 * DAY)).toBe(false)
  expect(isGone(deadTag(), now)).toBe(true)
  expect(isGone('', now)).toBe(true)
  // The same process id, started at another time; only Linux tells the start.
  if (process.platform === 'linux') expect(isGone(`${machine}-${pid}-${'0'.repeat(12)}`, now)).toBe(true)
  // Another machine, of which only the age is known.
  expect(isGone(`00000000-${pid}-${start}`, now)).toBe(false)
  expect(isGone(`00000000-${pid}-${start}`, now - 2 * DAY)).toBe(true)
})

test('leftovers of dead processes go; of live and unknown ones, and other files, stay', async () => {
  const dead = `.tmp-${deadTag()}-0123456789abcdef`
  await mkdir(join(directory, dead))
  await writeFile(join(directory, dead, 'half'), 'x')
  const own = temporaryPath(directory)
  await writeFile(own, 'x')
  const foreign = join(directory, '.tmp-00000000-1-unknown-0123456789abcdef')
  await mkdir(foreign)
  await writeFile(join(foreign, 'fresh'), 'x')
  const old = new Date(Date.now() - 2 * DAY)
  await utimes(foreign, old, old)
  await writeFile(join(directory, '.tmp-notes'), 'x')
  await removeLeftovers(directory)
  const left = await readdir(directory)
  expect(left).not.toContain(dead)
  expect(left.length).toBe(3)
  await utimes(join(foreign, 'fresh'), old, old)
  await utimes(foreign, old, old)
  await removeLeftovers(directory)
  expect((await readdir(directory)).length).toBe(2)
})

test('replacing a file leaves no temporary ones', async () => {
  await replaceText(path, 'one')
  await replaceText(path, 'two')
  expect(await readdir(directory)).toEqual(['lock'])
})
