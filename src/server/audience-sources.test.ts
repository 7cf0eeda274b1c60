/** What the service keeps in memory for audiences, and that no change goes unseen. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Space } from '../audience/space.ts'
import { saveAudience } from '../workspace/audiences/audience.ts'
import { currentMembers } from '../workspace/audiences/build.ts'
import { openStore, type Store } from '../workspace/store/store.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'
import { ServiceSources } from './audience-sources.ts'
import { Service } from './service.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-sources-'))
let clock = 100_000
let store: Store
let workspace: Workspace
let sources: ServiceSources
beforeAll(async () => {
  store = await openStore(join(folder, 'store.sqlite'), () => clock)
  workspace = await openWorkspace(folder)
  sources = new ServiceSources(new Service(workspace, store, 'shop', () => clock))
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const put = (id: string, age: number): Promise<void> =>
  store.entities.put('user', [{ id, attributes: { age } }])
const vectorOf = ({ ids, dim, data }: Space, id: string): number[] => {
  const row = ids.row(id)
  return [...data.subarray(row * dim, (row + 1) * dim)]
}

test('attributes are kept as numbers until one changes, somebody comes or somebody goes', async () => {
  await put('a', 20)
  await put('b', 30)
  await put('c', 40)
  const space = (): Promise<Space> => sources.space('attributes')
  // So soon after a change another one could have the same time.
  const fresh = await space()
  expect(await space()).not.toBe(fresh)
  clock += 10_000
  const kept = await space()
  expect(vectorOf(kept, 'a')).toEqual(vectorOf(fresh, 'a'))
  expect(await space()).toBe(kept)

  await store.entities.patch('user', 'b', { age: 90 })
  const changed = await space()
  expect(vectorOf(changed, 'b')).not.toEqual(vectorOf(kept, 'b'))
  clock += 10_000
  const again = await space()
  expect(vectorOf(again, 'b')).toEqual(vectorOf(changed, 'b'))
  expect(await space()).toBe(again)

  await put('d', 50)
  expect((await space()).ids.size).toBe(4)
  clock += 10_000
  await space()
  await store.entities.erase('user', 'a')
  // What the erased one leaves is older than any change.
  expect((await space()).ids.row('a')).toBe(-1)
  // One goes and another comes between two looks.
  clock += 10_000
  await space()
  await store.entities.erase('user', 'b')
  await put('e', 60)
  clock += 10_000
  expect([...(await space()).ids].sort()).toEqual(['c', 'd', 'e'])
})

test('an audience is read once, until it is made anew; who was erased is not among its members', async () => {
  const audience = { name: 'Some', source: { kind: 'ids' }, space: null, scores: null, upTo: 0 } as const
  await saveAudience(workspace, 'some', { ...audience, members: ['c', 'd', 'x'] })
  const first = await sources.audience('some')
  expect(await sources.audience('some')).toBe(first)
  expect((await currentMembers(sources, 'some')).members).toEqual(['c', 'd', 'x'])
  await store.entities.erase('user', 'd')
  expect((await currentMembers(sources, 'some')).members).toEqual(['c', 'x'])
  await saveAudience(workspace, 'some', { ...audience, members: ['y'] })
  expect((await currentMembers(sources, 'some')).members).toEqual(['y'])
  await workspace.deleteModel('audience.some')
  await expect(sources.audience('some')).rejects.toThrow(/unknown audience "some"/)
  // Another one of the same name and number.
  await saveAudience(workspace, 'some', { ...audience, members: ['z'] })
  expect((await currentMembers(sources, 'some')).members).toEqual(['z'])
})
