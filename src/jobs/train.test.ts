/** What a training reads of the store, and what it leaves there. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, type Store } from '../workspace/store/store.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'
import { snapshot } from './snapshot.ts'
import { trainVersion } from './train.ts'

const DAY = 86_400_000
const folder = mkdtempSync(join(tmpdir(), 'homophily-train-'))
let store: Store
let workspace: Workspace

const context = (config: object = {}) => ({
  store,
  workspace,
  model: 'shop',
  config: { method: 'item-knn', ...config },
  signal: new AbortController().signal,
  onProgress() {},
})
/** An event a day, of six users in turn. */
const events = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, k) => from + k).map((n) => ({
    id: `e${n}`,
    user: `u${n % 6}`,
    item: `i${(n * 5) % 7}`,
    type: 'view',
    weight: 1,
    time: 1e12 + n * DAY,
    recommendation: null,
  }))

beforeAll(async () => {
  store = await openStore(':memory:')
  workspace = await openWorkspace(folder)
  await store.events.append(events(0, 30))
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

test('all events count, or those of the last days before the latest one', async () => {
  const all = await snapshot(context())
  expect([all.count, all.interactions.matrix.nnz]).toEqual([30, 30])
  const late = await snapshot(context(), { days: 10 })
  expect([late.upTo, late.interactions.matrix.nnz]).toEqual([30, 10])
  expect(late.interactions.times!.every((time) => time > 1e12 + 19 * DAY)).toBe(true)
  await trainVersion(context({ days: 12 }))
  const { data } = await workspace.loadModel('shop')
  expect(data).toMatchObject({ days: 12, interactions: 12, events: { upTo: 30, count: 30 } })
})

test('who was erased is remembered as long as any model may know them', async () => {
  // A model of another kind that has seen the first events alone.
  await workspace.saveModel('groups', {
    method: 'k-means',
    config: {},
    seed: 1,
    tensors: {},
    metadata: { family: 'cluster' },
    users: ['u3'],
    items: [],
    data: { events: { upTo: 5 } },
  })
  await store.entities.erase('user', 'u3')
  await store.events.append(events(30, 60))
  await trainVersion(context())
  await workspace.deleteModel('shop', 1)
  await trainVersion(context())
  const remembered = async () => (await store.entities.erasedSince(0)).map(({ id }) => id)
  expect(await remembered()).toEqual(['u3'])
  await workspace.deleteModel('groups')
  await workspace.deleteModel('shop', 2)
  await store.events.append(events(60, 70))
  await trainVersion(context())
  await workspace.deleteModel('shop', 3)
  await trainVersion(context())
  expect(await remembered()).toEqual([])
})
