/**
 * A service with a million items (d = 64), saved as a version, indexed, and asked over HTTP for 20 items excluding seen: by connections that
 * send the next request when the last is answered, and by clients that come at random moments whether or not the last were answered. Then
 * another version is put into service while it is asked, and the answers are compared with scoring everything.
 *
 *     npm run bench -- million
 *
 * Vectors are generated around 2,000 centres, or with VECTORS=gowalla copied from LightGCN's of Gowalla. WORKSPACE keeps the versions and
 * their indexes for another run; ITEMS and SECONDS make it smaller or longer.
 */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { indexModel, indexesWhen } from '../src/jobs/index-version.ts'
import type { FittedRecommender } from '../src/models/recommend/family/fitted.ts'
import { Random } from '../src/random.ts'
import type { IndexFacts } from '../src/retrieval/neighbours/indexes.ts'
import { loadRecommender, saveRecommender } from '../src/workspace/recommenders.ts'
import { storePath } from '../src/workspace/store/database.ts'
import { openStore } from '../src/workspace/store/store.ts'
import { openWorkspace, type Workspace } from '../src/workspace/workspace.ts'
import { startServe, stopServe } from '../test/serve-process.ts'
import { dataFolder } from './support/graphs.ts'
import { enlarged, generated, trainedOnGowalla } from './support/million.ts'
import { arrivals, caller, load, measure } from './support/service.ts'

const SECONDS = Number(process.env['SECONDS'] ?? 20)
const SIZE = { users: 100_000, items: Number(process.env['ITEMS'] ?? 1_000_000) }
const VECTORS = process.env['VECTORS'] ?? 'generated'
const ASKED = 500
/** Seconds for which another version may take to load. */
const SWAP = 20
/** Requests a second of clients that do not wait for each other. */
const RATES = [100, 300, 600]

export async function million(): Promise<void> {
  const folder = process.env['WORKSPACE'] ?? mkdtempSync(join(tmpdir(), 'homophily-million-'))
  const workspace = await openWorkspace(folder)
  using model = await prepare(workspace, folder)
  for (const { details } of (await workspace.showModel('service')).versions.slice(0, 1))
    details?.indexes.forEach(tell)
  const started = performance.now()
  const server = await startServe(folder)
  console.log(`the server listens after ${((performance.now() - started) / 1000).toFixed(1)} s`)
  try {
    const call = caller(server.url)
    const rng = new Random(1)
    const path = (user: number) => `/v1/users/u${user}/recommendations?n=20`
    const recommend = () => call('GET', path(rng.int(SIZE.users)))
    await load(recommend, 4, 2)
    const { pid } = server.process
    for (const connections of [1, 4, 16]) {
      const asked = () => load(recommend, connections, SECONDS)
      await measure(`recommendations, ${connections} connections`, pid!, asked)
    }
    for (const rate of RATES) {
      const asked = () => arrivals(recommend, rate, SECONDS, rng)
      await measure(`recommendations, ${rate} a second at random`, pid!, asked)
    }
    const narrowed = (more: object): string =>
      Object.entries(more)
        .map(([name, value]) => `&${name}=${encodeURIComponent(JSON.stringify(value))}`)
        .join('')
    for (const [what, more] of [
      ['a filter that every hundredth item meets', { filter: { hundredth: 7 } }],
      ['a filter that every tenth meets', { filter: { tenth: 7 } }],
      ['a filter that every second meets', { filter: { half: true } }],
      ['a boost of every tenth', { boosts: [{ filter: { tenth: 7 }, by: 0.5 }] }],
      [
        'two boosts and a filter',
        {
          filter: { half: true },
          boosts: [
            { filter: { tenth: 6 }, by: 0.5 },
            { filter: { hundredth: { max: 20 } }, by: -1 },
          ],
        },
      ],
    ] as const) {
      const asked = () => call('GET', path(rng.int(SIZE.users)) + narrowed(more))
      await measure(`${what}, 4 connections`, pid!, () => load(asked, 4, SECONDS / 2))
    }
    const similar = () => call('GET', `/v1/items/i${rng.int(SIZE.items)}/similar`)
    await measure('similar items, 4 connections', pid!, () => load(similar, 4, SECONDS / 2))
    const unknown = () => call('GET', '/v1/users/nobody/recommendations')
    await measure('unknown users, 4 connections', pid!, () => load(unknown, 4, SECONDS / 2))

    let hits = 0
    for (let n = 0; n < ASKED; n++) {
      const user = rng.int(SIZE.users)
      const { items } = (await (await fetch(server.url + path(user))).json()) as { items: { id: string }[] }
      const exact = new Set(model.recommend(`u${user}`, { n: 20 }).map(({ id }) => id))
      hits += items.filter(({ id }) => exact.has(id)).length / 20
    }
    const recall = (hits / ASKED).toFixed(4)
    console.log(`recall@20 over HTTP, ${ASKED} users, against scoring everything: ${recall}`)

    const inService = async () =>
      ((await (await fetch(`${server.url}/v1/models`)).json()) as { inService: number }).inService
    const other = 3 - (await inService())
    const swapped = call('POST', '/v1/models/rollback', { version: other })
    const meanwhile = () => arrivals(recommend, RATES[0], SWAP, rng)
    await measure(`while version ${other} comes into service, ${RATES[0]} a second`, pid!, meanwhile)
    await swapped
    const answer = (await (await fetch(server.url + path(1))).json()) as { model: { version: number } }
    if (answer.model.version !== other) throw new Error(`version ${other} should answer by now`)
  } finally {
    await stopServe(server)
  }
}

/** Two versions with their indexes, the first in service; answers the model, which is the same in both. */
async function prepare(workspace: Workspace, folder: string): Promise<FittedRecommender> {
  const store = await openStore(':memory:')
  const { signal } = new AbortController()
  const context = { workspace, store, model: 'service', config: {}, signal, onProgress: () => {} }
  if (!existsSync(join(folder, 'models', 'service'))) {
    using model = await made()
    await saveRecommender(workspace, 'service', model)
  }
  const model = await loadRecommender(workspace, 'service', 1)
  if (!(await workspace.listModels())[0].versions.includes(2))
    await saveRecommender(workspace, 'service', model, { inService: false })
  for (const version of [1, 2]) {
    if ((await workspace.indexedAt('service', version)) === undefined)
      await indexModel(context, model, version, indexesWhen(model, 'auto'))
  }
  await store.close()
  await describe(folder)
  return model
}

/** Gives every item attributes that filters can ask for. */
async function describe(folder: string): Promise<void> {
  const store = await openStore(storePath(folder))
  if ((await store.entities.page('item', null, 1)).length === 0) {
    const ITEMS = 10_000
    for (let from = 0; from < SIZE.items; from += ITEMS) {
      const entities = Array.from({ length: Math.min(ITEMS, SIZE.items - from) }, (_, at) => {
        const row = from + at
        const attributes = { half: row % 2 === 0, tenth: row % 10, hundredth: row % 100 }
        return { id: `i${row}`, attributes }
      })
      await store.entities.put('item', entities)
    }
  }
  await store.close()
}

async function made(): Promise<FittedRecommender> {
  if (VECTORS !== 'gowalla') return generated(SIZE)
  using small = await trainedOnGowalla(join(dataFolder, 'gowalla', 'train.csv.gz'))
  return enlarged(small, SIZE)
}

function tell({ name, rows, cells, widths, seconds }: IndexFacts): void {
  const found = widths.map(({ count, width, recall }) => `recall@${count} ${recall.toFixed(4)} of ${width}`)
  const built = `${rows} vectors in ${cells} cells, built in ${seconds.toFixed(0)} s`
  console.log(`index ${name}: ${built}, ${found.join(', ')}`)
}
