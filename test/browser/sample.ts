/** A service with the sample marketplace in it: trained, segmented and mapped once for each of its two periods. */
import { Client } from '../../src/client/index.ts'
import { type MarketplacePeriod, sampleAudience } from '../../src/data/sample-audience.ts'
import type { MarketplaceOptions } from '../../src/data/sample.ts'
import type { JobInput } from '../../src/client/index.ts'
import { Random } from '../../src/random.ts'
import { serve, type Served } from '../../src/server/serve.ts'
import type { Store } from '../../src/workspace/store/store.ts'

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
  await store.entities.put(
    'item',
    sample.itemAttributes.map(({ id, ...attributes }) => ({ id, attributes })),
  )
  for (const [k, period] of sample.periods.entries()) {
    await storePeriod(store, sample.plan, period, k)
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

async function finished(client: Client, body: JobInput): Promise<void> {
  const job = await client.waitForJob((await client.createJob(body)).id)
  if (job.status !== 'done') throw new Error(`the ${job.kind} job ended as ${job.status}: ${job.error}`)
}

async function storePeriod(
  store: Store,
  { users, items }: ReturnType<typeof sampleAudience>['plan'],
  { events: { userRows, itemRows, times }, userAttributes }: MarketplacePeriod,
  number: number,
): Promise<void> {
  await store.entities.put(
    'user',
    userAttributes.map(({ id, ...attributes }) => ({ id, attributes: { ...attributes } })),
  )
  await store.events.append(
    Array.from(userRows, (user, row) => ({
      id: `sample-${number}-${row}`,
      user: users.id(user),
      item: items.id(itemRows[row]),
      type: 'interaction',
      weight: 1,
      time: times[row],
      recommendation: null,
    })),
  )
}
