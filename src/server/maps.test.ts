/** Maps over real HTTP: drawn by a job, looked at on the way, read, coloured, drawn again, cancelled. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client, type JobInput, ServiceError } from '../client/index.ts'
import { Random } from '../random.ts'
import { openStore } from '../workspace/store/store.ts'
import { storePath } from '../workspace/store/database.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { coloursOf } from './colours.ts'
import { serve, type Served } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-maps-'))
const workspace = join(folder, 'workspace')
let served: Served
let client: Client
beforeAll(async () => {
  served = await serve({ workspace, model: 'shop', host: '127.0.0.1', port: 0 })
  client = new Client({ url: served.address })
  const rng = new Random(4)
  await client.sendEvents(
    Array.from({ length: 1200 }, (_, n) => ({
      id: `e${n}`,
      user: `u${n % 60}`,
      item: `i${2 * rng.int(12) + (n % 2)}`,
      time: 1e12 + n,
    })),
  )
})
afterAll(async () => {
  await served.close()
  rmSync(folder, { recursive: true, force: true })
})

async function done(input: JobInput) {
  const job = await client.waitForJob((await client.createJob(input)).id)
  await served.service.lookAgain()
  return job
}
const project = (more: object = {}) => done({ kind: 'project', ...more })
const refused = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: unknown) => {
      const { status, code } = error as ServiceError
      return [status, code]
    },
  )

describe('a map', () => {
  test('is missing before it is drawn, and there is nothing to draw before there is a model', async () => {
    expect((await client.maps()).items).toEqual([])
    expect(await refused(client.map('map-users'))).toEqual([404, 'UNKNOWN_NAME'])
    expect(await refused(client.mapPoints('shop'))).toEqual([404, 'UNKNOWN_NAME'])
    expect(await refused(client.mapPoints('map-users', { running: true }))).toEqual([404, 'MISSING'])
    const { status, error } = await project()
    expect([status, error]).toEqual(['failed', expect.stringContaining('unknown model "shop"')])
  })

  test('is drawn by a job, and read', async () => {
    await done({ kind: 'train', method: 'mf-bpr', config: { dim: 8, epochs: 5 } })
    expect(await project()).toMatchObject({
      status: 'done',
      result: { map: 'map-users', version: 1, points: 60 },
    })
    expect((await client.maps()).items).toEqual([
      { name: 'map-users', of: 'users', version: 1, versions: [1], running: null },
    ])
    const map = await client.map('map-users')
    expect(map).toMatchObject({
      of: 'users',
      version: 1,
      space: { name: 'shop', version: 1 },
      count: 60,
      config: { neighbours: 15, minDistance: 0.1, metric: 'cosine' },
      neighbourhood: { k: 15, preserved: expect.any(Number), trustworthiness: expect.any(Number) },
    })
    const { coordinates, version, progress } = await client.mapPoints('map-users')
    expect([coordinates.length, version, progress]).toEqual([120, 1, null])
    const [x0, y0, x1, y1] = map.bounds as [number, number, number, number]
    const xs = coordinates.filter((_, e) => e % 2 === 0)
    const ys = coordinates.filter((_, e) => e % 2 === 1)
    expect([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]).toEqual([x0, y0, x1, y1])
    expect((await client.mapIds('map-users')).toSorted()).toEqual(
      Array.from({ length: 60 }, (_, n) => `u${n}`).toSorted(),
    )
  })

  test('is not sent twice to those who have it', async () => {
    const path = `${served.address}/v1/maps/map-users/points`
    const etag = (await fetch(path)).headers.get('etag')!
    const again = await fetch(path, { headers: { 'if-none-match': etag } })
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0])
  })

  test('can be coloured by activity, by an attribute, by a segmentation', async () => {
    for (let n = 0; n < 60; n++) {
      if (n > 50) continue
      await client.putUser(`u${n}`, { plan: n % 3 === 0 ? 'paid' : 'free', age: n, likes: ['tea', `${n}`] })
    }
    const ids = await client.mapIds('map-users')
    const activity = await client.mapColours('map-users', { by: 'activity' })
    expect(activity).toMatchObject({ by: 'activity', kind: 'number' })
    expect(activity.values!.every((value) => value! > 0 && value! <= 12)).toBe(true)
    const plan = await client.mapColours('map-users', { by: 'attribute:plan' })
    expect(plan.categories).toEqual([
      { label: 'free', count: 34 },
      { label: 'paid', count: 17 },
    ])
    ids.forEach((id, row) => {
      const n = Number(id.slice(1))
      expect(plan.codes![row]).toBe(n > 50 ? -1 : n % 3 === 0 ? 1 : 0)
    })
    const age = await client.mapColours('map-users', { by: 'attribute:age' })
    expect(age.values![ids.indexOf('u7')]).toBe(7)
    expect(age.values![ids.indexOf('u55')]).toBe(null)
    const likes = await client.mapColours('map-users', { by: 'attribute:likes' })
    expect(likes.categories).toEqual([{ label: 'tea', count: 51 }])

    expect(await refused(client.mapColours('map-users', { by: 'segment' }))).toEqual([404, 'MISSING'])
    expect(await done({ kind: 'segment', clusters: 2 })).toMatchObject({ status: 'done' })
    await client.renameSegment('s2', 'Others')
    const segment = await client.mapColours('map-users', { by: 'segment' })
    const { items } = await client.segments()
    expect(segment.categories).toEqual(items.map(({ id, name, size }) => ({ id, label: name, count: size })))
    expect(segment.categories![1].label).toBe('Others')
    for (const id of ['u1', 'u2', 'u30']) {
      const own = (await client.segmentOf(id)).segment!
      expect(segment.categories![segment.codes![ids.indexOf(id)]].id).toBe(own.id)
    }
    expect(await refused(client.mapColours('map-users', { by: 'segment', segmentation: 'shop' }))).toEqual([
      400,
      'ARGUMENT',
    ])
    expect(await refused(client.mapColours('map-users', { by: 'height' }))).toEqual([400, 'INVALID'])
  })

  test('goes on from the one before; both can be read, and an erased user is on neither', async () => {
    // One epoch: what started elsewhere would be elsewhere.
    expect(await project({ epochs: 1 })).toMatchObject({ result: { version: 2 } })
    const [before, after] = await Promise.all(
      [1, 2].map((version) => client.mapPoints('map-users', { version })),
    )
    const size = Math.max(...before.coordinates) - Math.min(...before.coordinates)
    let moved = 0
    for (let i = 0; i < 120; i++) moved += Math.abs(after.coordinates[i] - before.coordinates[i]) / 120
    expect(moved / size).toBeLessThan(0.1)
    await client.eraseUser('u5')
    for (const version of [1, 2]) {
      const ids = await client.mapIds('map-users', { version })
      expect([ids.length, ids.includes('u5')]).toEqual([59, false])
      const { coordinates } = await client.mapPoints('map-users', { version })
      expect(coordinates.length).toBe(118)
      expect((await client.map('map-users', version)).count).toBe(59)
    }
    expect(await refused(client.map('map-users', 3))).toEqual([404, 'UNKNOWN_NAME'])
  })

  test('of items, from a model that is named, on the main axes', async () => {
    expect(await project({ of: 'items', space: 'shop', initial: 'pca' })).toMatchObject({
      result: { map: 'map-items', version: 1, points: 24 },
    })
    expect(await refused(client.mapColours('map-items', { by: 'segment' }))).toEqual([400, 'ARGUMENT'])
    const { values } = await client.mapColours('map-items', { by: 'activity' })
    expect(values!.length).toBe(24)
  })

  test('can be looked at while it is drawn, and leaves nothing behind when it is cancelled', async () => {
    // As much work as there can be among so few: it must not be done before it is cancelled.
    const { id } = await client.createJob({ kind: 'project', epochs: 10_000, neighbours: 59, initial: 'pca' })
    for (let seen = false; !seen;) {
      const running = await client.mapPoints('map-users', { running: true }).catch((error: ServiceError) => {
        expect(error.code).toBe('MISSING')
        return null
      })
      expect((await client.job(id)).error).toBe(null)
      if (!running) continue
      expect(running.version).toBe(null)
      expect(running.progress).toEqual({ done: expect.any(Number), of: 10_000 })
      expect(running.coordinates.length).toBe(
        2 * (await client.mapIds('map-users', { running: true })).length,
      )
      seen = true
    }
    const listed = (await client.maps()).items.find(({ name }) => name === 'map-users')!
    expect(listed).toMatchObject({ version: 2, running: { of: expect.any(Number) } })
    await client.cancelJob(id)
    expect(await refused(client.mapPoints('map-users', { running: true }))).toEqual([404, 'MISSING'])
    expect(await project({ epochs: 2 })).toMatchObject({ status: 'done', result: { version: 3 } })
    const left = await (await openWorkspace(workspace)).loadCheckpoint('map-users')
    expect(left).toBe(undefined)
  })
})

test('maps are for those with a key to read; jobs that draw them for admins', async () => {
  const place = join(folder, 'keys')
  const store = await openStore(storePath(place))
  const keys = { read: '', write: '' }
  for (const role of ['read', 'write'] as const) keys[role] = (await store.keys.create(role, role)).secret
  await store.close()
  const locked = await serve({ workspace: place, model: 'shop', host: '127.0.0.1', port: 0 })
  try {
    const ask = (role: 'read' | 'write' | null, call: (client: Client) => Promise<unknown>) =>
      refused(call(new Client({ url: locked.address, ...(role ? { key: keys[role] } : {}) })))
    for (const call of [
      (c: Client) => c.map('map-users'),
      (c: Client) => c.mapPoints('map-users'),
      (c: Client) => c.mapIds('map-users'),
      (c: Client) => c.mapColours('map-users', { by: 'activity' }),
    ]) {
      expect(await ask(null, call)).toEqual([401, 'NO_KEY'])
      expect(await ask('read', call)).toEqual([404, 'UNKNOWN_NAME'])
    }
    expect(await ask('read', (c) => c.maps())).toBe('answered')
    expect(await ask('write', (c) => c.createJob({ kind: 'project' }))).toEqual([403, 'ROLE'])
  } finally {
    await locked.close()
  }
})

test('colours: numbers, categories by how many, the first of a list; beyond a hundred nobody can tell apart', () => {
  expect(coloursOf([1, null, 2.5])).toEqual({ kind: 'number', values: [1, null, 2.5] })
  expect(coloursOf(['b', true, 'b', undefined, [7, 'x']])).toEqual({
    kind: 'category',
    categories: [
      { label: 'b', count: 2 },
      { label: '7', count: 1 },
      { label: 'true', count: 1 },
    ],
    codes: [0, 2, 0, -1, 1],
    others: 0,
  })
  const many = coloursOf(Array.from({ length: 150 }, (_, n) => `v${n % 130}`))
  expect(many).toMatchObject({ kind: 'category', others: 30 })
  expect(coloursOf([])).toEqual({ kind: 'category', categories: [], codes: [], others: 0 })
})
