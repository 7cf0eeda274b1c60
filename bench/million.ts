/**
 * A service with a million items: generated vectors in clusters (d = 64), saved as a version, indexed, and asked over HTTP for 20 items
 * excluding seen; then the answers are compared with scoring everything.
 *
 *     npm run bench -- million
 *
 * WORKSPACE keeps the version and its index for another run; ITEMS and SECONDS make it smaller or longer.
 */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Interactions } from '../src/data/interactions.ts'
import { pairMatrix } from '../src/data/pairs.ts'
import { Vocabulary } from '../src/data/vocabulary.ts'
import { indexModel, indexesWhen } from '../src/jobs/index-version.ts'
import { FittedRecommender } from '../src/models/recommend/family/fitted.ts'
import { Random } from '../src/random.ts'
import { loadRecommender, saveRecommender } from '../src/workspace/recommenders.ts'
import { openStore } from '../src/workspace/store/store.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { startServe, stopServe } from '../test/serve-process.ts'
import { caller, load, report } from './support/service.ts'

const SECONDS = Number(process.env['SECONDS'] ?? 20)
const ITEMS = Number(process.env['ITEMS'] ?? 1_000_000)
const USERS = 100_000
const DIM = 64
const CLUSTERS = 2000
const HISTORY = 20
const ASKED = 500

export async function million(): Promise<void> {
  const folder = process.env['WORKSPACE'] ?? mkdtempSync(join(tmpdir(), 'homophily-million-'))
  const workspace = await openWorkspace(folder)
  if (!existsSync(join(folder, 'models', 'service'))) {
    using model = generate()
    await saveRecommender(workspace, 'service', model)
  }
  using model = await loadRecommender(workspace, 'service')
  if ((await workspace.indexedAt('service', 1)) === undefined) {
    const store = await openStore(':memory:')
    const { signal } = new AbortController()
    const context = { workspace, store, model: 'service', config: {}, signal, onProgress: () => {} }
    await indexModel(context, model, 1, indexesWhen(model, 'auto'))
    await store.close()
  }
  const [version] = (await workspace.showModel('service')).versions
  for (const { name, rows, widths, seconds } of version.details?.indexes ?? []) {
    const found = widths.map(({ count, width, recall }) => `recall@${count} ${recall.toFixed(4)} of ${width}`)
    console.log(`index ${name}: ${rows} vectors, built in ${seconds.toFixed(0)} s, ${found.join(', ')}`)
  }
  const started = performance.now()
  const server = await startServe(folder)
  console.log(`the server listens after ${((performance.now() - started) / 1000).toFixed(1)} s`)
  try {
    const call = caller(server.url)
    const rng = new Random(1)
    const path = (user: number) => `/v1/users/u${user}/recommendations?n=20`
    const recommend = () => call('GET', path(rng.int(USERS)))
    await load(recommend, 4, 2)
    for (const connections of [1, 4, 16]) {
      report(`recommendations, ${connections} connections`, await load(recommend, connections, SECONDS))
    }
    report(
      'similar items',
      await load(() => call('GET', `/v1/items/i${rng.int(ITEMS)}/similar`), 4, SECONDS / 4),
    )
    report('unknown users', await load(() => call('GET', '/v1/users/nobody/recommendations'), 4, SECONDS / 4))
    let hits = 0
    for (let n = 0; n < ASKED; n++) {
      const user = rng.int(USERS)
      const reply = await fetch(new URL(path(user), server.url))
      const { items } = (await reply.json()) as { items: { id: string }[] }
      const exact = new Set(model.recommend(`u${user}`, { n: 20 }).map(({ id }) => id))
      hits += items.filter(({ id }) => exact.has(id)).length / 20
    }
    console.log(
      `recall@20 over HTTP, ${ASKED} users, against scoring everything: ${(hits / ASKED).toFixed(4)}`,
    )
  } finally {
    await stopServe(server)
  }
}

/** Users and items around the same centres; each user has interacted with items of the nearest centre. */
function generate(): FittedRecommender {
  const rng = new Random(7)
  const centres = Float32Array.from({ length: CLUSTERS * DIM }, () => rng.normal())
  const vectors = (count: number): { data: Float32Array; clusters: Int32Array } => {
    const clusters = Int32Array.from({ length: count }, () => rng.int(CLUSTERS))
    const data = new Float32Array(count * DIM)
    for (let row = 0; row < count; row++) {
      // Lengths differ as those of popular and rare items do.
      const length = 0.5 + rng.float()
      for (let c = 0; c < DIM; c++)
        data[row * DIM + c] = length * (centres[clusters[row] * DIM + c] + 0.7 * rng.normal())
    }
    return { data, clusters }
  }
  const items = vectors(ITEMS)
  const users = vectors(USERS)
  const members = Array.from({ length: CLUSTERS }, () => [] as number[])
  items.clusters.forEach((cluster, item) => members[cluster].push(item))
  const userRows = Int32Array.from({ length: USERS * HISTORY }, (_, at) => Math.floor(at / HISTORY))
  const itemRows = userRows.map((user) => {
    const among = members[users.clusters[user]]
    return among.length > 0 ? among[rng.int(among.length)] : rng.int(ITEMS)
  })
  const interactions: Interactions = {
    users: Vocabulary.from(names('u', USERS)),
    items: Vocabulary.from(names('i', ITEMS)),
    matrix: pairMatrix(USERS, ITEMS, userRows, itemRows, null, null, 'first').matrix,
    times: null,
  }
  return new FittedRecommender({ method: 'lightgcn', config: {}, seed: 7 }, interactions, {
    kind: 'dot-product',
    tensors: {
      users: { data: users.data, shape: [USERS, DIM] },
      items: { data: items.data, shape: [ITEMS, DIM] },
    },
  })
}

function* names(letter: string, count: number): Generator<string> {
  for (let n = 0; n < count; n++) yield `${letter}${n}`
}
