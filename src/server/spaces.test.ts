/** What segments can be made from, what maps can be coloured by, and how far embeddings moved, over HTTP. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client, type JobInput } from '../client/index.ts'
import { interactionsFrom } from '../data/interactions.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { trainRecommender } from '../evaluate/train-recommender.ts'
import { FittedEmbedding } from '../models/embed/family/fitted.ts'
import { Random } from '../random.ts'
import { alignEmbedding } from '../workspace/alignment.ts'
import { saveEmbedding } from '../workspace/embedders.ts'
import { saveRecommender } from '../workspace/recommenders.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'
import { serve, type Served } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-spaces-'))
let workspace: Workspace
let served: Served
let client: Client

const users = Array.from({ length: 20 }, (_, u) => `u/${u}`)
const items = Array.from({ length: 8 }, (_, i) => `i${i}`)

/** Two groups of ids: the even and the odd. */
async function embed(name: string, ids: readonly string[], seed: number): Promise<void> {
  const rng = new Random(seed)
  const data = Float32Array.from({ length: ids.length * 4 }, (_, at) => {
    const [row, j] = [Math.floor(at / 4), at % 4]
    return (row % 2 === j ? 3 : 0) + 0.2 * rng.normal()
  })
  const origin = { method: 'deepwalk', config: {}, seed }
  const fitted = new FittedEmbedding(origin, Vocabulary.from(ids), {
    vectors: { data, shape: [ids.length, 4] },
  })
  const { model, aligned } = await alignEmbedding(workspace, name, fitted)
  using turned = model
  await saveEmbedding(workspace, name, turned, { aligned })
}

beforeAll(async () => {
  workspace = await openWorkspace(folder)
  const pairs = users.flatMap((user, u) =>
    items.filter((_, i) => (u + i) % 2 === 0).map((item) => ({ user, item })),
  )
  using model = await trainRecommender(interactionsFrom(pairs), {
    method: 'lightgcn',
    config: { dim: 4, epochs: 3 },
  })
  await saveRecommender(workspace, 'shop', model)
  using plain = await trainRecommender(interactionsFrom(pairs), { method: 'item-knn' })
  await saveRecommender(workspace, 'plain', plain)
  await embed('graph', [...users, ...items, 'stranger'], 1)
  await embed('graph', [...users, ...items, 'stranger'], 2)
  await embed('only-items', items, 1)
  served = await serve({ workspace: folder, model: 'shop', host: '127.0.0.1', port: 0 })
  client = new Client({ url: served.address })
}, 60_000)
afterAll(async () => {
  await served.close()
  rmSync(folder, { recursive: true, force: true })
})

const ended = async (body: JobInput) => client.waitForJob((await client.createJob(body)).id)

test('spaces: what is in service, what is stored, and every other model with vectors', async () => {
  const shop = { model: 'shop', version: 1, versions: [1], method: 'lightgcn', family: 'recommend', dim: 4 }
  const graph = { model: 'graph', version: 2, versions: [1, 2], method: 'deepwalk', family: 'embed', dim: 4 }
  const vectors = [
    { ...shop, name: 'service', users: 20, items: 8 },
    { ...graph, name: 'graph', users: 21, items: 9 },
    { ...graph, name: 'only-items', model: 'only-items', version: 1, versions: [1], users: 0, items: 8 },
  ]
  expect((await client.spaces()).items).toEqual(vectors)
  await client.putUser('u/0', { plan: 'free' })
  const none = { model: null, version: null, versions: [], method: null, family: null, dim: null }
  expect((await client.spaces()).items).toEqual([
    vectors[0],
    { ...none, name: 'attributes', users: 1, items: 0 },
    ...vectors.slice(1),
  ])
})

describe('an embedding of users and items', () => {
  test('makes segments of its users alone', async () => {
    expect(await ended({ kind: 'segment', space: 'graph', clusters: 2, stabilityRuns: 0 })).toMatchObject({
      status: 'done',
    })
    const found = await client.segments()
    expect(found).toMatchObject({ space: { name: 'graph', version: 2 }, population: 21 })
    const [first] = found.items
    const { items: members } = await client.segmentMembers(first.id, { limit: 100 })
    expect(members.some(({ id }) => items.includes(id))).toBe(false)
  })

  test('is a space of look-alikes, too, and of maps of items', async () => {
    const found = await client.lookalikes({ space: 'graph', seeds: ['u/0', 'u/2'], size: 5, curve: false })
    expect(found.members.every(({ id }) => !items.includes(id))).toBe(true)
    const map = await ended({ kind: 'project', of: 'items', space: 'graph', epochs: 10 })
    expect(map.result).toMatchObject({ points: 9 })
  })

  test('of items alone has no users to group, even with one that the model in service does not know, which is said', async () => {
    await embed('only-items', [...items, 'new item'], 1)
    await client.putItem('new item', { title: 'New' })
    const listed = (await client.spaces()).items.find(({ name }) => name === 'only-items')
    expect(listed).toMatchObject({ version: 2, users: 0, items: 9 })
    const job = await ended({ kind: 'segment', space: 'only-items', stabilityRuns: 0 })
    expect(job).toMatchObject({ status: 'failed' })
    expect(job.error).toMatch(/nothing in only-items, version 2, is a user: all of it are items/)
  })

  test('says how far everything moved, and each id', async () => {
    const drift = await client.spaceDrift('graph')
    expect(drift).toMatchObject({ space: 'graph', version: 2, against: 1, users: null, items: null })
    expect(drift.nodes!.shared).toBe(29)
    const { id, drift: furthest } = drift.nodes!.most[0]
    expect(await client.idDrift('graph', id)).toEqual({
      id,
      version: 2,
      against: 1,
      found: [{ kind: 'nodes', drift: furthest }],
    })
    await expect(client.spaceDrift('graph', 1)).rejects.toMatchObject({ status: 404, code: 'MISSING' })
    await expect(client.spaceDrift('attributes')).rejects.toMatchObject({ status: 404 })
    await expect(client.spaceDrift('map-items')).rejects.toThrow(
      'version 1 of map-items cannot be compared with one before it: it is a map',
    )
    await client.eraseUser('u/3')
    await expect(client.idDrift('graph', 'u/3')).rejects.toMatchObject({ status: 404 })
    expect((await client.spaceDrift('graph')).nodes!.shared).toBe(28)
  })
})

test('attributes are listed with what their values are like, and a change is seen', async () => {
  await Promise.all([
    client.putUser('u/0', { plan: 'free', age: 20, tags: ['a', 'b'] }),
    client.putUser('u/1', { plan: 'plus', age: 30, tags: 'a' }),
    client.putUser('u/2', { plan: 'free', mixed: 1 }),
    client.putUser('u/4', { mixed: 'one' }),
  ])
  const { items: found, total } = await client.attributes('users')
  expect(total).toBe(4)
  expect(found).toEqual([
    { name: 'age', kind: 'number', count: 2, values: 2 },
    { name: 'mixed', kind: 'category', count: 2, values: 2 },
    { name: 'plan', kind: 'category', count: 3, values: 2 },
    { name: 'tags', kind: 'list', count: 2, values: 2 },
  ])
  expect(await client.attributes('items')).toMatchObject({ items: [{ name: 'title', count: 1 }], total: 1 })
  // One that only the last of many has.
  await client.putUser('zzz', { rare: true })
  expect((await client.attributes('users')).items.map(({ name }) => name)).toContain('rare')
})
