/**
 * The service under load, the load generator on the same machine: a LightGCN of Gowalla, 20 items excluding seen, and events in batches.
 *
 *     npm run bench -- service
 *
 * It trains the model first where WORKSPACE (default: a temporary folder) has none, and prints requests a second and percentiles.
 */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInteractions } from '../src/data/read.ts'
import { trainRecommender } from '../src/evaluate/train-recommender.ts'
import { Random } from '../src/random.ts'
import { saveRecommender } from '../src/workspace/recommenders.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { dataFolder } from './support/graphs.ts'
import { startServe, stopServe } from '../test/serve-process.ts'
import { caller, load, measure, report } from './support/service.ts'

const SECONDS = Number(process.env['SECONDS'] ?? 20)
const CONNECTIONS = 16

export async function serviceBench(): Promise<void> {
  const folder = process.env['WORKSPACE'] ?? mkdtempSync(join(tmpdir(), 'homophily-service-bench-'))
  const users = await prepare(folder)
  const server = await startServe(folder)
  try {
    const call = caller(server.url)
    const rng = new Random(1)
    const recommend = () =>
      call('GET', `/v1/users/${encodeURIComponent(users[rng.int(users.length)])}/recommendations?n=20`)
    await load(recommend, CONNECTIONS, 2)
    const { pid } = server.process
    await measure('recommendations', pid!, () => load(recommend, CONNECTIONS, SECONDS))

    let n = 0
    const events = () => {
      const batch = Array.from({ length: 500 }, () => ({
        id: `bench-${process.pid}-${n++}`,
        user: users[rng.int(users.length)],
        item: String(rng.int(40_000)),
      }))
      return call('POST', '/v1/events', batch)
    }
    const stored = await load(events, 4, SECONDS / 2)
    report('batches of 500 events', stored)
    console.log(`  ${Math.round((stored.times.length * 500) / stored.seconds)} events/s, durable`)

    await call('POST', '/v1/jobs', { kind: 'train', method: 'fast-lightgcn' })
    await new Promise((resolve) => setTimeout(resolve, 2000))
    await measure('recommendations while a training runs', pid!, () => load(recommend, 4, SECONDS))
  } finally {
    await stopServe(server)
  }
}

/** A workspace with a model in it; answers the ids of its users. */
async function prepare(folder: string): Promise<string[]> {
  const { interactions } = await readInteractions(join(dataFolder, 'gowalla', 'train.csv.gz'))
  if (!existsSync(join(folder, 'models', 'service'))) {
    using model = await trainRecommender(interactions, { method: 'fast-lightgcn' })
    await saveRecommender(await openWorkspace(folder), 'service', model)
  }
  return Array.from({ length: interactions.users.size }, (_, u) => interactions.users.id(u))
}
