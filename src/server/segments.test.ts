/** Segments over HTTP: built by a job, listed, named, followed from version to version, and without whoever was erased. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client, type JobInput, ServiceError } from '../client/index.ts'
import { serve, type Served } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-segments-'))
const users = Array.from({ length: 24 }, (_, u) => (u === 3 ? 'a/b ü' : `u${u}`))
const seven = { method: 'lightgcn', config: { dim: 8, layers: 2, epochs: 60 }, test: 0.1 }
let served: Served
let client: Client

async function job(input: JobInput) {
  const { id } = await client.createJob(input)
  const ended = await client.waitForJob(id)
  await served.service.lookAgain()
  return ended
}

/** The first twelve users like the even items, the others the odd ones; user u3, in the first group, has an id with a slash. */
const events = users.flatMap((user, u) =>
  Array.from({ length: 12 }, (_, i) => ({ user, item: `i${i}`, time: 1e12 + u * 100 + i })).filter(
    (_, i) => i % 2 === (u < 12 ? 0 : 1) && (u + i) % 5 !== 0,
  ),
)

beforeAll(async () => {
  served = await serve({ workspace: folder, model: 'shop', host: '127.0.0.1', port: 0 })
  client = new Client({ url: served.address })
})
afterAll(async () => {
  await served.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('before there is anything', () => {
  test('it says what to do', async () => {
    expect(await client.segmentations()).toEqual({ items: [] })
    await expect(client.segments()).rejects.toThrow(/POST \/v1\/jobs with \{"kind": "segment"\}/)
    expect((await job({ kind: 'segment' })).error).toMatch(/unknown model "shop"/)
  })
})

describe('two groups', () => {
  beforeAll(async () => {
    await client.sendEvents(events)
    await Promise.all(
      users
        .slice(0, 20)
        .map((id, u) =>
          client.putUser(id, { plan: u < 12 ? 'free' : 'premium', age: u < 12 ? 20 + u : 50 + u }),
        ),
    )
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        client.putItem(`i${i}`, { title: `Title ${i}`, side: i % 2 === 0 ? 'even' : 'odd' }),
      ),
    )
    await job({ kind: 'train', ...seven })
    await job({ kind: 'segment', clusters: 2 })
  }, 120_000)

  test('are found, with their quality', async () => {
    const { items, quality, population, choice, space } = await client.segments()
    expect({ population, choice, space }).toEqual({
      population: 24,
      choice: null,
      space: { name: 'shop', version: 1 },
    })
    expect(items.map(({ id, size, share }) => ({ id, size, share }))).toEqual([
      { id: 's1', size: 12, share: 0.5 },
      { id: 's2', size: 12, share: 0.5 },
    ])
    expect(quality.silhouette).toBeGreaterThan(0.4)
    expect(quality.modularity).toBeGreaterThan(0.3)
    expect(quality.stability).toEqual({ ari: 1, runs: 5, over: 'bootstrap' })
    expect(items[0].typical.length).toBe(10)
    expect(await client.segmentations()).toEqual({
      items: [{ name: 'segments', inService: 1, versions: [1] }],
    })
  })

  test('have profiles that say what sets them apart', async () => {
    const { segment } = await client.segmentOf('u0')
    const { attributes, items, numbers, ...free } = await client.segment(segment!.id)
    // Known of twenty, of whom twelve are free: all the members.
    expect(attributes.find(({ attribute }) => attribute === 'plan')).toMatchObject({
      value: 'free',
      count: 12,
      share: 1,
      base: 0.6,
      lift: 1 / 0.6,
    })
    expect(attributes.map(({ attribute, value }) => `${attribute} ${value}`)).toContain('likes side even')
    expect(
      items.every(({ item, title }) => Number(item.slice(1)) % 2 === 0 && title.startsWith('Title')),
    ).toBe(true)
    const age = numbers.find(({ attribute }) => attribute === 'age')!
    expect(age).toMatchObject({ mean: 25.5, larger: 0 })
    expect(age.edges.length).toBe(age.segment.length + 1)
    expect([age.segment, age.everybody].map((bins) => bins.reduce((a, b) => a + b, 0))).toEqual([12, 20])
    expect(age.q).toBeLessThan(0.01)
    expect(free.proposedName).toMatch(/free|even/)
  })

  test('members come in pages, and as files', async () => {
    const { segment } = await client.segmentOf('a/b ü')
    const first = await client.segmentMembers(segment!.id, { limit: 8 })
    const second = await client.segmentMembers(segment!.id, { limit: 8, cursor: first.next! })
    const all = [...first.items, ...second.items]
    expect([first.items.length, second.items.length, second.next]).toEqual([8, 4, null])
    expect(all.map(({ id }) => id).sort()).toEqual(users.slice(0, 12).sort())
    expect(all.map(({ distance }) => distance)).toEqual(
      all.map(({ distance }) => distance).sort((a, b) => a - b),
    )
    const file = async (format: string) =>
      fetch(`${served.address}/v1/segments/${segment!.id}/members?format=${format}`)
    const csv = await (await file('csv')).text()
    expect(csv.split('\n')[0]).toBe('id,distance')
    expect(csv.trim().split('\n').length).toBe(13)
    const lines = (await (await file('jsonl')).text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string })
    expect(lines.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
    const parquet = await file('parquet')
    expect(parquet.headers.get('content-disposition')).toMatch(
      /attachment; filename="segments-s\d-v1.parquet"/,
    )
    expect(
      Buffer.from(await parquet.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).toBe('PAR1')
  })

  test('names are given, kept over versions, and taken back', async () => {
    const { segment } = await client.segmentOf('u0')
    const other = (await client.segmentOf('u20')).segment!
    expect(await client.renameSegment(segment!.id, ' 常客 ')).toMatchObject({ name: '常客', edited: true })
    // Two users of the second group are erased and come again, with the even items; somebody is new.
    const moved = ['u12', 'u13'].flatMap((user) =>
      [0, 2, 4, 6, 8, 10].map((i) => ({ user, item: `i${i}`, time: 2e12 })),
    )
    await Promise.all(['u12', 'u13'].map((id) => client.eraseUser(id)))
    await client.sendEvents([
      ...moved,
      ...[1, 3, 5].map((i) => ({ user: 'late', item: `i${i}`, time: 2e12 })),
    ])
    expect(await job({ kind: 'train', ...seven })).toMatchObject({ status: 'done' })
    expect(await job({ kind: 'segment', clusters: 2 })).toMatchObject({ result: { version: 2 } })
    expect((await client.segmentOf('u0')).segment).toEqual({ id: segment!.id, name: '常客' })
    const { since, versions } = await client.segments()
    expect(since).toEqual({ version: 1, changes: [] })
    expect(versions.map(({ version, inService }) => [version, inService])).toEqual([
      [1, false],
      [2, true],
    ])
    const churn = await client.churn()
    expect(churn).toMatchObject({ from: 1, to: 2, arrived: 3, left: 0, changes: [] })
    expect(churn.names[segment!.id]).toBe('常客')
    expect(churn.flows).toContainEqual({ from: null, to: other.id, count: 1 })
    const { items } = await client.churnMembers({ source: segment!.id, target: segment!.id })
    expect(items.length).toBe(12)
    expect((await client.renameSegment(segment!.id, null)).edited).toBe(false)
  })

  test('the second training stands where the first did, and says how far everybody went', async () => {
    const drift = await client.drift(2)
    expect(drift).toMatchObject({ version: 2, against: 1, aligned: true, items: { shared: 12 } })
    // All of the first version but nobody who came new; u12 and u13 came again.
    expect(drift.users.shared).toBe(24)
    expect(
      drift.users.most
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['u12', 'u13'])
    expect(drift.users.median).toBeLessThan(0.2)
    const { drift: far } = await client.userDrift('u12')
    expect(far).toBe(drift.users.most.find(({ id }) => id === 'u12')!.drift)
    expect(await client.userDrift('late')).toEqual({ id: 'late', version: 2, against: 1, drift: null })
    const { users, items, nodes } = await client.spaceDrift('service', 2)
    expect({ users, items, nodes }).toEqual({ users: drift.users, items: drift.items, nodes: null })
    expect(await client.idDrift('service', 'u12')).toEqual({
      id: 'u12',
      version: 2,
      against: 1,
      found: [{ kind: 'users', drift: far }],
    })
    await expect(client.idDrift('service', 'nobody')).rejects.toMatchObject({ status: 404, code: 'MISSING' })
    await expect(client.spaceDrift('nothing')).rejects.toMatchObject({ status: 404, code: 'UNKNOWN_NAME' })
    await expect(client.drift(1)).rejects.toMatchObject({ status: 404, code: 'MISSING' })
    await expect(client.drift(9)).rejects.toMatchObject({ status: 404, code: 'UNKNOWN_NAME' })
    await expect(client.userDrift('nobody')).rejects.toMatchObject({ status: 404 })
  })

  test('who is erased is in no list', async () => {
    const { segment } = await client.segmentOf('u5')
    const before = await client.segment(segment!.id)
    await client.eraseUser('u5')
    expect((await client.segmentOf('u5')).segment).toBeNull()
    await expect(client.userDrift('u5')).rejects.toMatchObject({ status: 404 })
    expect((await client.drift(2)).users.shared).toBe(23)
    const after = await client.segment(segment!.id)
    expect(after.size).toBe(before.size - 1)
    expect(after.typical).not.toContain('u5')
    const { items } = await client.segmentMembers(segment!.id)
    expect(items.map(({ id }) => id)).not.toContain('u5')
    expect((await client.churnMembers({ source: segment!.id })).items.map(({ id }) => id)).not.toContain('u5')
  })

  test('errors say what is known', async () => {
    const status = (call: Promise<unknown>): Promise<unknown> =>
      call.then(
        () => 200,
        (error: ServiceError) => [error.status, error.code],
      )
    expect(await status(client.segment('s99'))).toEqual([404, 'UNKNOWN_NAME'])
    expect(await status(client.segment('s1', { version: 9 }))).toEqual([404, 'UNKNOWN_NAME'])
    expect(await status(client.segments({ segmentation: 'none' }))).toEqual([404, 'MISSING'])
    expect(await status(client.segments({ segmentation: 'shop' }))).toEqual([400, 'ARGUMENT'])
    expect(await status(client.segments({ segmentation: '../x' }))).toEqual([400, 'INVALID'])
    expect(await status(client.churn({ to: 1 }))).toEqual([404, 'MISSING'])
    expect(await status(client.churnMembers({ source: 's77' }))).toEqual([404, 'UNKNOWN_NAME'])
    expect(await status(client.renameSegment('s1', '  '))).toEqual([400, 'INVALID'])
    expect(await status(client.segmentMembers('s1', { cursor: 'junk' }))).toEqual([400, 'ARGUMENT'])
    expect((await client.segmentOf('nobody')).segment).toBeNull()
    expect((await job({ kind: 'segment', segmentation: 'shop' })).error).toMatch(/that of another model/)
    expect((await job({ kind: 'segment', clusters: 500 })).error).toMatch(/500/)
    expect((await job({ kind: 'segment', method: 'louvain', clusters: 3 })).error).toMatch(/"auto"/)
    await expect(client.createJob({ kind: 'segment', clusters: 0 })).rejects.toThrow(/schema/)
  })

  test('other spaces and methods', async () => {
    expect(
      await job({ kind: 'segment', segmentation: 'by-plan', space: 'attributes', clusters: 2 }),
    ).toMatchObject({
      status: 'done',
    })
    const { items, space } = await client.segments({ segmentation: 'by-plan' })
    expect(space).toEqual({ name: 'attributes', version: 0 })
    expect(items.map(({ proposedName }) => proposedName).join()).toMatch(/free|premium/)
    expect(await job({ kind: 'segment', segmentation: 'crowds', method: 'louvain' })).toMatchObject({
      status: 'done',
    })
    const crowds = await client.segments({ segmentation: 'crowds' })
    expect(crowds.quality.stability?.over).toBe('seeds')
    expect(crowds.choice).toBeNull()
    const auto = await job({ kind: 'segment', segmentation: 'chosen', maxClusters: 4, stabilityRuns: 1 })
    expect(auto).toMatchObject({ status: 'done', result: { clusters: 2 } })
    const { choice } = await client.segments({ segmentation: 'chosen' })
    expect(choice).toMatchObject({ chosen: 2, tried: [{ clusters: 2 }, { clusters: 3 }, { clusters: 4 }] })
    expect(choice!.tried[0].stability).toBeGreaterThan(0.9)
  })
})

test('each route asks for its role', async () => {
  const keyed = await serve({ workspace: join(folder, 'keyed'), model: 'shop', host: '127.0.0.1', port: 0 })
  try {
    const reader = await keyed.service.store.keys.create('reader', 'read')
    const writer = await keyed.service.store.keys.create('writer', 'write')
    await keyed.close()
    const again = await serve({ workspace: join(folder, 'keyed'), model: 'shop', host: '127.0.0.1', port: 0 })
    const ask = async (method: string, path: string, secret?: string, body?: object) =>
      (
        await fetch(again.address + path, {
          method,
          headers: {
            ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
            ...(body ? { 'content-type': 'application/json' } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
        })
      ).status
    try {
      for (const path of [
        '/v1/segmentations',
        '/v1/segments',
        '/v1/segments/s1',
        '/v1/segments/s1/members',
        '/v1/segments/churn',
        '/v1/segments/churn/members',
        '/v1/users/u/segment',
      ]) {
        expect(await ask('GET', path)).toBe(401)
        expect(await ask('GET', path, reader.secret)).toBe(path === '/v1/segmentations' ? 200 : 404)
      }
      expect(await ask('PATCH', '/v1/segments/s1', reader.secret, { name: 'x' })).toBe(403)
      expect(await ask('PATCH', '/v1/segments/s1', writer.secret, { name: 'x' })).toBe(404)
      expect(await ask('POST', '/v1/jobs', writer.secret, { kind: 'segment' })).toBe(403)
    } finally {
      await again.close()
    }
  } finally {
    await keyed.close().catch(() => {})
  }
})
