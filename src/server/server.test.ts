/** The service over real HTTP: events in, a training, answers, erasure, access. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client, ServiceError } from '../client/index.ts'
import { openStore } from '../workspace/store/store.ts'
import { storePath } from '../workspace/store/database.ts'
import { attributionOf } from './recommendation-id.ts'
import { serve, type Served } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-server-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const start = (name: string, more: object = {}): Promise<Served> =>
  serve({ workspace: join(folder, name), model: 'shop', host: '127.0.0.1', port: 0, ...more })

interface Reply {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- what came is what is tested
  readonly body: any
}
async function call(
  { address }: Served,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(address + path, {
    method,
    headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(text === undefined ? {} : { body: text }),
  })
  const raw = await response.text()
  const json = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(raw) : raw }
}

/** Users u0 … u11 like the even or the odd items i0 … i11, each except the one of their own number. */
const events = Array.from({ length: 144 }, (_, n) => [Math.floor(n / 12), n % 12] as const)
  .filter(([u, i]) => u !== i && (u + i) % 2 === 0)
  .map(([u, i], n) => ({ id: `e${n}`, user: `u${u}`, item: `i${i}`, type: 'view', time: 1e12 + n }))

async function train(served: Served, config: object = {}): Promise<Reply['body']> {
  const job = { kind: 'train', method: 'item-knn', config: { shrinkage: 0 }, test: 0.2, ...config }
  const { status, body } = await call(served, 'POST', '/v1/jobs', job)
  expect(status).toBe(202)
  for (;;) {
    const { body: state } = await call(served, 'GET', `/v1/jobs/${body.id}`)
    if (state.status !== 'waiting' && state.status !== 'running') {
      await served.service.lookAgain()
      return state
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('a service from empty to trained', () => {
  let served: Served
  beforeAll(async () => {
    served = await start('journey')
  })
  afterAll(() => served.close())
  const get = (path: string) => call(served, 'GET', path)

  test('before there is anything to show it says so, and is ready for events', async () => {
    expect((await get('/health/live')).body).toEqual({ live: true })
    expect((await get('/health/ready')).status).toBe(200)
    const { status, headers, body } = await get('/v1/users/u1/recommendations')
    expect([status, body.code]).toEqual([404, 'MISSING'])
    expect(headers.get('content-type')).toContain('application/problem+json')
    expect(body.detail).toMatch(/POST \/v1\/jobs/)
    expect(await train(served)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('no events'),
    })
  })

  test('events are stored once', async () => {
    expect((await call(served, 'POST', '/v1/events', events)).body).toEqual({
      stored: events.length,
      duplicates: 0,
    })
    expect((await call(served, 'POST', '/v1/events', events[0])).body).toEqual({ stored: 0, duplicates: 1 })
    const bad = await call(served, 'POST', '/v1/events', [
      { user: 'x', item: 'y' },
      { user: '', item: 'y' },
    ])
    expect([bad.status, bad.body.code]).toEqual([400, 'INVALID'])
    expect(bad.body.issues.length).toBeGreaterThan(0)
  })

  test('before the first training what is popular answers, and counts with what comes', async () => {
    const recommended = async (path: string) => {
      await served.service.lookAgain()
      return (await get(path)).body
    }
    const nobody = await recommended('/v1/users/nobody/recommendations?n=20&explain=true')
    expect([nobody.model.version, nobody.rung, nobody.items.length]).toEqual([0, 'popular', 12])
    expect(nobody.items[0].score).toBe(5)
    expect(attributionOf(nobody.id)).toMatchObject({ version: 0, rung: 'popular' })
    // u2 has seen the even items except its own.
    const u2 = await recommended('/v1/users/u2/recommendations?n=20')
    expect(u2.items.map(({ id }: { id: string }) => id).sort()).toEqual(
      ['i1', 'i11', 'i2', 'i3', 'i5', 'i7', 'i9'].sort(),
    )
    expect((await recommended('/v1/items/i2/similar?n=3')).items.length).toBe(3)
    expect((await recommended('/v1/users/u2/recommendations/why-not?item=i4')).code).toBe('seen')
    // An item of the catalogue that nobody has met yet is there, last; a filter finds it.
    await call(served, 'PUT', '/v1/items/fresh', { attributes: { colour: 'red' } })
    const filter = encodeURIComponent(JSON.stringify({ colour: 'red' }))
    const red = `/v1/users/nobody/recommendations?n=3&filter=${filter}`
    await expect.poll(async () => (await recommended(red)).items).toEqual([{ id: 'fresh', score: 0 }])
    await call(served, 'POST', '/v1/events', { id: 'early', user: 'early', item: 'fresh' })
    await expect.poll(async () => (await recommended(red)).items).toEqual([{ id: 'fresh', score: 1 }])
    await call(served, 'DELETE', '/v1/users/early')
    await expect.poll(async () => (await recommended(red)).items).toEqual([{ id: 'fresh', score: 0 }])
    await call(served, 'DELETE', '/v1/items/fresh')
    await expect.poll(async () => (await recommended(red)).items).toEqual([])
    // What only a training can know is asked of a training.
    expect((await get('/v1/explorer/users?prefix=u')).status).not.toBe(500)
    expect((await get('/health/ready')).body.checks.model.detail).toMatch(/popular/)
  })

  test('a stream of lines reports the bad ones and stores the rest', async () => {
    const lines = [
      JSON.stringify({ id: 's1', user: 'streamer', item: 'i1' }),
      '{"user": "streamer"',
      '',
      JSON.stringify({ id: 's2', user: 'streamer', item: 5 }),
      JSON.stringify({ id: 's3', user: 'streamer', item: 'i3', time: '2020-01-01T00:00:00Z' }),
    ].join('\n')
    const { status, body } = await call(served, 'POST', '/v1/events/stream', lines, {
      'content-type': 'application/x-ndjson',
    })
    expect([status, body.stored, body.duplicates, body.rejected]).toEqual([200, 2, 0, 2])
    expect(body.problems.map((p: { line: number }) => p.line)).toEqual([2, 4])
    const wrong = await call(served, 'POST', '/v1/events/stream', '{}')
    expect(wrong.status).toBe(400)
  })

  test('a training makes a version that answers', async () => {
    const state = await train(served)
    expect(state).toMatchObject({ status: 'done', result: { version: 1, promoted: true } })
    expect(state.result.metrics['ndcg@20']).toBeGreaterThan(0)
    const { body } = await get('/v1/users/u4/recommendations?n=1&explain=true')
    expect(body).toMatchObject({
      model: { name: 'shop', version: 1 },
      rung: 'trained',
      items: [{ id: 'i4' }],
    })
    expect(body.items[0].because.people).toBeGreaterThan(0)
    expect(attributionOf(body.id)).toMatchObject({ version: 1, rung: 'trained' })
    const models = (await get('/v1/models')).body
    expect(models).toMatchObject({
      inService: 1,
      versions: [{ version: 1, method: 'item-knn', inService: true }],
    })
    expect(models.versions[0].data.events.upTo).toBeGreaterThan(0)
    expect((await get('/v1/users/nobody/recommendations')).body.rung).toBe('popular')
    expect((await get('/v1/items/i2/similar?n=2')).body.items.length).toBe(2)
    expect((await get('/v1/users/u2/similar')).status).toBe(200)
    expect((await get('/v1/items/none/similar')).status).toBe(404)
  })

  test('what happens after the training counts at once', async () => {
    await call(served, 'POST', '/v1/events', { id: 'late', user: 'newcomer/😀', item: 'i1' })
    await served.service.lookAgain()
    const path = `/v1/users/${encodeURIComponent('newcomer/😀')}/recommendations?n=3`
    const { body } = await get(path)
    expect(body.rung).toBe('folded-in')
    expect(body.items.every(({ id }: { id: string }) => Number(id.slice(1)) % 2 === 1)).toBe(true)
    const session = await call(served, 'POST', '/v1/sessions/recommendations', { recent: ['i1'], n: 3 })
    expect(session.body.items).toEqual(body.items)
    const ranked = await call(served, 'POST', '/v1/rank', { user: 'u4', candidates: ['i1', 'i4'] })
    expect(ranked.body.items.map(({ id }: { id: string }) => id)).toEqual(['i4', 'i1'])
  })

  test('the report tells what came of the answers', async () => {
    const { body } = await get('/v1/users/u4/recommendations?n=1')
    const follow = { user: 'u4', item: 'i4', type: 'buy', recommendation: body.id }
    await call(served, 'POST', '/v1/events', [follow, { ...follow, type: 'view' }])
    const { items } = (await get('/v1/reports/online')).body
    const trained = items.find((line: { rung: string }) => line.rung === 'trained')
    expect(trained).toMatchObject({ version: 1, followed: 1, events: { buy: 1, view: 1 } })
    expect(trained.answers).toBeGreaterThanOrEqual(2)
    expect((await get('/v1/reports/online?from=1&to=2')).body.items).toEqual([])
  })

  test('attributes are kept, changed, paged and filtered by', async () => {
    for (const n of [1, 2, 3]) {
      const put = await call(served, 'PUT', `/v1/items/i${n}`, { attributes: { n, odd: n % 2 === 1 } })
      expect(put.status).toBe(200)
    }
    const patched = await call(served, 'PATCH', '/v1/items/i2', { attributes: { odd: null, tag: ['x'] } })
    expect(patched.body.attributes).toEqual({ n: 2, tag: ['x'] })
    const page = await get('/v1/items?limit=2')
    expect(page.body.items.map(({ id }: { id: string }) => id)).toEqual(['i1', 'i2'])
    const rest = await get(`/v1/items?limit=2&cursor=${page.body.next}`)
    expect([rest.body.items.length, rest.body.next]).toEqual([1, null])
    expect((await get('/v1/items?cursor=nonsense')).status).toBe(400)
    const filter = encodeURIComponent(JSON.stringify({ odd: true }))
    const odd = await get(`/v1/users/u5/recommendations?includeSeen=true&filter=${filter}`)
    expect(odd.body.items.map(({ id }: { id: string }) => id).sort()).toEqual(['i1', 'i3'])
    expect((await get('/v1/users/u5/recommendations?filter={')).status).toBe(400)
    const why = await get(`/v1/users/u5/recommendations/why-not?item=i2&filter=${filter}`)
    expect(why.body.reason).toMatch(/filter/)
  })

  test('an erased user is gone from the answers at once, and from the next version', async () => {
    await call(served, 'PUT', '/v1/users/u7', { attributes: { age: 7 } })
    await call(served, 'PUT', '/v1/users/u6/relations', [{ target: 'u7' }])
    const gone = await call(served, 'DELETE', '/v1/users/u7')
    expect([gone.status, gone.body.events]).toEqual([200, 5])
    expect((await get('/v1/users/u7')).status).toBe(404)
    expect((await get('/v1/users/u7/recommendations')).body.rung).toBe('popular')
    expect((await get('/v1/users/u7/similar')).status).toBe(404)
    expect((await get('/v1/users/u6/relations')).body.items).toEqual([])
    // Who comes back is answered by what is new; who is erased again, by nothing of it.
    await call(served, 'POST', '/v1/events', { user: 'u7', item: 'i1' })
    await served.service.lookAgain()
    expect((await get('/v1/users/u7/recommendations')).body.rung).toBe('folded-in')
    expect((await call(served, 'DELETE', '/v1/users/u7')).body.events).toBe(1)
    expect((await get('/v1/users/u7/recommendations')).body.rung).toBe('popular')
    const state = await train(served)
    expect(state.result).toMatchObject({ version: 2, promoted: true })
    expect(served.service.need().model.interactions.users.row('u7')).toBe(-1)
    expect((await call(served, 'DELETE', '/v1/users/u7')).status).toBe(404)
  })

  test('a guard keeps a worse version out of service, and one call rolls back', async () => {
    const state = await train(served, { method: 'popularity', config: {}, guard: { drop: 0 } })
    expect(state.result).toMatchObject({ version: 3, promoted: false, guard: { passed: false } })
    expect(served.service.live!.version).toBe(2)
    const back = await call(served, 'POST', '/v1/models/rollback', {})
    expect(back.body.inService).toBe(1)
    expect(served.service.live!.version).toBe(1)
    expect((await call(served, 'DELETE', '/v1/models/1')).status).toBe(400)
    expect((await call(served, 'DELETE', '/v1/models/3')).status).toBe(200)
  })

  test('jobs can be listed, watched and cancelled; schedules set', async () => {
    const page = (await get('/v1/jobs?limit=1')).body
    expect(page.items.length).toBe(1)
    expect((await get(`/v1/jobs?limit=1&cursor=${page.next}`)).body.items[0].id).not.toBe(page.items[0].id)
    const watched = await get(`/v1/jobs/${page.items[0].id}/progress`)
    expect(watched.body).toMatch(/^event: job\ndata: \{.*"status":"done"/)
    const again = await call(served, 'POST', `/v1/jobs/${page.items[0].id}/cancel`)
    expect([again.status, again.body.code]).toEqual([409, 'CONFLICT'])
    expect((await get('/v1/jobs/none')).status).toBe(404)
    const schedule = { cron: '0 3 * * *', job: { kind: 'train' } }
    const put = await call(served, 'PUT', '/v1/schedules/nightly', schedule)
    expect(new Date(put.body.next).getUTCHours()).toBe(3)
    expect((await get('/v1/schedules')).body.items.length).toBe(1)
    expect((await call(served, 'PUT', '/v1/schedules/x', { ...schedule, cron: 'often' })).status).toBe(400)
    expect((await call(served, 'DELETE', '/v1/schedules/nightly')).status).toBe(200)
  })

  test('bad input gets a problem, never a 5xx', async () => {
    const cases: [string, string, unknown?][] = [
      ['GET', '/v1/nothing'],
      ['POST', '/v1/events', '{"user": "a", "item": "b", "__proto__": {"x": 1}}'],
      ['POST', '/v1/events', '[1'],
      ['POST', '/v1/events', { user: 'a', item: 'b', weight: 1e300 }],
      ['POST', '/v1/events', { user: 'a\0', item: 'b' }],
      ['POST', '/v1/events', { user: 'a', item: 'b', time: -1 }],
      ['POST', '/v1/events', 'x'.repeat(5 * 2 ** 20)],
      ['GET', '/v1/users/u1/recommendations?n=0'],
      ['GET', '/v1/users/u1/recommendations?n=1e9'],
      ['GET', '/v1/users/u1/recommendations?unknown=1'],
      ['GET', `/v1/users/${'x'.repeat(600)}/recommendations`],
      ['GET', '/v1/users/%00/recommendations'],
      ['PUT', '/v1/items/x', { attributes: { deep: { er: 1 } } }],
      ['POST', '/v1/jobs', { kind: 'train', guard: { drop: 2 } }],
      ['POST', '/v1/jobs', { kind: 'conquer' }],
      ['POST', '/v1/models/rollback', { version: 99 }],
    ]
    for (const [method, path, body] of cases) {
      const reply = await call(served, method, path, body)
      expect([path, reply.status >= 400 && reply.status < 500]).toEqual([path, true])
      expect(reply.body).toMatchObject({
        status: reply.status,
        title: expect.any(String),
        detail: expect.any(String),
      })
    }
    // Paths that climb are ids like any other.
    const climb = encodeURIComponent('../../../etc/passwd')
    expect((await get(`/v1/users/${climb}/recommendations`)).body.rung).toBe('popular')
  })

  test('metrics and the OpenAPI document', async () => {
    const metrics = (await get('/metrics')).body as string
    for (const name of [
      'http_request_seconds',
      'model_age_seconds',
      'event_loop_lag_seconds',
      'job_seconds',
    ]) {
      expect(metrics).toContain(`homophily_${name}`)
    }
    expect(metrics).toMatch(/homophily_job_seconds_count\{kind="train",status="done"\} [1-9]/)
    const document = (await get('/openapi.json')).body
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toContain('/v1/users/{id}/recommendations')
  })
})

test('three events are enough for a version, but not for a guard', async () => {
  const served = await start('small')
  try {
    await call(served, 'POST', '/v1/events', [
      { user: 'ann', item: 'lamp', time: 1 },
      { user: 'bob', item: 'lamp', time: 1 },
      { user: 'bob', item: 'desk', time: 1 },
    ])
    const state = await train(served)
    expect(state).toMatchObject({ status: 'done', result: { version: 1, promoted: true, metrics: {} } })
    expect(state.result.warnings).toEqual([expect.stringMatching(/nothing was evaluated/)])
    const { body } = await call(served, 'GET', '/v1/users/ann/recommendations?explain=true')
    expect(body.items).toMatchObject([{ id: 'desk', because: { item: 'lamp', people: 1 } }])
    const again = await train(served, { guard: { drop: 0.5 } })
    expect(again.result).toMatchObject({ version: 2, promoted: false, guard: { against: 'nothing' } })
  } finally {
    await served.close()
  }
})

test('the client does what the service can', async () => {
  const served = await start('client')
  const client = new Client({ url: served.address })
  try {
    expect(await client.sendEvents(events)).toEqual({ stored: events.length, duplicates: 0 })
    await client.putItem('i1', { color: 'red' })
    const { id } = await client.createJob({ kind: 'train', method: 'item-knn', config: { shrinkage: 0 } })
    expect(await client.waitForJob(id)).toMatchObject({ status: 'done' })
    await served.service.lookAgain()
    const { items } = await client.recommend('u4', { n: 2, exclude: ['i0', 'i 2'], explain: true })
    expect(items[0]).toMatchObject({ id: 'i4' })
    const red = await client.recommend('u5', { includeSeen: true, filter: { color: 'red' } })
    expect(red.items.map((item) => item.id)).toEqual(['i1'])
    expect((await client.recommendForSession(['i1'], { n: 1 })).rung).toBe('folded-in')
    expect((await client.rank({ candidates: ['i1', 'i2'] })).items.length).toBe(2)
    expect((await client.whyNot('u5', 'i1')).reason).toMatch(/interacted/)
    expect((await client.similarItems('i1', { n: 1 })).items.length).toBe(1)
    expect((await client.models()).inService).toBe(1)
    expect((await client.eraseUser('u5')).events).toBe(5)
    await expect(client.similarUsers('u5')).rejects.toMatchObject({ status: 404, code: 'UNKNOWN_NAME' })
    await expect(client.rollback(9)).rejects.toThrow(ServiceError)
  } finally {
    await served.close()
  }
})

describe('access', () => {
  test('keys open what their role allows, once there is one', async () => {
    const workspace = join(folder, 'keys')
    const store = await openStore(storePath(workspace))
    const read = await store.keys.create('reader', 'read')
    const write = await store.keys.create('writer', 'write')
    const admin = await store.keys.create('boss', 'admin')
    await store.close()
    const served = await start('keys')
    const as = (secret: string | null, method: string, path: string, body?: unknown) =>
      call(served, method, path, body, secret === null ? {} : { authorization: `Bearer ${secret}` })
    try {
      expect((await as(null, 'GET', '/health/ready')).status).toBe(200)
      expect((await as(null, 'GET', '/v1/models')).status).toBe(401)
      expect((await as('hp_wrong', 'GET', '/v1/models')).body.code).toBe('BAD_KEY')
      expect((await as(read.secret, 'GET', '/v1/models')).status).toBe(200)
      const event = { user: 'a', item: 'b' }
      expect((await as(read.secret, 'POST', '/v1/events', event)).body.code).toBe('ROLE')
      expect((await as(write.secret, 'POST', '/v1/events', event)).status).toBe(200)
      expect((await as(write.secret, 'POST', '/v1/jobs', { kind: 'train' })).status).toBe(403)
      expect(
        (await as(admin.secret, 'POST', '/v1/jobs', { kind: 'evaluate', method: 'popularity' })).status,
      ).toBe(202)
    } finally {
      await served.close()
    }
  })

  test('nobody is let in from outside without keys, unless it is asked for', async () => {
    await expect(start('outside', { host: '0.0.0.0' })).rejects.toMatchObject({ code: 'CONFLICT' })
    const served = await start('outside', { host: '0.0.0.0', noKeys: true })
    expect(served.access).toMatch(/everybody/)
    await served.close()
  })

  test('too many requests are told to wait', async () => {
    const served = await start('rate', { rate: 3 })
    try {
      const codes: number[] = []
      for (let n = 0; n < 5; n++) codes.push((await call(served, 'GET', '/v1/models')).status)
      expect(codes).toEqual([200, 200, 200, 429, 429])
      expect((await call(served, 'GET', '/health/live')).status).toBe(200)
    } finally {
      await served.close()
    }
  })
})
