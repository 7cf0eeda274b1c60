import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { interactionsFrom } from '../data/interactions.ts'
import { trainRecommender } from '../evaluate/train-recommender.ts'
import { saveRecommender } from '../workspace/recommenders.ts'
import { openStore, type Store } from '../workspace/store/store.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { resolveSpace, type SpaceContext } from './spaces.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-spaces-'))
let store: Store
let context: SpaceContext

beforeAll(async () => {
  store = await openStore(':memory:')
  const workspace = await openWorkspace(folder)
  context = { store, workspace, model: 'shop', signal: new AbortController().signal }
  const pairs = Array.from({ length: 40 }, (_, n) => ({ user: `u/${n % 8}`, item: `i${n % 5}` }))
  const config = { epochs: 1, dim: 4, layers: 1 }
  using model = await trainRecommender(interactionsFrom(pairs), { method: 'lightgcn', config })
  await saveRecommender(workspace, 'shop', model)
  using other = await trainRecommender(interactionsFrom(pairs), { method: 'item-knn' })
  await saveRecommender(workspace, 'plain', other)
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the model in service, by its part or by its name', async () => {
  const space = await resolveSpace(context, 'service', 'user')
  expect(space).toMatchObject({ name: 'shop', version: 1, of: 'user', dim: 4 })
  expect(space.data.length).toBe(8 * 4)
  expect((await resolveSpace(context, 'shop', 'item')).ids.ids()).toEqual(['i0', 'i1', 'i2', 'i3', 'i4'])
  await expect(resolveSpace(context, 'plain', 'user')).rejects.toThrow(/item-knn/)
  await expect(resolveSpace(context, 'none', 'user')).rejects.toThrow(/unknown model "none"/)
})

test('attributes become numbers, and lack of them is said', async () => {
  await expect(resolveSpace(context, 'attributes', 'user')).rejects.toThrow(/no user has attributes/)
  await store.entities.put('user', [
    { id: 'u/0', attributes: { plan: 'free', age: 20 } },
    { id: 'ü', attributes: { plan: 'plus', age: 40, tags: ['a', 'b'] } },
    { id: 'u/2', attributes: {} },
  ])
  const space = await resolveSpace(context, 'attributes', 'user')
  expect(space).toMatchObject({ name: 'attributes', version: 0 })
  expect([...space.ids].sort()).toEqual(['u/0', 'u/2', 'ü'])
  expect(space.data.length).toBe(3 * space.dim)
  const [a, b] = ['u/0', 'ü'].map((id) => {
    const row = space.ids.row(id)
    return space.data.slice(row * space.dim, (row + 1) * space.dim)
  })
  expect(a).not.toEqual(b)
})

test('who was erased is left out', async () => {
  const before = await resolveSpace(context, 'service', 'user')
  await store.entities.erase('user', 'u/3')
  const { ids, data, dim } = await resolveSpace(context, 'service', 'user')
  expect([ids.size, ids.row('u/3')]).toEqual([7, -1])
  const [row, old] = [ids.row('u/4'), before.ids.row('u/4')]
  expect(data.slice(row * dim, (row + 1) * dim)).toEqual(before.data.slice(old * dim, (old + 1) * dim))
})
