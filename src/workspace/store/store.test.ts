/** The same contract for SQLite and, where test/postgres.ts could start a server, for PostgreSQL. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Kysely, SqliteDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import { startPostgres } from '../../../test/postgres.ts'
import type { Event } from './events.ts'
import { openSqlite } from './sqlite.ts'
import { openStore, type Store } from './store.ts'
import { migrations, type Tables } from './tables.ts'

const postgres = await startPostgres()
afterAll(() => postgres?.stop())
const directory = mkdtempSync(join(tmpdir(), 'homophily-store-'))
afterAll(() => rmSync(directory, { recursive: true }))

let clock = 1000
const event = (id: string, more: Partial<Event> = {}): Event => ({
  id,
  user: 'u',
  item: 'i',
  type: 'view',
  weight: 1,
  time: 5,
  recommendation: null,
  ...more,
})
const strange = ['', ' ', "'; drop table events; --", '😀/../"\n,', '__proto__', 'x'.repeat(500)]

describe.each([
  ['SQLite', join(directory, 'store.sqlite')] as const,
  ...(postgres ? [['PostgreSQL', postgres.url] as const] : []),
])('%s', (_, where) => {
  let store: Store
  beforeAll(async () => {
    store = await openStore(where, () => ++clock)
  })
  afterAll(() => store.close())

  test('events are stored once, in order, and read back in pages', async () => {
    const start = await store.events.last()
    expect(await store.events.append([event('a'), event('b', { user: 'v', recommendation: 'r' })])).toEqual({
      stored: 2,
    })
    expect(await store.events.append([event('b', { weight: 7 }), event('c')])).toEqual({ stored: 1 })
    expect(await store.events.append([])).toEqual({ stored: 0 })
    const read = await store.events.after(start)
    expect(read.map(({ seq: _seq, ...rest }) => rest)).toEqual([
      event('a'),
      event('b', { user: 'v', recommendation: 'r' }),
      event('c'),
    ])
    expect(read.map((e) => e.seq)).toEqual(read.map((e) => e.seq).toSorted((x, y) => x - y))
    const pages: string[][] = []
    for await (const page of store.events.upTo(read[1].seq, 1)) pages.push(page.map((e) => e.id))
    expect(pages.slice(-2)).toEqual([['a'], ['b']])
    expect((await store.events.ofUser('u', 1)).map((e) => e.id)).toEqual(['c'])
  })

  test('ids by their beginning, of events and of attributes, as they are spelled', async () => {
    await store.events.append([
      event('s1', { user: 'Zoë 1', item: 'zeta%' }),
      event('s2', { user: 'Zoë 10', item: 'zeta_2' }),
      event('s3', { user: 'zoë 2', item: 'zeta%' }),
    ])
    await store.entities.put('user', [{ id: 'Zoë 3', attributes: {} }])
    expect(await store.search('user', 'Zoë ', 10)).toEqual(['Zoë 1', 'Zoë 10', 'Zoë 3'])
    expect(await store.search('user', 'Zoë ', 2)).toEqual(['Zoë 1', 'Zoë 10'])
    expect(await store.search('item', 'zeta%', 10)).toEqual(['zeta%'])
    expect(await store.search('item', 'zeta', 10)).toEqual(['zeta%', 'zeta_2'])
    expect(await store.search('item', 'nothing of the kind', 10)).toEqual([])
  })

  test('a census counts events by hour and type, and whom they name', async () => {
    const before = await store.census(await store.events.last())
    const hour = 3_600_000
    await store.events.append([
      event('c1', { user: 'census 1', item: 'census', type: 'look', time: 7 * hour }),
      event('c2', { user: 'census 1', item: 'census', type: 'look', time: 8 * hour - 1 }),
      event('c3', { user: 'census 2', item: 'census', type: 'look', time: 8 * hour }),
    ])
    const upTo = await store.events.last()
    const after = await store.census(upTo)
    expect(after.events - before.events).toBe(3)
    expect(after.users - before.users).toBe(2)
    expect(after.items - before.items).toBe(1)
    expect(after.hours.filter(({ type }) => type === 'look')).toEqual([
      { hour: 7 * hour, type: 'look', count: 2 },
      { hour: 8 * hour, type: 'look', count: 1 },
    ])
    expect(after.hours.reduce((sum, { count }) => sum + count, 0)).toBe(after.events)
    expect((await store.census(upTo - 1)).events).toBe(after.events - 1)
    await store.entities.put('item', [{ id: 'census', attributes: {} }])
    const { withAttributes } = await store.census(upTo)
    expect(withAttributes.items - after.withAttributes.items).toBe(1)
  })

  test('what a user did, from before a number on', async () => {
    await store.events.append(['h1', 'h2', 'h3'].map((id) => event(id, { user: 'historian' })))
    const [last, ...others] = await store.events.ofUser('historian', 10)
    expect(last.id).toBe('h3')
    expect((await store.events.ofUser('historian', 1, last.seq)).map(({ id }) => id)).toEqual(['h2'])
    expect((await store.events.ofUser('historian', 10, last.seq)).length).toBe(others.length)
  })

  test('many events in one call, and twice the same id in it', async () => {
    const before = await store.events.count()
    const many = Array.from({ length: 1203 }, (_, n) => event(`many-${n % 1201}`))
    expect(await store.events.append(many)).toEqual({ stored: 1201 })
    expect(await store.events.count()).toBe(before + 1201)
  })

  test('ids may be anything', async () => {
    const events = strange.map((text, n) =>
      event(`strange-${n}-${text}`, { user: text, item: text, type: text }),
    )
    await store.events.append(events)
    for (const [n, text] of strange.entries()) {
      const found = await store.events.ofUser(text, 1)
      expect(found[0]).toMatchObject(events[n])
    }
    await store.entities.put(
      'item',
      strange.map((id) => ({ id, attributes: { [id]: id } })),
    )
    for (const id of strange) expect((await store.entities.get('item', id))!.attributes).toEqual({ [id]: id })
  })

  test('a mark is another one after each change, and none just after', async () => {
    const settle = (): number => (clock += 10_000)
    const marks: (string | null)[] = []
    const note = async (): Promise<void> => void marks.push(await store.entities.mark('item'))
    await store.entities.put('item', [{ id: 'marked', attributes: { a: 1 } }])
    expect(await store.entities.mark('item')).toBeNull()
    settle()
    await note()
    expect(await store.entities.mark('item')).toBe(marks[0])
    await store.entities.put('item', [{ id: 'marked', attributes: { a: 2 } }])
    settle()
    await note()
    await store.entities.put('item', [{ id: 'marked too', attributes: {} }])
    settle()
    await note()
    await store.entities.erase('item', 'marked')
    await note()
    await store.entities.put('item', [{ id: 'marked again', attributes: {} }])
    settle()
    await note()
    expect(marks).not.toContain(null)
    expect(new Set(marks).size).toBe(5)
    await store.entities.erase('item', 'marked too')
    await store.entities.erase('item', 'marked again')
  })

  test('entities are put, changed, paged and erased with all that is theirs', async () => {
    await store.entities.put('user', [
      { id: 'e1', attributes: { age: 5, city: 'x' } },
      { id: 'e2', attributes: {} },
    ])
    const changed = await store.entities.patch('user', 'e1', { age: null, tags: ['t'] })
    expect(changed!.attributes).toEqual({ city: 'x', tags: ['t'] })
    expect(changed!.updated).toBeGreaterThan(changed!.created)
    expect(await store.entities.patch('user', 'nobody', {})).toBeNull()
    expect((await store.entities.page('user', 'e', 1)).map((e) => e.id)).toEqual(['e1'])
    expect((await store.entities.page('user', 'e1', 1)).map((e) => e.id)).toEqual(['e2'])

    const pages = async (time: number, limit: number) => {
      const ids: string[][] = []
      for await (const page of store.entities.changedSince('user', time, limit))
        ids.push(page.map(({ id }) => id))
      return ids
    }
    expect(await pages(changed!.updated, 5)).toEqual([['e1']])
    await store.entities.put(
      'user',
      ['e5', 'e4', 'e3'].map((id) => ({ id, attributes: {} })),
    )
    expect(await pages(changed!.created, 2)).toEqual([['e2', 'e1'], ['e3', 'e4'], ['e5']])
    expect(await pages(Number.MAX_SAFE_INTEGER, 2)).toEqual([])

    await store.events.append([event('of-e1', { user: 'e1' })])
    await store.relations.put([{ kind: 'follows', source: 'e2', target: 'e1', weight: 1 }])
    expect(await store.entities.erase('user', 'e1')).toEqual({ events: 1, existed: true })
    expect(await store.entities.get('user', 'e1')).toBeNull()
    expect(await store.events.ofUser('e1', 5)).toEqual([])
    expect(await store.relations.of('e2', 5)).toEqual([])
    expect(await store.entities.erasedSince(await store.events.last())).toContainEqual(
      expect.objectContaining({ kind: 'user', id: 'e1' }),
    )
    expect(await store.entities.erase('user', 'nobody')).toEqual({ events: 0, existed: false })
    await store.entities.forgetErasures(Number.MAX_SAFE_INTEGER)
    expect(await store.entities.erasedSince(0)).toEqual([])
  })

  test('models of the last event know who is erased, although the event is gone', async () => {
    await store.events.append([event('z1', { user: 'z-first' }), event('z2', { user: 'z-other' })])
    await store.events.append([event('z3', { user: 'z-last' })])
    const upTo = await store.events.last()
    await store.entities.erase('user', 'z-last')
    expect(await store.events.last()).toBeLessThan(upTo)
    await store.entities.erase('user', 'z-other')
    const erased = (await store.entities.erasedSince(upTo)).map(({ id }) => id)
    expect(erased).toEqual(expect.arrayContaining(['z-last', 'z-other']))
    await store.entities.forgetErasures(Number.MAX_SAFE_INTEGER)
  })

  test('relations', async () => {
    await store.relations.put([{ kind: 'trusts', source: 'a', target: 'b', weight: 1 }])
    await store.relations.put([{ kind: 'trusts', source: 'a', target: 'b', weight: 2 }])
    expect(await store.relations.of('a', 5)).toEqual([
      { kind: 'trusts', source: 'a', target: 'b', weight: 2 },
    ])
    expect(await store.relations.remove('trusts', 'a', 'b')).toBe(true)
    expect(await store.relations.remove('trusts', 'a', 'b')).toBe(false)
  })

  test('keys open until they are revoked, and are not kept in clear', async () => {
    const { key, secret } = await store.keys.create('app', 'write')
    expect(await store.keys.find(secret)).toEqual(key)
    expect(await store.keys.find(`${secret}x`)).toBeNull()
    expect(JSON.stringify(await store.keys.list())).not.toContain(secret)
    await store.keys.revoke(key.id)
    expect(await store.keys.find(secret)).toBeNull()
    await expect(store.keys.revoke(key.id)).rejects.toMatchObject({ code: 'UNKNOWN_NAME' })
  })

  test('a job is taken once, reported on, and finished by its owner only', async () => {
    const { id } = await store.jobs.create('train', { method: 'x' })
    expect((await store.jobs.take('one'))!.id).toBe(id)
    expect(await store.jobs.take('two')).toBeNull()
    expect(await store.jobs.report(id, 'one', { done: 1 })).toBe(true)
    expect(await store.jobs.report(id, 'two', { done: 9 })).toBe(false)
    expect(await store.jobs.finish(id, 'two', { result: 1 })).toBe(false)
    expect(await store.jobs.finish(id, 'one', { result: { ok: true } })).toBe(true)
    expect(await store.jobs.get(id)).toMatchObject({
      status: 'done',
      progress: { done: 1 },
      result: { ok: true },
    })
    expect(await store.jobs.cancel(id)).toBe(false)
    expect(await store.jobs.get('nothing')).toBeNull()
  })

  test('a cancelled job is no longer its owner’s, and one whose process is silent has failed', async () => {
    const first = await store.jobs.create('train', {})
    const second = await store.jobs.create('train', {})
    await store.jobs.take('one')
    await store.jobs.take('one')
    expect(await store.jobs.cancel(first.id)).toBe(true)
    expect(await store.jobs.report(first.id, 'one', {})).toBe(false)
    expect(await store.jobs.failAbandoned(1_000_000)).toBe(0)
    clock += 10_000
    expect(await store.jobs.failAbandoned(5_000)).toBe(1)
    expect(await store.jobs.get(second.id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('ended'),
    })
    const page = await store.jobs.page(null, 1)
    expect(page.map((job) => job.id)).toEqual([second.id])
    expect((await store.jobs.page(page[0], 1)).map((job) => job.id)).toEqual([first.id])
  })

  test('a schedule is claimed once for each time', async () => {
    await store.jobs.putSchedule({ id: 'nightly', cron: '0 3 * * *', kind: 'train', config: { a: 1 } })
    const [schedule] = await store.jobs.schedules()
    expect(schedule).toMatchObject({ id: 'nightly', config: { a: 1 } })
    const due = schedule.last! + 1
    const [read] = await store.jobs.schedules()
    const before = (await store.jobs.page(null, 100)).length
    expect(await store.jobs.createDue(read, due)).toBe(true)
    // Another process read the same, and its clock is ahead.
    expect(await store.jobs.createDue(read, due + 5)).toBe(false)
    expect((await store.jobs.page(null, 100)).length).toBe(before + 1)
    expect(await store.jobs.removeSchedule('nightly')).toBe(true)
    expect(await store.jobs.removeSchedule('nightly')).toBe(false)
  })
})

test('a file that is no database is refused', async () => {
  const { writeFileSync } = await import('node:fs')
  const file = join(directory, 'broken.sqlite')
  writeFileSync(file, 'not a database, but long enough to be looked at as one. '.repeat(40))
  await expect(openStore(file)).rejects.toMatchObject({ code: 'ARTEFACT' })
})

test('what was stored is there when the file is opened again', async () => {
  const file = join(directory, 'again.sqlite')
  const first = await openStore(file)
  await first.events.append([event('kept')])
  await first.close()
  const second = await openStore(file)
  expect(await second.events.count()).toBe(1)
  await second.close()
})

test('a store of an earlier release is brought up to date, with what is in it', async () => {
  const file = join(directory, 'earlier.sqlite')
  const database = openSqlite(file)
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: async () => database }) })
  const { '001': first } = migrations('sqlite')
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => ({ '001': first }) },
  }).migrateToLatest()
  expect(error).toBe(undefined)
  await db
    .insertInto('entities')
    .values(['b', 'a', 'c'].map((id) => ({ kind: 'item', id, attributes: '{}', created: 5, updated: 5 })))
    .execute()
  await db.destroy()
  const store = await openStore(file)
  const pages: string[][] = []
  for await (const page of store.entities.changedSince('item', 5, 2)) pages.push(page.map(({ id }) => id))
  expect(pages).toEqual([['a', 'b'], ['c']])
  await store.close()
})
