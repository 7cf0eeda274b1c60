/** Files in and out over HTTP. */
import { gzipSync } from 'node:zlib'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTable } from '../data/read-table.ts'
import { serve, type Served } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-files-'))
let served: Served
beforeAll(async () => {
  served = await serve({ workspace: join(folder, 'ws'), model: 'shop', host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await served.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Reply {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- what came is what is tested
  readonly body: any
}
async function send(path: string, body: string | Uint8Array): Promise<Reply> {
  const response = await fetch(served.address + path, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: body as NonNullable<RequestInit['body']>,
  })
  return { status: response.status, body: await response.json() }
}
const get = async (path: string) => fetch(served.address + path)
const mapped = (mapping: object) => `mapping=${encodeURIComponent(JSON.stringify(mapping))}`

const events =
  'customer,sku,when,what\nann,lamp,2024-01-01,buy\nann,desk,2024-01-02,view\n"b,ob",lamp,2024-01-03,buy\n'

test('a preview tells the columns, the first rows and the likely mapping', async () => {
  const { status, body } = await send('/v1/imports/preview?name=e.csv.gz', gzipSync(events))
  expect(status).toBe(200)
  expect(body).toMatchObject({
    format: 'csv',
    rows: 3,
    complete: true,
    kind: 'events',
    mapping: { columns: { user: 'customer', item: 'sku' } },
    missing: [],
    problems: [],
  })
  expect(body.columns[1]).toEqual({ name: 'sku', type: 'text', filled: 3, samples: ['lamp', 'desk'] })
  expect(body.first[2]).toEqual({ customer: 'b,ob', sku: 'lamp', when: '2024-01-03', what: 'buy' })
  const cut = await send('/v1/imports/preview?name=e.csv&partial=true', events.slice(0, -16))
  expect(cut.body).toMatchObject({ rows: 2, complete: false, problems: [] })
  const users = await send('/v1/imports/preview?name=u.jsonl', '{"user_id": 1, "age": 30, "tags": ["a"]}\n')
  expect(users.body).toMatchObject({ kind: 'users', mapping: { columns: { id: 'user_id' } } })
  expect(users.body.columns.map((c: { type: string }) => c.type)).toEqual(['number', 'number', 'list'])
  const relations = await send('/v1/imports/preview?name=r.tsv', 'source\ttarget\na\tb\n')
  expect(relations.body.kind).toBe('relations')
})

test('events are imported with a mapping, once', async () => {
  const mapping = mapped({ columns: { time: 'when', type: 'what' } })
  const path = `/v1/imports?kind=events&name=e.csv&${mapping}`
  const dry = await send(`${path}&dryRun=true`, events)
  expect(dry.body).toMatchObject({ rows: 3, stored: 0, rejected: 0, dryRun: true })
  expect((await send(path, events)).body).toMatchObject({ rows: 3, stored: 3, duplicates: 0, rejected: 0 })
  expect((await send(path, events)).body).toMatchObject({ rows: 3, stored: 0, duplicates: 3 })
  const csv = await (await get('/v1/export/events')).text()
  expect(csv.split('\n')[0]).toBe('id,user,item,type,weight,time,recommendation')
  expect(csv).toContain(',"b,ob",lamp,buy,1,2024-01-03T00:00:00.000Z,\n')
  const lines = (await (await get('/v1/export/events?format=jsonl')).text()).trim().split('\n')
  expect(JSON.parse(lines[1])).toMatchObject({
    user: 'ann',
    item: 'desk',
    type: 'view',
    recommendation: null,
  })
  // What was exported comes back as it is: its ids are known.
  const again = await send('/v1/imports?kind=events&name=x.csv', csv)
  expect(again.body).toMatchObject({ rows: 3, stored: 0, duplicates: 3 })
})

test('bad rows are told by line, and keep everything out unless they may be left out', async () => {
  const text =
    'user,item,weight,timestamp\na,b,1,1700000000\n,b,1,1700000000\na,b,much,1700000000\na,b\na,c,2,soon\n'
  const refused = await send('/v1/imports?kind=events&name=e.csv', text)
  expect([refused.status, refused.body.code]).toEqual([400, 'ROWS'])
  expect(refused.body.issues.map((issue: { path: string }) => issue.path)).toEqual([
    'line 3',
    'line 4',
    'line 5',
    'line 6',
  ])
  expect(refused.body.issues[1].detail).toMatch(/^weight: expected a number .* got "much"$/)
  expect(await (await get('/v1/export/events')).text()).not.toContain(',a,b,')
  const some = await send('/v1/imports?kind=events&name=e.csv&maxBadRows=0.9', text)
  expect(some.body).toMatchObject({ rows: 5, stored: 1, rejected: 4 })
  expect((await get('/v1/export/events?format=csv')).status).toBe(200)
  const lacking = await send('/v1/imports?kind=events&name=e.csv', 'a,b\n1,2\n')
  expect([lacking.status, lacking.body.code]).toEqual([400, 'MISSING_COLUMN'])
  expect((await send('/v1/imports?kind=events&name=e.csv', '')).status).toBe(400)
  expect((await send('/v1/imports?kind=events&name=e.parquet', 'not parquet')).body.code).toBe('DATA')
  expect((await send('/v1/imports?kind=events&name=e.xls', 'x')).status).toBe(400)
  const unknown = await send(
    `/v1/imports?kind=events&name=e.csv&${mapped({ columns: { who: 'customer' } })}`,
    events,
  )
  expect([unknown.status, unknown.body.code]).toEqual([404, 'UNKNOWN_NAME'])
  const json = await fetch(`${served.address}/v1/imports?kind=events&name=e.csv`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(json.status).toBe(400)
})

test('attributes are numbers, truth values and text by what their columns hold', async () => {
  const items = 'item_id,price,zip,new,tags\nlamp,9.5,01234,true,a|b\ndesk,12,99999,FALSE,\n'
  const mapping = mapped({ columns: {}, types: { tags: 'list' } })
  expect((await send(`/v1/imports?kind=items&name=i.csv&${mapping}`, items)).body).toMatchObject({
    stored: 2,
  })
  const lamp = (await (await get('/v1/items/lamp')).json()) as { attributes: object }
  expect(lamp.attributes).toEqual({ price: 9.5, zip: '01234', new: true, tags: ['a', 'b'] })
  const desk = (await (await get('/v1/items/desk')).json()) as { attributes: object }
  expect(desk.attributes).toEqual({ price: 12, zip: '99999', new: false })
  await send(
    '/v1/imports?kind=users&name=u.jsonl',
    '{"id": "ann", "age": 30, "id.1": "x", "likes": ["x", "y"]}\n',
  )
  const csv = await (await get('/v1/export/items')).text()
  expect(csv).toBe('id,price,zip,new,tags\ndesk,12,99999,false,\nlamp,9.5,01234,true,a|b\n')
})

test('relations come and go as files', async () => {
  const text =
    '{"follower": "ann", "friend": "bob", "strength": 2}\n{"follower": "ann", "friend": "cy", "strength": -1}\n'
  const refused = await send('/v1/imports?kind=relations&name=r.jsonl', text)
  expect(refused.body.issues).toEqual([
    { path: 'line 2', detail: 'weight: expected a number above 0, got -1' },
  ])
  const mapping = mapped({ kind: 'follows' })
  const { body } = await send(`/v1/imports?kind=relations&name=r.jsonl&maxBadRows=.5&${mapping}`, text)
  expect(body).toMatchObject({ rows: 2, stored: 1, rejected: 1 })
  expect(await (await get('/v1/export/relations')).text()).toBe(
    'source,target,kind,weight\nann,bob,follows,2\n',
  )
})

test('Parquet holds what CSV does, with its types, and comes back', async () => {
  for (const kind of ['events', 'items', 'users', 'relations']) {
    const response = await get(`/v1/export/${kind}?format=parquet`)
    const path = join(folder, `${kind}.parquet`)
    writeFileSync(path, Buffer.from(await response.arrayBuffer()))
    const { table } = await readTable(path)
    const csv = (await (await get(`/v1/export/${kind}`)).text()).trim().split('\n')
    expect(table.rows).toBe(csv.length - 1)
    expect(table.names.join(',')).toBe(csv[0])
    const back = await send(`/v1/imports?kind=${kind}&name=x.parquet`, readFileSync(path))
    expect(back.body).toMatchObject({ rows: csv.length - 1, rejected: 0 })
    if (kind === 'events') expect(back.body.stored).toBe(0)
  }
  const lamp = (await (await get('/v1/items/lamp')).json()) as { attributes: object }
  expect(lamp.attributes).toEqual({ price: 9.5, zip: '01234', new: true, tags: ['a', 'b'] })
})
