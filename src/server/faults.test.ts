/** What real servers meet: a full disk, a folder that may only be read, a database that goes and comes back, a damaged version, haste. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { smallDisk } from '../../test/disk.ts'
import { startPostgres } from '../../test/postgres.ts'
import { killGroup, startServe, stopServe } from '../../test/serve-process.ts'
import { openStore } from '../workspace/store/store.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import { serve, type Served } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-faults-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const disk = smallDisk(16)
const postgres = await startPostgres()
afterAll(() => {
  disk?.remove()
  postgres?.stop()
})

const start = (workspace: string, more: object = {}): Promise<Served> =>
  serve({ workspace, model: 'shop', host: '127.0.0.1', port: 0, ...more })

// oxlint-disable-next-line typescript/no-explicit-any -- what came is what is tested
type Reply = { readonly status: number; readonly body: any; readonly headers: Headers }
async function call(
  { address }: { address: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<Reply> {
  const response = await fetch(address + path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return { status: response.status, body: await response.json(), headers: response.headers }
}
const batch = (name: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    id: `${name}-${n}`,
    user: `u${n % 9}`,
    item: `i${(n * 7) % 13}`,
  }))

async function train(served: Served): Promise<Reply['body']> {
  const { body } = await call(served, 'POST', '/v1/jobs', { kind: 'train', method: 'item-knn', test: 0.1 })
  for (;;) {
    const { body: job } = await call(served, 'GET', `/v1/jobs/${body.id}`)
    if (job.status !== 'waiting' && job.status !== 'running') {
      await served.service.lookAgain()
      return job
    }
    await sleep(50)
  }
}
/** Until `what` is true; a fault that never comes right fails the test by its time. */
async function eventually(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(100)
}

describe.skipIf(!disk)('a full disk', () => {
  test(
    'what cannot be stored is refused, what is stored stays, and room makes it right again',
    { timeout: 120_000 },
    async () => {
      const workspace = join(disk!.path, 'ws')
      const served = await start(workspace)
      try {
        await call(served, 'POST', '/v1/events', batch('before', 100))
        expect(await train(served)).toMatchObject({ status: 'done' })
        disk!.fill()
        const acknowledged = new Set(batch('before', 100).map(({ id }) => id))
        let refused: Reply | null = null
        for (let n = 0; n < 200 && !refused; n++) {
          const events = batch(`full-${n}`, 500)
          const reply = await call(served, 'POST', '/v1/events', events)
          if (reply.status === 200) for (const { id } of events) acknowledged.add(id)
          else refused = reply
        }
        expect([refused?.status, refused?.body.code]).toEqual([507, 'STORAGE'])
        expect(refused?.headers.get('retry-after')).toBe('5')
        const { status, body } = await call(served, 'GET', '/health/ready')
        expect([status, body.ready, body.checks.storing.ok]).toEqual([200, true, false])
        expect(body.checks.storing.detail).toContain('no room left')
        expect((await call(served, 'GET', '/v1/users/u1/recommendations')).body).toMatchObject({
          model: { version: 1 },
        })

        disk!.clear()
        expect((await call(served, 'POST', '/v1/events', batch('after', 10))).body).toEqual({
          stored: 10,
          duplicates: 0,
        })
        for (const { id } of batch('after', 10)) acknowledged.add(id)
        expect((await call(served, 'GET', '/health/ready')).body.checks.storing.detail).toMatch(
          /only \d+ MiB are free/,
        )

        // A disk that is full while a job runs: it fails or was quicker, its end is stored once there is room, and no version is half there.
        const { body: doomed } = await call(served, 'POST', '/v1/jobs', { kind: 'train', method: 'item-knn' })
        const state = async () => (await call(served, 'GET', `/v1/jobs/${doomed.id}`)).body
        await eventually(async () => (await state()).status !== 'waiting')
        disk!.fill()
        await sleep(3000)
        disk!.clear()
        await eventually(async () => ['failed', 'done'].includes((await state()).status))
        const { status: end, error } = await state()
        if (end === 'failed') expect(error).toMatch(/full|space/i)
        expect(await train(served)).toMatchObject({ status: 'done' })
        const stored = new Set<string>()
        const { events } = served.service.store
        for await (const page of events.upTo(await events.last())) for (const { id } of page) stored.add(id)
        expect(acknowledged.isSubsetOf(stored)).toBe(true)
        expect(
          (await call(served, 'GET', '/v1/models')).body.versions.every(
            (v: { problem?: string }) => !v.problem,
          ),
        ).toBe(true)
      } finally {
        await served.close()
      }
      await openWorkspace(workspace)
      expect(readdirSync(join(workspace, 'models')).filter((name) => name.startsWith('.'))).toEqual([])
    },
  )
})

test(
  'a folder that may only be read: it waits, says so, and goes on when it may write',
  { timeout: 120_000 },
  async () => {
    const workspace = join(folder, 'read-only')
    mkdirSync(workspace)
    chmodSync(folder, 0o755)
    chmodSync(workspace, 0o555)
    // Root may write everywhere: then somebody else runs it.
    const user = process.getuid?.() === 0 ? { user: 65534 } : {}
    const served = await startServe(workspace, {
      ...user,
      until: /waiting for the store; (http:\S+)\/health\/ready/,
    })
    try {
      const at = { address: served.url }
      const { status, body } = await call(at, 'GET', '/health/ready')
      expect([status, body.ready]).toEqual([503, false])
      expect(body.checks.store.detail).toContain('store.sqlite')
      expect((await call(at, 'GET', '/health/live')).status).toBe(200)
      const refused = await call(at, 'POST', '/v1/events', batch('x', 1))
      expect([refused.status, refused.body.code]).toEqual([503, 'STORAGE'])
      chmodSync(workspace, 0o777)
      await eventually(async () => (await call(at, 'GET', '/health/ready').catch(() => null))?.status === 200)
      expect((await call(at, 'POST', '/v1/events', batch('x', 3))).body.stored).toBe(3)

      chmodSync(workspace, 0o555)
      const checks = (await call(at, 'GET', '/health/ready')).body.checks
      expect(checks.workspace).toEqual({ ok: false, detail: 'cannot be written: nothing can be trained' })
      const { body: made } = await call(at, 'POST', '/v1/jobs', { kind: 'train', method: 'item-knn' })
      let job: Reply['body'] = null
      await eventually(async () => {
        job = (await call(at, 'GET', `/v1/jobs/${made.id}`)).body
        return job.status === 'failed'
      })
      expect(job.error).toMatch(/EACCES/)
      expect((await call(at, 'GET', '/health/live')).status).toBe(200)
      chmodSync(workspace, 0o777)
      expect(await stopServe(served)).toBe(0)
    } finally {
      await killGroup(served)
    }
  },
)

test.skipIf(!disk)('a version that does not fit on the disk is not there at all', async () => {
  const directory = join(disk!.path, 'versions')
  const workspace = await openWorkspace(directory)
  const bundle = (size: number) => ({
    method: 'lightgcn',
    config: {},
    seed: 1,
    tensors: { x: { data: new Float32Array(size), shape: [size] } },
    metadata: {},
    users: ['u'],
    items: ['i'],
  })
  await workspace.saveModel('m', bundle(10))
  const facts = {
    name: 'items' as const,
    rows: 2 ** 23,
    dim: 1,
    cells: 1,
    widths: [],
    queries: 1,
    recall: 1,
    seconds: 1,
  }
  const tensors = {
    peaks: Float32Array.of(1),
    offsets: Uint32Array.of(0, 2 ** 23),
    members: new Int32Array(2 ** 23),
  }
  await expect(workspace.saveModel('m', bundle(2 ** 23))).rejects.toMatchObject({ code: 'ENOSPC' })
  await expect(workspace.saveIndexes('m', 1, [{ facts, tensors }])).rejects.toMatchObject({ code: 'ENOSPC' })
  expect(readdirSync(join(directory, 'models')).filter((name) => name.startsWith('.'))).toEqual([])
  expect(await workspace.listModels()).toEqual([{ name: 'm', current: 1, versions: [1] }])
  await workspace.loadModel('m')
})

describe.skipIf(!postgres)('PostgreSQL', () => {
  test(
    'goes and comes back: answers go on, events wait with their senders, nothing is lost',
    { timeout: 120_000 },
    async () => {
      const served = await start(join(folder, 'pg'), { database: postgres!.url })
      try {
        expect((await call(served, 'POST', '/v1/events', batch('before', 200))).body.stored).toBe(200)
        expect(await train(served)).toMatchObject({ status: 'done' })
        postgres!.crash()
        const refused = await call(served, 'POST', '/v1/events', batch('gone', 5))
        expect([refused.status, refused.body.code]).toEqual([503, 'STORAGE'])
        const ready = await call(served, 'GET', '/health/ready')
        expect([ready.status, ready.body.checks.store]).toEqual([
          503,
          { ok: false, detail: 'postgres does not answer' },
        ])
        expect(ready.body.checks.storing.ok).toBe(false)
        expect((await call(served, 'GET', '/v1/users/u1/recommendations')).body).toMatchObject({
          model: { version: 1 },
        })
        expect((await call(served, 'GET', '/v1/jobs')).status).toBe(503)
        // Another server that starts now waits.
        const waiting: string[] = []
        const late = start(join(folder, 'pg'), {
          database: postgres!.url,
          onWait: (reason: string) => waiting.push(reason),
        })
        await eventually(async () => waiting.length > 0)
        postgres!.resume()
        const second = await late
        await second.close()
        await eventually(async () => (await call(served, 'GET', '/health/ready')).status === 200)
        expect((await call(served, 'POST', '/v1/events', batch('gone', 5))).body.stored).toBe(5)
        expect((await call(served, 'GET', '/health/ready')).body.checks.storing.ok).toBe(true)
        expect(await train(served)).toMatchObject({ status: 'done', result: { version: 2 } })
        const store = await openStore(postgres!.url)
        expect(await store.events.count()).toBe(205)
        await store.close()
      } finally {
        await served.close()
      }
    },
  )

  test('waiting for it ends when it is told to', async () => {
    const controller = new AbortController()
    const options = { database: 'postgres://nobody@127.0.0.1:1/none', signal: controller.signal }
    const waiting = start(join(folder, 'never'), { ...options, onWait: () => controller.abort() })
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

test('a damaged version: what answered goes on; a server that starts takes the last good one, and says so', async () => {
  const workspace = join(folder, 'damaged')
  let served = await start(workspace)
  await call(served, 'POST', '/v1/events', batch('e', 100))
  await train(served)
  await train(served)
  const weights = join(workspace, 'models', 'shop', 'versions', '000002', 'weights.safetensors')
  const bytes = readFileSync(weights)
  const damaged = Buffer.from(bytes)
  damaged[damaged.length - 3] ^= 1
  writeFileSync(weights, damaged)
  expect((await call(served, 'GET', '/v1/users/u1/recommendations')).body.model.version).toBe(2)
  await served.close()

  served = await start(workspace)
  try {
    const { status, body } = await call(served, 'GET', '/health/ready')
    expect([status, body.checks.model.detail]).toEqual([200, 'version 1 answers'])
    expect(body.checks.newest.ok).toBe(false)
    expect(body.checks.newest.detail).toMatch(/000002.*weights\.safetensors/)
    expect((await call(served, 'GET', '/v1/users/u1/recommendations')).body.model.version).toBe(1)
    await call(served, 'POST', '/v1/events', { user: 'new', item: 'i1' })
    await served.service.lookAgain()
    expect((await call(served, 'GET', '/v1/users/new/recommendations')).body.rung).toBe('folded-in')
    const back = await call(served, 'POST', '/v1/models/rollback', { version: 2 })
    expect(back.status).toBeGreaterThanOrEqual(400)
    expect((await call(served, 'POST', '/v1/models/rollback', { version: 1 })).status).toBe(200)
    expect((await call(served, 'GET', '/health/ready')).body.checks.newest.ok).toBe(true)
    writeFileSync(join(workspace, 'models', 'shop', 'current'), '{"version"')
    await served.service.lookAgain()
    expect((await call(served, 'GET', '/v1/users/u1/recommendations')).body.model.version).toBe(1)
  } finally {
    await served.close()
  }
  served = await start(workspace)
  expect(served.service.live?.version).toBe(1)
  await served.close()
})

test('two servers that put versions into service at once agree in the end', async () => {
  const workspace = join(folder, 'two')
  const a = await start(workspace)
  const b = await start(workspace)
  try {
    await call(a, 'POST', '/v1/events', batch('e', 100))
    for (let n = 0; n < 3; n++) expect(await train(a)).toMatchObject({ status: 'done' })
    const jobs = Promise.all([train(a), train(b)])
    const rollbacks = Array.from({ length: 30 }, (_, n) =>
      call(n % 2 ? a : b, 'POST', '/v1/models/rollback', { version: 1 + (n % 3) }),
    )
    expect((await Promise.all(rollbacks)).map(({ status }) => status)).toEqual(Array(30).fill(200))
    expect((await jobs).map(({ status }) => status)).toEqual(['done', 'done'])
    await Promise.all([a.service.lookAgain(), b.service.lookAgain()])
    const [one, two] = [a, b].map((served) => served.service.live!.version)
    expect(one).toBe(two)
    const models = (await call(b, 'GET', '/v1/models')).body
    expect(models.inService).toBe(one)
    expect(models.versions.map((v: { version: number }) => v.version)).toEqual([1, 2, 3, 4, 5])
    expect((await call(a, 'GET', '/v1/users/u1/recommendations')).body.model.version).toBe(one)
  } finally {
    await Promise.all([a.close(), b.close()])
  }
})
