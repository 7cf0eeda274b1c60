/**
 * A service under everything at once for MINUTES (default 10) after WARM more (default 3): answers of all rungs, events in batches and
 * streams, attributes, erasures, exports, and a training every minute and a half, which puts a new version into service.
 *
 *     npm run bench -- soak
 *
 * What it keeps does not grow: users, items and the pairs of them that occur are fixed; most events that arrive are sent again (and stored
 * once), the others are of guests, who are erased one after the other. So memory must not grow either. Before each look the garbage of the
 * service is collected; a minute counts with its least value.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../src/random.ts'
import { storePath } from '../src/workspace/store/database.ts'
import { openStore } from '../src/workspace/store/store.ts'
import { startServe, stopServe } from '../test/serve-process.ts'
import { type Memory, memoryOf, probing, slopeOf } from './support/memory.ts'

const MINUTES = Number(process.env['MINUTES'] ?? 10)
const WARM = Number(process.env['WARM'] ?? 3)
const USERS = 3000
const ITEMS = 1500
const GUESTS = 500
const EVENTS = 60_000
/** Milliseconds between two looks at the memory, and between two trainings. */
const LOOK = 10_000
const TRAIN = 90_000
const measures = ['rss', 'reserved', 'heap', 'external'] as const

export async function soak(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'homophily-soak-'))
  const file = join(folder, 'memory.json')
  const rng = new Random(1)
  const pairs = Array.from({ length: EVENTS }, () => pairOf(rng))
  await fill(join(folder, 'ws'), pairs)
  const server = await startServe(join(folder, 'ws'), probing(file))
  const end = performance.now() + (WARM + MINUTES) * 60_000
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
  /** Events of a batch: four that are there already, and one of a guest. */
  const batch = (name: string) => [
    ...Array.from({ length: 4 }, () => {
      const n = rng.int(EVENTS)
      return { id: `f${n}`, ...pairs[n], type: 'view' }
    }),
    { id: name, user: `guest${rng.int(GUESTS)}`, item: `i${rng.int(ITEMS)}`, type: 'view' },
  ]
  const lines = (name: string) =>
    batch(name)
      .map((event) => JSON.stringify(event))
      .join('\n')
  const looks: Memory[][] = Array.from({ length: WARM + MINUTES }, () => [])
  const started = performance.now()
  const work = [
    repeat(open, 0, (n) => {
      const id = n % 5 === 0 ? `guest${rng.int(GUESTS)}` : `u${rng.int(USERS * 1.1)}`
      return call('answers', 'GET', `/v1/users/${id}/recommendations?n=20&explain=${n % 9 === 0}`)
    }),
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
    repeat(open, 20, (n) => call('events', 'POST', '/v1/events', batch(`e${n}`))),
    repeat(open, 100, (n) =>
      call('streams', 'POST', '/v1/events/stream', lines(`s${n}`), 'application/x-ndjson'),
    ),
    repeat(open, 50, () =>
      call('attributes', 'PUT', `/v1/items/i${rng.int(ITEMS)}`, { attributes: { kind: rng.int(90) } }),
    ),
    repeat(open, 100, (n) => call('erasures', 'DELETE', `/v1/users/guest${n % GUESTS}`)),
    repeat(open, 15_000, (n) =>
      call('exports', 'GET', `/v1/export/events?format=${['csv', 'parquet', 'jsonl'][n % 3]}`),
    ),
    repeat(open, 10_000, () => call('metrics', 'GET', '/metrics')),
    repeat(open, TRAIN, () =>
      call('trainings', 'POST', '/v1/jobs', {
        kind: 'train',
        method: 'mf-bpr',
        config: { dim: 32, epochs: 3 },
      }),
    ),
    repeat(open, LOOK, async () => {
      const memory = await memoryOf(server.process.pid!, file)
      looks[Math.floor((performance.now() - started) / 60_000)]?.push(memory)
    }),
  ]
  await Promise.all(work)
  const models = (await (await fetch(`${server.url}/v1/models`)).json()) as { inService: number }
  await stopServe(server)
  rmSync(folder, { recursive: true, force: true })
  tell(looks)
  console.log([...counts].map(([what, count]) => `${count} ${what}`).join(', '))
  console.log(`version ${models.inService} is in service`)
}

/** The least of each minute, and how they rise once it is warm. */
function tell(minutes: readonly (readonly Memory[])[]): void {
  const least = (look: readonly Memory[], of: keyof Memory) => Math.min(...look.map((one) => one[of]))
  minutes.forEach((look, minute) => {
    const parts = measures.map((of) => `${of} ${least(look, of).toFixed(1)}`)
    console.log(`minute ${minute + 1}${minute < WARM ? ' (warming)' : ''}: ${parts.join(', ')} MiB`)
  })
  const warm = minutes.slice(WARM)
  if (warm.length < 3) return
  for (const of of measures) {
    const { rise, margin } = slopeOf(warm.map((look) => least(look, of)))
    console.log(`${of}: ${rise.toFixed(2)} ± ${margin.toFixed(2)} MiB a minute (95 %)`)
  }
}

async function fill(workspace: string, pairs: readonly { user: string; item: string }[]): Promise<void> {
  const store = await openStore(storePath(workspace))
  for (let start = 0; start < pairs.length; start += 5000) {
    await store.events.append(
      pairs.slice(start, start + 5000).map((pair, at) => ({
        ...pair,
        id: `f${start + at}`,
        type: 'view',
        weight: 1,
        time: 1e12 + start + at,
        recommendation: null,
      })),
    )
  }
  await store.close()
}

/** Users like the items of their own third. */
function pairOf(rng: Random): { user: string; item: string } {
  const user = rng.int(USERS)
  return { user: `u${user}`, item: `i${3 * rng.int(ITEMS / 3) + (user % 3)}` }
}

async function repeat(open: () => boolean, pause: number, work: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; open(); n++) {
    await work(n)
    if (pause > 0) await sleep(pause)
  }
}
