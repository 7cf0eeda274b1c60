/**
 * Planted truth through the jobs of a service: the two periods of the sample marketplace, each trained and segmented, and what is found of the
 * communities and of those who moved between them. Prints a Markdown table, a row for each seed of the data.
 *
 *     node bench/planted.ts [SEEDS]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeItems, storePeriod } from '../src/cli/demo-market.ts'
import { sampleAudience } from '../src/data/sample-audience.ts'
import { tableMarkdown } from '../src/evaluate/table.ts'
import type { JobContext } from '../src/jobs/context.ts'
import { kinds } from '../src/jobs/kinds.ts'
import { adjustedRandIndex } from '../src/metrics/clustering.ts'
import { Random } from '../src/random.ts'
import { driftIn } from '../src/workspace/drifts.ts'
import { Segmentations } from '../src/workspace/segmentation-views.ts'
import { openStore } from '../src/workspace/store/store.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

const [seeds = '7,8,1'] = process.argv.slice(2)
const DAYS = 120

async function rowOf(seed: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'homophily-planted-'))
  const workspace = await openWorkspace(folder)
  const store = await openStore(':memory:')
  try {
    const market = sampleAudience(new Random(seed))
    const context = (config: unknown): JobContext => ({
      store,
      workspace,
      model: 'service',
      config,
      signal: new AbortController().signal,
      onProgress() {},
    })
    await storeItems(store, market)
    for (const period of [0, 1] as const) {
      await storePeriod(store, market, period)
      await kinds.train(context({ days: DAYS }))
      await kinds.segment(context({ clusters: 20, stabilityRuns: 0 }))
    }
    const segmentations = new Segmentations(workspace, store)
    const { before, after } = await segmentations.pair('segments')
    const agreement = [before, after].map(({ segmentation: { ids, labels } }, period) => {
      const { userCommunities } = market.periods[period]
      return adjustedRandIndex(
        labels,
        Int32Array.from(ids, (id) => userCommunities[market.plan.users.row(id)]),
      ).toFixed(3)
    })
    const { changes } = await segmentations.churn({ before, after })
    const movers = new Set(market.movers)
    const [was, is] = [before, after].map(({ segmentation: { segments, labels, ids } }) => {
      const idOf = new Map(segments.map(({ cluster, id }) => [cluster, id]))
      return (user: string) => idOf.get(labels[ids.row(user)])
    })
    const moved = before.segmentation.ids
      .ids()
      .filter((id) => after.segmentation.ids.row(id) >= 0 && was(id) !== is(id))
    const right = moved.filter((id) => movers.has(id)).length
    const model = await workspace.loadModel('service')
    const drift = driftIn(model).drifts.users!
    const furthest = Array.from(drift.keys())
      .sort((a, b) => drift[b] - drift[a])
      .slice(0, movers.size)
    const found = furthest.filter((row) => movers.has(model.users[row])).length
    const kept = after.segmentation.segments.filter(({ id }) =>
      before.segmentation.segments.some((each) => each.id === id),
    )
    return [
      String(seed),
      ...agreement,
      `${(right / moved.length).toFixed(3)} (${right} of ${moved.length})`,
      (right / movers.size).toFixed(3),
      (found / movers.size).toFixed(3),
      `${kept.length} of ${before.segmentation.segments.length}`,
      String(changes.length),
    ]
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const rows: string[][] = []
for (const seed of seeds.split(',').map(Number)) rows.push(await rowOf(seed))
console.log(
  tableMarkdown({
    title: `Planted truth, ${sampleAudience(new Random(1)).movers.length} movers`,
    header: [
      'seed of the data',
      'ARI, period 1',
      'ARI, period 2',
      'churn: precision',
      'churn: recall',
      'drift: precision = recall',
      'ids kept',
      'births, deaths, splits, merges',
    ],
    rows,
  }),
)
