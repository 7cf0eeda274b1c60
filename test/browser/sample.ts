/** A service with the sample marketplace in it: trained, segmented and mapped once for each of its two periods. */
import { storeItems, storePeriod } from '../../src/cli/demo-market.ts'
import { Client, type JobInput } from '../../src/client/index.ts'
import { sampleAudience } from '../../src/data/sample-audience.ts'
import type { MarketplaceOptions } from '../../src/data/sample.ts'
import { Vocabulary } from '../../src/data/vocabulary.ts'
import { trainEmbedding } from '../../src/evaluate/train-embedding.ts'
import { normalizedBipartite } from '../../src/graph/bipartite.ts'
import type { Graph } from '../../src/graph/graph.ts'
import { Random } from '../../src/random.ts'
import { serve, type Served } from '../../src/server/serve.ts'
import { alignEmbedding } from '../../src/workspace/alignment.ts'
import { saveEmbedding } from '../../src/workspace/embedders.ts'
import { interactionsIn } from '../../src/workspace/recommenders.ts'
import { openWorkspace } from '../../src/workspace/workspace.ts'

const sizes: MarketplaceOptions = { users: 600, items: 240, events: 18_000, communities: 6 }
const train: JobInput = { kind: 'train', method: 'fast-lightgcn' }

export interface SampleService {
  readonly served: Served
  readonly client: Client
  /** Users who changed their tastes between the periods. */
  readonly movers: readonly string[]
}

/** @param workspace an empty folder */
export async function serveSample(
  workspace: string,
  options: MarketplaceOptions = sizes,
): Promise<SampleService> {
  const sample = sampleAudience(new Random(1), options)
  const served = await serve({ workspace, model: 'service', host: '127.0.0.1', port: 0 })
  const client = new Client({ url: served.address })
  const { store } = served.service
  await storeItems(store, sample)
  for (const period of [0, 1] as const) {
    await storePeriod(store, sample, period)
    for (const job of [
      train,
      { kind: 'segment', stabilityRuns: 2 },
      { kind: 'project', of: 'users' },
    ] satisfies JobInput[]) {
      await finished(client, job)
    }
  }
  await finished(client, { kind: 'project', of: 'items' })
  return { served, client, movers: sample.movers }
}

/** Saves a version of an embedding of the graph of users and items, as `homophily embed deepwalk` does. */
export async function embedGraph(workspace: string, name: string, seed: number): Promise<void> {
  const place = await openWorkspace(workspace)
  const { users, items, matrix } = interactionsIn(await place.loadModel('service'))
  const graph: Graph = {
    nodes: Vocabulary.from([...users, ...items]),
    adjacency: normalizedBipartite(matrix),
    directed: false,
  }
  const config = { dim: 16, walks: 4, length: 20, epochs: 1, rate: 0.05, deterministic: true }
  const trained = await trainEmbedding({ graph }, { method: 'deepwalk', config, seed })
  const { model, aligned } = await alignEmbedding(place, name, trained)
  await saveEmbedding(place, name, model, { aligned })
  model.dispose()
}

async function finished(client: Client, body: JobInput): Promise<void> {
  const job = await client.waitForJob((await client.createJob(body)).id)
  if (job.status !== 'done') throw new Error(`the ${job.kind} job ended as ${job.status}: ${job.error}`)
}
