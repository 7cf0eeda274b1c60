/** A save that fails at any one call to the file system changes nothing, or has put the whole new version into service. */
import type * as fs from 'node:fs/promises'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openWorkspace } from './workspace.ts'

/** Counts down with each call; the call that brings it to zero fails. */
const countdown = vi.hoisted(() => ({ left: Infinity }))
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>()
  const faulty = <F extends (...args: never[]) => Promise<unknown>>(call: F): F =>
    ((...args: Parameters<F>) => {
      if (--countdown.left === 0)
        return Promise.reject(Object.assign(new Error('disk full'), { code: 'ENOSPC' }))
      return call(...args)
    }) as F
  const open: typeof real.open = faulty(async (...args: Parameters<typeof real.open>) => {
    const handle = await real.open(...args)
    for (const name of ['write', 'writeFile', 'sync', 'read', 'stat'] as const) {
      Object.defineProperty(handle, name, {
        value: faulty(handle[name].bind(handle) as () => Promise<unknown>),
      })
    }
    return handle
  })
  const { mkdir, readdir, rename, stat, link, writeFile, readFile } = real
  const wrapped = Object.entries({ mkdir, readdir, rename, stat, link, writeFile, readFile })
  return {
    ...real,
    open,
    ...Object.fromEntries(wrapped.map(([name, call]) => [name, faulty(call as () => Promise<unknown>)])),
  }
})

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'faults-'))
})
afterEach(() => rm(directory, { recursive: true }))

const bundle = (mark: number) => ({
  method: 'x',
  config: {},
  seed: mark,
  tensors: { t: { data: new Float32Array([mark]), shape: [1] } },
  metadata: mark,
  users: [`u${mark}`],
  items: [],
  report: mark,
})

/** Saves with a fault at the `step`-th call; whether it failed, and which mark is in service after it. */
async function saveWithFault(
  place: string,
  mark: number,
  step: number,
): Promise<{ failed: boolean; seed: number }> {
  const workspace = await openWorkspace(place)
  countdown.left = step
  const error = await workspace.saveModel('m', bundle(mark)).then(
    () => undefined,
    (reason: Error) => reason,
  )
  const reached = countdown.left <= 0
  countdown.left = Infinity
  expect(error?.message).toBe(reached ? 'disk full' : undefined)
  const left = (await readdir(place, { recursive: true }).catch(() => [])).filter((path) =>
    /\.(tmp|lock)-/.test(path),
  )
  expect(left, `after a fault at step ${step}`).toEqual([])
  const again = await openWorkspace(place)
  const [model] = await again.listModels()
  if (model?.current === undefined) return { failed: reached, seed: 0 }
  const { seed, ...rest } = await again.loadModel('m')
  const { seed: _, ...parts } = bundle(seed)
  expect(rest).toMatchObject(parts)
  return { failed: reached, seed }
}

test('the first save', { timeout: 60_000 }, async () => {
  let step = 1
  for (; ; step++) {
    const place = join(directory, String(step))
    const { failed, seed } = await saveWithFault(place, 1, step)
    if (!failed) break
    expect([0, 1]).toContain(seed)
    const workspace = await openWorkspace(place)
    await workspace.saveModel('m', bundle(99))
    expect((await workspace.loadModel('m')).seed).toBe(99)
  }
  // Far fewer would mean that the faults do not reach what saving calls.
  expect(step).toBeGreaterThan(50)
})

test('later saves', { timeout: 60_000 }, async () => {
  let before = (await saveWithFault(directory, 1, Infinity)).seed
  expect(before).toBe(1)
  let step = 1
  for (; ; step++) {
    const { failed, seed } = await saveWithFault(directory, step + 1, step)
    expect([before, step + 1]).toContain(seed)
    before = seed
    if (!failed) break
  }
  expect(before).toBe(step + 1)
  expect(step).toBeGreaterThan(50)
})
