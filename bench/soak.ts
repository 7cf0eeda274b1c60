/**
 * A service under everything at once for MINUTES (default 10): answers of all rungs, events in batches and streams, attributes, erasures,
 * exports, and a training every minute and a half, which puts a new version into service. Prints the memory of the process by the minute.
 *
 *     npm run bench -- soak
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../src/random.ts'
import { openStore } from '../src/workspace/store/store.ts'
import { storePath } from '../src/workspace/store/database.ts'
import { startServe, stopServe } from '../test/serve-process.ts'

const MINUTES = Number(process.env['MINUTES'] ?? 10)
const USERS = 3000
const ITEMS = 1500
const EVENTS = 60_000
/** Milliseconds between two looks at the memory, and between two trainings. */
const LOOK = 5000
const TRAIN = 90_000
/** Before this many minutes caches fill and the first versions come. */
const WARM = 3

export async function soak(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'homophily-soak-'))
  const rng = new Random(1)
  await fill(folder, rng.stream('fill'))
  const server = await startServe(folder)
  const end = performance.now() + MINUTES * 60_000
  const open = (): boolean => performance.now() < end
  const counts = new Map<string, number>()
  const call = async (
    what: string,
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ) => {
    const response = await fetch(server.url + path, {
      method,
      ...(body === undefined
        ? {}
        : {
            body: typeof body === 'string' ? body : JSON.stringify(body),
            headers: { 'content-type': type },
          }),
    })
    await response.arrayBuffer()
    const key = response.ok || response.status === 404 ? what : `${what} ${response.status}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const looks: number[] = []
  const work = [
    repeat(open, 0, (n) =>
      call(
        'answers',
        'GET',
        `/v1/users/u${rng.int(USERS * 1.1)}/recommendations?n=20&explain=${n % 9 === 0}`,
      ),
    ),
    repeat(open, 0, () =>
      call(
        'answers',
        'GET',
        `/v1/users/u${rng.int(USERS)}/recommendations?filter=${encodeURIComponent(`{"kind":${rng.int(90)}}`)}`,
      ),
    ),
    repeat(open, 5, () =>
      call('sessions', 'POST', '/v1/sessions/recommendations', { recent: [`i${rng.int(ITEMS)}`] }),
    ),
    repeat(open, 20, (n) => call('events', 'POST', '/v1/events', batch(`e${n}`, rng))),
    repeat(open, 100, (n) =>
      call('streams', 'POST', '/v1/events/stream', lines(`s${n}`, rng), 'application/x-ndjson'),
    ),
    repeat(open, 50, () =>
      call('attributes', 'PUT', `/v1/items/i${rng.int(ITEMS)}`, { attributes: { kind: rng.int(90) } }),
    ),
    repeat(open, 1000, () => call('erasures', 'DELETE', `/v1/users/gone${rng.int(500)}`)),
    repeat(open, 15_000, (n) =>
      call('exports', 'GET', `/v1/export/events?format=${['csv', 'parquet', 'jsonl'][n % 3]}`),
    ),
    repeat(open, TRAIN, () =>
      call('trainings', 'POST', '/v1/jobs', {
        kind: 'train',
        method: 'mf-bpr',
        config: { dim: 32, epochs: 3 },
      }),
    ),
    repeat(open, LOOK, async () => void looks.push(memoryOf(server.process.pid!))),
  ]
  await Promise.all(work)
  const models = (await (await fetch(`${server.url}/v1/models`)).json()) as { inService: number }
  await stopServe(server)
  rmSync(folder, { recursive: true, force: true })
  const perMinute = 60_000 / LOOK
  for (let minute = 0; minute < MINUTES; minute++) {
    const part = looks.slice(minute * perMinute, (minute + 1) * perMinute)
    if (part.length > 0) console.log(`minute ${minute + 1}: ${Math.min(...part)}–${Math.max(...part)} MiB`)
  }
  const warm = looks.slice(WARM * perMinute)
  console.log(
    `from minute ${WARM + 1} on: ${(slope(warm) * perMinute).toFixed(2)} MiB a minute by least squares`,
  )
  console.log([...counts].map(([what, count]) => `${count} ${what}`).join(', '))
  console.log(`version ${models.inService} is in service`)
}

async function fill(folder: string, rng: Random): Promise<void> {
  const store = await openStore(storePath(folder))
  for (let start = 0; start < EVENTS; start += 5000) {
    const events = Array.from({ length: 5000 }, (_, at) => ({
      ...eventOf(`f${start + at}`, rng),
      weight: 1,
      recommendation: null,
    }))
    await store.events.append(events.map((event, at) => ({ ...event, time: 1e12 + start + at })))
  }
  await store.close()
}

/** Users like the items of their own third. */
function eventOf(id: string, rng: Random) {
  const user = rng.int(USERS)
  return { id, user: `u${user}`, item: `i${3 * rng.int(ITEMS / 3) + (user % 3)}`, type: 'view' }
}
const batch = (name: string, rng: Random) =>
  Array.from({ length: 5 }, (_, at) => eventOf(`${name}-${at}`, rng))
const lines = (name: string, rng: Random) =>
  batch(name, rng)
    .map((event) => JSON.stringify({ ...event, user: rng.int(9) === 0 ? `gone${rng.int(500)}` : event.user }))
    .join('\n')

async function repeat(open: () => boolean, pause: number, work: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; open(); n++) {
    await work(n)
    if (pause > 0) await sleep(pause)
  }
}

/** Resident memory of a process in MiB. */
function memoryOf(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(found?.[1]) / 1024)
}

/** Rise from one value to the next, by least squares. */
function slope(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const middle = (values.length - 1) / 2
  let [along, squares] = [0, 0]
  values.forEach((value, at) => {
    along += (at - middle) * (value - mean)
    squares += (at - middle) ** 2
  })
  return along / squares
}
