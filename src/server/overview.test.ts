/** What the dashboard asks: counts, search, histories, surroundings, methods, comparisons, and who may ask. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client, type Job, type JobInput } from '../client/index.ts'
import { storePath } from '../workspace/store/database.ts'
import { openStore } from '../workspace/store/store.ts'
import { serve, type Served } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-overview-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const start = (name: string): Promise<Served> =>
  serve({ workspace: join(folder, name), model: 'shop', host: '127.0.0.1', port: 0 })

const DAY = 86_400_000
/** Users u00 … u19 like the even or the odd items, one a day in turn; some are bought. */
const events = Array.from({ length: 400 }, (_, n) => [Math.floor(n / 20), n % 20] as const)
  .filter(([u, i]) => u !== i && (u + i) % 2 === 0)
  .map(([u, i], n) => ({
    id: `e${n}`,
    user: `u${String(u).padStart(2, '0')}`,
    item: `i${i}`,
    type: n % 3 === 0 ? 'buy' : 'view',
    time: 10 * DAY + (n % 40) * DAY,
  }))

describe('with events', () => {
  let served: Served
  let client: Client
  async function done(input: JobInput): Promise<Job> {
    const job = await client.waitForJob((await client.createJob(input)).id)
    expect([job.status, job.error]).toEqual(['done', null])
    await served.service.lookAgain()
    return job
  }
  beforeAll(async () => {
    served = await start('full')
    client = new Client({ url: served.address })
  })
  afterAll(() => served.close())

  test('an empty store has an overview', async () => {
    expect(await client.overview()).toEqual({
      data: {
        events: 0,
        users: 0,
        items: 0,
        usersWithAttributes: 0,
        itemsWithAttributes: 0,
        first: null,
        last: null,
        types: [],
      },
      eventsSince: null,
      problem: null,
      caller: 'admin',
    })
    expect(await client.eventCounts()).toEqual({ bucket: 3_600_000, types: [], items: [] })
  })

  test('the overview counts what is there, soon after it came', async () => {
    await client.sendEvents(events)
    await client.putUser('u05', { age: 30 })
    await client.putUser('zoe', { age: 40 })
    await expect.poll(async () => (await client.overview()).data.events, { timeout: 10_000 }).toBe(180)
    const { data } = await client.overview()
    expect(data).toMatchObject({ users: 20, items: 20, usersWithAttributes: 2, types: ['buy', 'view'] })
    expect([data.first, data.last]).toEqual([10 * DAY, 49 * DAY])
  })

  test('events over time, with the days on which there are none', async () => {
    const days = await client.eventCounts({ bucket: 'day' })
    expect(days.items.length).toBe(40)
    expect(days.items[0]).toEqual({ time: 10 * DAY, counts: [2, 3] })
    const sum = (counts: typeof days): number =>
      counts.items.flatMap((item) => item.counts).reduce((a, b) => a + b, 0)
    expect(sum(days)).toBe(180)
    expect((await client.eventCounts()).bucket).toBe(DAY)
    expect(sum(await client.eventCounts({ bucket: 'week' }))).toBe(180)
    const part = await client.eventCounts({ from: 12 * DAY, to: 13 * DAY, bucket: 'day' })
    expect(part.items.map(({ time }) => time / DAY)).toEqual([12, 13])
    // One event decades later: still a picture, not millions of buckets.
    await client.sendEvents({ id: 'late', user: 'u00', item: 'i1', type: 'view', time: 20_000 * DAY })
    await expect
      .poll(async () => (await client.eventCounts()).items.length, { timeout: 10_000 })
      .toBeGreaterThan(100)
    expect((await client.eventCounts()).items.length).toBeLessThanOrEqual(200)
    expect((await client.eventCounts({ bucket: 'hour' })).items.length).toBeLessThanOrEqual(20_000)
  })

  test('ids by their beginning, from events and attributes', async () => {
    expect((await client.search('users', 'u0', 3)).items).toEqual(['u00', 'u01', 'u02'])
    expect((await client.search('users', 'z')).items).toEqual(['zoe'])
    expect((await client.search('items', 'i1', 50)).items.length).toBe(11)
    expect((await client.search('users', 'U')).items).toEqual([])
    expect((await client.search('users', '%')).items).toEqual([])
    expect((await client.search('users', '\ud800')).items).toEqual([])
    expect((await client.search('users', '', 2)).items.length).toBe(2)
  })

  test('the history of a user, page by page', async () => {
    const first = await client.eventsOf('u03', { limit: 4 })
    const second = await client.eventsOf('u03', { limit: 100, cursor: first.next! })
    expect(second.next).toBe(null)
    const items = [...first.items, ...second.items].map(({ item }) => item)
    expect(items.length).toBe(new Set(items).size)
    expect(items.length).toBe(9)
    expect((await client.eventsOf('nobody')).items).toEqual([])
  })

  test('a training keeps its intervals and its curve', async () => {
    const job = await done({ kind: 'train', method: 'mf-bpr', config: { epochs: 5, dim: 4 }, test: 0.2 })
    const { result } = job as unknown as {
      result: { curves: { points: unknown[] }[]; intervals: Record<string, { low: number; high: number }> }
    }
    // One training to be evaluated, one on everything.
    expect(result.curves.length).toBe(2)
    expect(result.curves[0].points.length).toBeGreaterThan(1)
    const [version] = (await client.models()).versions
    const { intervals } = version.data as typeof result
    const { low, high } = intervals['ndcg@20']
    expect(version.metrics!['ndcg@20']).toBeGreaterThanOrEqual(low)
    expect(version.metrics!['ndcg@20']).toBeLessThanOrEqual(high)
    expect((await client.overview()).eventsSince).toBe(0)
  })

  test('watching a job ends when it does', async () => {
    const { id } = await client.createJob({ kind: 'evaluate', method: 'popularity' })
    const states: string[] = []
    for await (const { status } of client.watchJob(id)) states.push(status)
    expect(states.at(-1)).toBe('done')
    await expect(client.watchJob('none').next()).rejects.toMatchObject({ status: 404 })
  })

  test('versions are compared on one split', async () => {
    await done({ kind: 'train', method: 'item-knn', config: { shrinkage: 0 } })
    const job = await done({ kind: 'compare', versions: [1, 2, 2], test: 0.2 })
    const { rows, baseline } = job.result as {
      baseline: number
      rows: { version: number; method: string; difference: { low: number } | null }[]
    }
    expect(baseline).toBe(2)
    expect(rows.map(({ version, method }) => [version, method])).toEqual([
      [1, 'mf-bpr'],
      [2, 'item-knn'],
    ])
    expect(rows.map(({ difference }) => difference === null)).toEqual([false, true])
    const missing = await client.createJob({ kind: 'compare', versions: [9] })
    expect(await client.waitForJob(missing.id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('9'),
    })
  })

  test('the graph around a user joins history and recommendations by people', async () => {
    const { nodes, edges } = await client.surroundings('u04', { n: 2, items: 3, people: 4 })
    const roles = Map.groupBy(nodes, ({ role }) => role)
    expect(roles.get('self')).toEqual([{ id: 'u04', role: 'self' }])
    expect(roles.get('history')!.length).toBe(3)
    expect(roles.get('recommended')!.map(({ id }) => id)).toContain('i4')
    const people = roles.get('person')!
    expect(people.length).toBe(4)
    // Those who like what u04 likes: even users.
    for (const { id } of people) expect(Number(id.slice(1)) % 2).toBe(0)
    expect(edges.every(({ source, target }) => nodes[source] && nodes[target])).toBe(true)
    expect((await client.surroundings('stranger')).nodes[0]).toEqual({ id: 'stranger', role: 'self' })
  })

  test('a preview is not counted', async () => {
    const answers = async (): Promise<number> =>
      (await client.onlineReport()).items.reduce((sum, { answers }) => sum + answers, 0)
    const before = await answers()
    await client.recommend('u04', { preview: true })
    expect(await answers()).toBe(before)
    await client.recommend('u04')
    expect(await answers()).toBe(before + 1)
  })

  test('methods come with the schemas of their settings', async () => {
    const { items, jobs } = await client.methods()
    expect(new Set(items.map(({ family }) => family))).toEqual(new Set(['recommend', 'embed', 'cluster']))
    const lightGCN = items.find(({ name }) => name === 'lightgcn')!
    expect(lightGCN.schema).toMatchObject({
      type: 'object',
      properties: { dim: { type: 'integer', default: 64, description: expect.any(String) } },
    })
    expect(Object.keys(jobs)).toEqual(expect.arrayContaining(['train', 'evaluate', 'compare']))
    expect(jobs['train']).toMatchObject({
      type: 'object',
      properties: { method: { default: 'fast-lightgcn' }, guard: { properties: { drop: { maximum: 1 } } } },
    })
    expect(JSON.stringify({ items, jobs })).not.toContain('$ref')
  })
})

test('what is only looked at needs a key that reads', async () => {
  const store = await openStore(storePath(join(folder, 'keys')))
  const read = await store.keys.create('reader', 'read')
  await store.close()
  const served = await start('keys')
  try {
    const reader = new Client({ url: served.address, key: read.secret })
    expect((await reader.overview()).caller).toBe('read')
    await expect(reader.createJob({ kind: 'compare', versions: [1] })).rejects.toMatchObject({ status: 403 })
    const nobody = new Client({ url: served.address })
    for (const ask of [
      () => nobody.overview(),
      () => nobody.eventCounts(),
      () => nobody.search('users', 'u'),
      () => nobody.eventsOf('u1'),
      () => nobody.surroundings('u1'),
      () => nobody.methods(),
    ]) {
      await expect(ask()).rejects.toMatchObject({ status: 401 })
    }
  } finally {
    await served.close()
  }
})
