/** A service that answers by an index: built beside the version, used once it is whole, told of, and not trusted when damaged. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { interactionsFrom } from '../data/interactions.ts'
import { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { Random } from '../random.ts'
import { saveRecommender } from '../workspace/recommenders.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { serve, type Served } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-indexes-'))
// Enough users for a recall that is measured on half of them to be near what it is of all.
const [USERS, ITEMS, DIM] = [500, 3000, 8]
const directory = join(folder, 'ws')
const indexes = join(directory, 'models', 'shop', 'indexes')
const start = (): Promise<Served> =>
  serve({ workspace: directory, model: 'shop', host: '127.0.0.1', port: 0 })

/** Users and items around five centres; everybody has seen ten items. */
function generate(): FittedRecommender {
  const rng = new Random(3)
  const centres = Array.from({ length: 5 * DIM }, () => rng.normal())
  const vectors = (count: number): Float32Array =>
    Float32Array.from({ length: count * DIM }, (_, at) => {
      const row = Math.floor(at / DIM)
      return centres[(row % 5) * DIM + (at % DIM)] + 0.5 * rng.normal()
    })
  const items = Array.from({ length: ITEMS }, (_, i) => ({ user: 'all', item: `i${i}` }))
  const seen = Array.from({ length: USERS * 10 }, (_, n) => ({
    user: `u${n % USERS}`,
    item: `i${rng.int(ITEMS)}`,
  }))
  const interactions = interactionsFrom([...items, ...seen])
  const users = interactions.users.size
  return new FittedRecommender({ method: 'lightgcn', config: {}, seed: 1 }, interactions, {
    kind: 'dot-product',
    tensors: {
      users: { data: vectors(users), shape: [users, DIM] },
      items: { data: vectors(ITEMS), shape: [ITEMS, DIM] },
    },
  })
}

let served: Served
const model = generate()
beforeAll(async () => {
  await saveRecommender(await openWorkspace(directory), 'shop', model)
  served = await start()
})
afterAll(async () => {
  await served.close()
  model.dispose()
  rmSync(folder, { recursive: true, force: true })
})
const call = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(served.address + path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await response.text()
  // oxlint-disable-next-line typescript/no-explicit-any -- what came is what is tested
  return text.startsWith('{') ? JSON.parse(text) : text
}
async function index(config: object): Promise<{ status: string; error: string | null; result: unknown }> {
  const { id } = await call('POST', '/v1/jobs', { kind: 'index', ...config })
  for (;;) {
    const job = await call('GET', `/v1/jobs/${id}`)
    if (job.status !== 'waiting' && job.status !== 'running') return job
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const idsOf = (list: { id: string }[]) => list.map(({ id }) => id)

test('without one every answer is exact, and says so', async () => {
  expect((await call('GET', '/health/ready')).checks.index).toEqual({
    ok: true,
    detail: 'every answer is exact',
  })
  expect((await call('GET', '/v1/models')).versions[0].indexes).toEqual([])
  expect(served.service.live!.indexes).toBe(null)
})

test('a job builds it, and the service answers by it from then on', async () => {
  expect(await index({})).toMatchObject({ status: 'done', result: { version: 1 } })
  await served.service.lookAgain()
  const [{ indexes: told }] = (await call('GET', '/v1/models')).versions
  expect(told.map((one: { name: string }) => one.name)).toEqual(['items', 'similar-items', 'similar-users'])
  for (const { recall } of told) expect(recall).toBeGreaterThan(0.95)
  expect(await call('GET', '/metrics')).toMatch(
    /homophily_index_recall\{index="items"\} 0\.9|\{index="items"\} 1/,
  )
  expect((await call('GET', '/health/ready')).checks.index.detail).toMatch(/^items finds [01]\.\d{3}; /)

  let hits = 0
  for (let u = 0; u < USERS; u++) {
    const { rung, items } = await call('GET', `/v1/users/u${u}/recommendations?n=20`)
    const exact = model.recommend(`u${u}`, { n: 20 })
    expect([rung, items.length]).toEqual(['trained', 20])
    const scores = new Map(exact.map(({ id, score }) => [id, score]))
    for (const { id, score } of items) if (scores.has(id)) expect(score).toBeCloseTo(scores.get(id)!, 4)
    hits += idsOf(items).filter((id) => scores.has(id)).length / 20 / USERS
  }
  expect(hits).toBeGreaterThan(0.95)
})

test('filters, exclusions, candidates, erasures and what happened since are honoured', async () => {
  const exact = idsOf(model.recommend('u1', { n: 30 }))
  for (const id of exact.slice(0, 12)) await call('PUT', `/v1/items/${id}`, { attributes: { color: 'red' } })
  const red = await call(
    'GET',
    `/v1/users/u1/recommendations?n=20&filter=${encodeURIComponent('{"color":"red"}')}`,
  )
  expect(idsOf(red.items)).toEqual(exact.slice(0, 12))
  const without = await call(
    'GET',
    `/v1/users/u1/recommendations?n=5&exclude=${exact[0]}&exclude=${exact[2]}`,
  )
  expect(idsOf(without.items)).not.toContain(exact[0])
  const ranked = await call('POST', '/v1/rank', { user: 'u1', candidates: [exact[20], 'nothing', exact[3]] })
  expect(idsOf(ranked.items)).toEqual([exact[3], exact[20]])
  await call('POST', '/v1/events', { user: 'u1', item: exact[1] })
  await served.service.lookAgain()
  const since = await call('GET', '/v1/users/u1/recommendations?n=20')
  expect([since.rung, idsOf(since.items).includes(exact[1])]).toEqual(['folded-in', false])
  await call('DELETE', `/v1/items/${exact[4]}`)
  expect(idsOf((await call('GET', '/v1/users/u1/recommendations?n=20')).items)).not.toContain(exact[4])
  const alike = await call('GET', '/v1/items/i7/similar?n=10')
  const expected = new Set(idsOf(model.similarItems('i7', { n: 10 })))
  expect(idsOf(alike.items).filter((id) => expected.has(id)).length).toBeGreaterThanOrEqual(9)
  expect((await call('GET', `/v1/items/${exact[4]}/similar`)).status).toBe(404)
  expect((await call('GET', '/v1/users/u3/similar?n=5')).items.length).toBe(5)
  const boosts = encodeURIComponent('[{"filter":{"color":"red"},"by":5}]')
  const boosted = await call('GET', `/v1/users/u2/recommendations?n=3&boosts=${boosts}`)
  expect(exact.slice(0, 12)).toEqual(expect.arrayContaining(idsOf(boosted.items)))
})

test('a damaged index is told of and not used; another puts it right; it goes with its version', async () => {
  const file = join(indexes, '000001', 'items.safetensors')
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1] ^= 255
  writeFileSync(file, bytes)
  await served.close()
  served = await start()
  const { ready, checks } = await call('GET', '/health/ready')
  expect([ready, checks.index.ok]).toEqual([true, false])
  expect(checks.index.detail).toMatch(/every answer is exact: .*items\.safetensors.*other contents/)
  const { items } = await call('GET', '/v1/users/u9/recommendations?n=20')
  expect(idsOf(items)).toEqual(idsOf(model.recommend('u9', { n: 20 })))
  expect(await index({ version: 1 })).toMatchObject({ status: 'done' })
  await served.service.lookAgain()
  expect((await call('GET', '/health/ready')).checks.index.ok).toBe(true)
  expect(readdirSync(join(directory, 'models')).filter((name) => name.startsWith('.'))).toEqual([])
  expect(await index({ version: 9 })).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('unknown version'),
  })

  await saveRecommender(await openWorkspace(directory), 'shop', model)
  await served.service.lookAgain()
  expect((await call('GET', '/v1/models')).inService).toBe(2)
  await call('DELETE', '/v1/models/1')
  expect(existsSync(join(indexes, '000001'))).toBe(false)
})
