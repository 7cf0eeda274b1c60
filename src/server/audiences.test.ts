/** Look-alikes and audiences over HTTP, on the sample marketplace. */
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client, ServiceError } from '../client/index.ts'
import { readTable } from '../data/read-table.ts'
import { type Marketplace, sampleMarketplace } from '../data/sample.ts'
import { trainRecommender } from '../evaluate/train-recommender.ts'
import { Random } from '../random.ts'
import { saveRecommender } from '../workspace/recommenders.ts'
import { storePath } from '../workspace/store/database.ts'
import { openStore } from '../workspace/store/store.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { serve, type Served } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-audiences-'))
let market: Marketplace
let served: Served
let client: Client
/** Users of the first community. */
let community: string[]

beforeAll(async () => {
  market = sampleMarketplace(new Random(1), { users: 400, items: 200, events: 12_000, communities: 5 })
  const { users } = market.interactions
  community = users.ids().filter((_, row) => market.userCommunities[row] === 0)
  const workspace = await openWorkspace(folder)
  using model = await trainRecommender(market.interactions, { method: 'fast-lightgcn', seed: 1 })
  await saveRecommender(workspace, 'shop', model, { data: { events: { upTo: 0 } } })
  served = await serve({ workspace: folder, model: 'shop', host: '127.0.0.1', port: 0 })
  client = new Client({ url: served.address })
  const job = await client.createJob({ kind: 'segment', clusters: 5, stabilityRuns: 0 })
  await client.waitForJob(job.id)
}, 60_000)
afterAll(async () => {
  await served.close()
  rmSync(folder, { recursive: true, force: true })
})

async function problemOf(work: Promise<unknown>): Promise<ServiceError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ServiceError)
  return error as ServiceError
}

describe('look-alikes', () => {
  test('are of the community of the seeds, which held-out seeds show beforehand', async () => {
    const seeds = community.slice(0, 20)
    const found = await client.lookalikes({ seeds: [...seeds, 'nobody', seeds[0]] })
    expect(found).toMatchObject({
      space: { name: 'shop', version: 1 },
      method: 'centroid',
      size: 'balanced',
      seeds: { given: 21, known: 20, unknown: ['nobody'] },
      suppressed: 0,
      candidates: 380,
      audience: null,
    })
    expect(found.total).toBe(found.sizes!.balanced)
    expect(found.members.length).toBe(found.total)
    const right = found.members.filter(({ id }) => community.includes(id)).length
    expect(right / found.total).toBeGreaterThan(0.9)
    expect(found.members.some(({ id }) => seeds.includes(id))).toBe(false)
    const { sizes, recall, random, popularity, folds } = found.curve!
    const at = sizes.indexOf(100)
    expect(folds).toBe(5)
    expect(recall[at]).toBeGreaterThan(2 * random[at])
    expect(recall[at]).toBeGreaterThan(popularity![at] + 0.3)
  })

  test('do without users who are suppressed, by ids and by audiences', async () => {
    const seeds = community.slice(0, 20)
    const plain = await client.lookalikes({ seeds, size: 30, curve: false })
    expect(plain).toMatchObject({ total: 30, curve: null, sizes: null })
    const [first, second] = plain.members.map(({ id }) => id)
    const { id } = await client.createAudience({ name: 'Not these', members: [second, 'stranger'] })
    const without = await client.lookalikes({
      seeds,
      size: 30,
      curve: false,
      suppress: [first, 'unknown', seeds[1]],
      suppressAudiences: [id],
    })
    expect(without.suppressed).toBe(2)
    expect(without.members.slice(0, 28)).toEqual(plain.members.slice(2))
    await client.deleteAudience(id)
    expect(await problemOf(client.lookalikes({ seeds, suppressAudiences: [id] }))).toMatchObject({
      status: 404,
      code: 'UNKNOWN_NAME',
    })
  })

  test('of what cannot be', async () => {
    const cases = [
      [{ seeds: ['nobody', 'no one'] }, 400, 'EMPTY', /none of the 2 seeds is known/],
      [{ seeds: [community[0]] }, 400, 'ARGUMENT', /at least 2 seeds/],
      [{ seeds: market.interactions.users.ids() }, 400, 'EMPTY', /nobody is left/],
      [{ seeds: community, space: 'segments' }, 400, 'ARGUMENT', /a model that has them/],
      [{ seeds: community, space: 'atlantis' }, 404, 'UNKNOWN_NAME', /unknown model/],
      [{ seeds: [] }, 400, 'INVALID', /schema/],
      [{ seeds: community, size: 0 }, 400, 'INVALID', /schema/],
    ] as const
    for (const [request, status, code, message] of cases) {
      const problem = await problemOf(client.lookalikes(request as never))
      expect([problem.status, problem.code, problem.message]).toEqual([
        status,
        code,
        expect.stringMatching(message),
      ])
    }
    const one = await client.lookalikes({ seeds: [community[0]], size: 5 })
    expect(one).toMatchObject({ total: 5, curve: null, sizes: null })
  })

  test('by attributes, where nothing was done yet', async () => {
    for (let n = 0; n < 20; n++)
      await client.putUser(`new-${n}`, { plan: n % 2 ? 'free' : 'paid', visits: n % 2 ? 1 : 40 + n })
    const seeds = ['new-0', 'new-2', 'new-4']
    const found = await client.lookalikes({ seeds, space: 'attributes', size: 5 })
    expect(found).toMatchObject({ space: { name: 'attributes', version: 0 }, candidates: 17 })
    for (const { id } of found.members) expect(Number(id.slice(4)) % 2).toBe(0)
    // None of them was at anything: all are equally active.
    const { popularity, random } = found.curve!
    popularity!.forEach((share, i) => expect(share).toBeCloseTo(random[i], 10))
    for (let n = 0; n < 20; n++) await client.eraseUser(`new-${n}`)
  })

  test('of many at once leave others to be answered', async () => {
    const all = Promise.all(
      (['centroid', 'max-similarity', 'classifier'] as const).map((method) =>
        client.lookalikes({ seeds: community, method, size: 10 }),
      ),
    )
    expect((await client.audiences()).items).toEqual([])
    for (const found of await all) expect(found.total).toBe(10)
  })
})

describe('audiences', () => {
  test('of look-alikes: saved, listed, read, refreshed, deleted', async () => {
    const seeds = community.slice(0, 20)
    const found = await client.lookalikes({ seeds, size: 25, save: 'Tea drinkers', curve: false })
    expect(found.audience).toEqual({ id: 'tea-drinkers', version: 1 })
    expect((await client.audiences()).items).toMatchObject([
      { id: 'tea-drinkers', name: 'Tea drinkers', kind: 'lookalike', version: 1, size: 25 },
    ])
    const first = await client.audienceMembers('tea-drinkers', { limit: 20 })
    const rest = await client.audienceMembers('tea-drinkers', { limit: 20, cursor: first.next! })
    expect(rest.next).toBeNull()
    expect([...first.items, ...rest.items]).toEqual(found.members)

    const again = await client.refreshAudience('tea-drinkers')
    expect(again).toEqual({
      id: 'tea-drinkers',
      version: 2,
      size: 25,
      added: 0,
      removed: 0,
      kept: 25,
      addedIds: [],
      removedIds: [],
    })
    // The cursor was of version 1.
    const stale = await problemOf(client.audienceMembers('tea-drinkers', { cursor: first.next! }))
    expect([stale.status, stale.code]).toEqual([400, 'ARGUMENT'])
    const taken = await problemOf(client.lookalikes({ seeds, save: 'Tea drinkers' }))
    expect([taken.status, taken.code]).toEqual([409, 'CONFLICT'])
    expect(await client.deleteAudience('tea-drinkers')).toEqual({ id: 'tea-drinkers' })
    expect((await problemOf(client.audience('tea-drinkers'))).status).toBe(404)
    expect((await problemOf(client.deleteAudience('tea-drinkers'))).status).toBe(404)
  })

  test('of ids, of which each counts once, whatever the language of their name', async () => {
    const names = ['喝茶的人', '咖啡', 'Été!', 'ete']
    const made = []
    for (const name of names) made.push(await client.createAudience({ name, members: ['b', 'a', 'b'] }))
    expect(made.map(({ id }) => id)).toEqual(['audience', 'audience-2', 'ete', 'ete-2'])
    expect(made[0]).toMatchObject({ name: '喝茶的人', kind: 'list', size: 2, space: null })
    expect((await client.audienceMembers('audience')).items).toEqual([
      { id: 'b', score: null },
      { id: 'a', score: null },
    ])
    const page = await client.audiences({ limit: 3 })
    expect((await client.audiences({ limit: 3, cursor: page.next! })).items.map(({ id }) => id)).toEqual([
      'ete-2',
    ])
    for (const { id } of made) await client.deleteAudience(id)
  })

  test('of a segment, as files', async () => {
    const audience = await client.createAudience({ name: 'Segment two', segment: { id: 's2' } })
    expect(audience).toMatchObject({ kind: 'list', source: { kind: 'segment', segment: 's2' } })
    const { items } = await client.audienceMembers(audience.id, { limit: 1000 })
    expect(items.length).toBe(audience.size)
    const ids = items.map(({ id }) => id)
    const text = async (format: 'csv' | 'jsonl') =>
      new Response(await client.exportAudience(audience.id, format)).text()
    expect(await text('csv')).toBe(`id\n${ids.join('\n')}\n`)
    expect(await text('jsonl')).toBe(ids.map((id) => `${JSON.stringify({ id })}\n`).join(''))
    expect(await client.refreshAudience(audience.id)).toMatchObject({
      version: 2,
      added: 0,
      kept: ids.length,
    })
    const none = await problemOf(client.createAudience({ name: 'x', segment: { id: 's9' } }))
    expect([none.status, none.message]).toEqual([404, expect.stringMatching(/unknown segment "s9"/)])
    const wrong = await problemOf(
      client.createAudience({ name: 'x', segment: { segmentation: 'shop', id: 's1' } }),
    )
    expect([wrong.status, wrong.code]).toEqual([400, 'ARGUMENT'])
    const two = { name: 'x', segment: { id: 's1' }, members: ['a'] }
    expect((await problemOf(client.createAudience(two))).status).toBe(400)
    await client.deleteAudience(audience.id)
  })

  test('as Parquet, with scores', async () => {
    const { members, audience } = await client.lookalikes({ seeds: community, size: 40, save: 'Parquet' })
    const path = join(folder, 'members.parquet')
    await writeFile(
      path,
      new Uint8Array(await new Response(await client.exportAudience(audience!.id, 'parquet')).arrayBuffer()),
    )
    const { table } = await readTable(path)
    expect(table.names).toEqual(['id', 'score'])
    expect(table.ids(table.columns[0]).ids()).toEqual(members.map(({ id }) => id))
    const scores = table.columns[1]
    expect(Number(scores.values.id(scores.codes[0]))).toBeCloseTo(members[0].score!, 5)
    await client.deleteAudience(audience!.id)
  })

  test('follow the model when they are refreshed, and tell who came and who went', async () => {
    const seeds = community.slice(0, 20)
    const { members } = await client.lookalikes({ seeds, size: 120, save: 'Moving', curve: false })
    using model = await trainRecommender(market.interactions, { method: 'fast-lightgcn', seed: 2 })
    await saveRecommender(served.service.workspace, 'shop', model, { data: { events: { upTo: 0 } } })
    await served.service.lookAgain()
    const change = await client.refreshAudience('moving')
    const { items } = await client.audienceMembers('moving', { limit: 200 })
    const before = members.map(({ id }) => id)
    const after = items.map(({ id }) => id)
    expect(after).toEqual(
      (await client.lookalikes({ seeds, size: 120, curve: false })).members.map(({ id }) => id),
    )
    expect(change.addedIds).toEqual(after.filter((id) => !before.includes(id)))
    expect(change.removedIds).toEqual(before.filter((id) => !after.includes(id)))
    expect(change.added).toBeGreaterThan(0)
    expect(change).toMatchObject({ version: 2, size: 120, removed: change.added, kept: 120 - change.added })
    const audience = await client.audience('moving')
    expect(audience.space).toEqual({ name: 'shop', version: 2 })
    expect(Date.parse(audience.refreshed)).toBeGreaterThan(Date.parse(audience.created))
    await client.deleteAudience('moving')
  })

  test('never have an erased user in them', async () => {
    const seeds = community.slice(0, 20)
    const { members } = await client.lookalikes({ seeds, size: 25, save: 'Before', curve: false })
    const gone = members[3].id
    await client.createAudience({ name: 'By hand', members: [gone, 'other'] })
    await client.eraseUser(gone)
    expect((await client.audience('before')).size).toBe(24)
    const left = await client.audienceMembers('before')
    expect(left.items).toEqual(members.filter(({ id }) => id !== gone))
    expect((await client.audienceMembers('by-hand')).items.map(({ id }) => id)).toEqual(['other'])
    expect(await client.refreshAudience('by-hand')).toMatchObject({ size: 1, added: 0, removed: 0, kept: 1 })
    // Another takes the place.
    const change = await client.refreshAudience('before')
    expect(change).toMatchObject({ size: 25, added: 1, removed: 0, kept: 24 })
    expect(change.addedIds).not.toContain(gone)
    const found = await client.lookalikes({ seeds: [...seeds, gone], size: 25, curve: false })
    expect(found.seeds.unknown).toEqual([gone])
    const late = await client.createAudience({ name: 'Late', members: [gone, 'other'] })
    expect(late.size).toBe(1)
    for (const { id } of (await client.audiences()).items) await client.deleteAudience(id)
  })
})

test('keys: reading is for everybody who may read, the rest for those who may write', async () => {
  const workspace = join(folder, 'keys')
  const store = await openStore(storePath(workspace))
  const secrets = {
    read: (await store.keys.create('reader', 'read')).secret,
    write: (await store.keys.create('writer', 'write')).secret,
  }
  await store.close()
  const guarded = await serve({ workspace, model: 'shop', host: '127.0.0.1', port: 0 })
  const status = async (role: 'none' | 'read' | 'write', method: string, path: string, body?: unknown) => {
    const response = await fetch(guarded.address + path, {
      method,
      headers: {
        ...(role === 'none' ? {} : { authorization: `Bearer ${secrets[role]}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return response.status
  }
  try {
    expect(await status('write', 'POST', '/v1/audiences', { name: 'One', members: ['a'] })).toBe(200)
    const cases = [
      ['GET', '/v1/audiences', 200, 200],
      ['GET', '/v1/audiences/one', 200, 200],
      ['GET', '/v1/audiences/one/members', 200, 200],
      ['POST', '/v1/audiences', 403, 409, { name: 'One', members: ['b'] }],
      // There is no model yet.
      ['POST', '/v1/lookalikes', 403, 404, { seeds: ['a', 'b'] }],
      ['POST', '/v1/audiences/one/refresh', 403, 200],
      ['DELETE', '/v1/audiences/one', 403, 200],
    ] as const
    for (const [method, path, reader, writer, body] of cases) {
      const got = []
      for (const role of ['none', 'read', 'write'] as const) got.push(await status(role, method, path, body))
      expect([method, path, ...got]).toEqual([method, path, 401, reader, writer])
    }
  } finally {
    await guarded.close()
  }
})
