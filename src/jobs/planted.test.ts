/**
 * The sample marketplace from its first period to its second: segments are the planted groups, profiles name the planted tastes, and who moved
 * is found, by churn and by drift.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { churnOf, countFlows, sharedRows } from '../audience/flows.ts'
import { type MarketplaceAudience, sampleAudience } from '../data/sample-audience.ts'
import { trainRecommender } from '../evaluate/train-recommender.ts'
import { adjustedRandIndex } from '../metrics/clustering.ts'
import { Random } from '../random.ts'
import { alignWithService } from '../workspace/alignment.ts'
import { driftIn } from '../workspace/drifts.ts'
import { saveRecommender } from '../workspace/recommenders.ts'
import { groupingOf, loadSegmentation, type Segmentation } from '../workspace/segmentations.ts'
import { openStore, type Store } from '../workspace/store/store.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'
import { segmentStore } from './segment.ts'

const folder = mkdtempSync(join(tmpdir(), 'homophily-planted-'))
const market: MarketplaceAudience = sampleAudience(new Random(7))
const movers = new Set(market.movers)
let workspace: Workspace
let store: Store
const versions: Segmentation[] = []

beforeAll(async () => {
  workspace = await openWorkspace(folder)
  store = await openStore(':memory:')
  await store.entities.put('item', market.itemAttributes.map(entityOf))
  for (const { interactions, userAttributes } of market.periods) {
    await store.entities.put('user', userAttributes.map(entityOf))
    const trained = await trainRecommender(interactions, { method: 'fast-lightgcn' })
    const { model, aligned } = await alignWithService(workspace, 'shop', trained)
    using turned = model
    await saveRecommender(workspace, 'shop', turned, { aligned })
    const context = { store, workspace, model: 'shop', signal: new AbortController().signal, onProgress() {} }
    await segmentStore({ ...context, config: { clusters: 20, stabilityRuns: 2 } })
    versions.push(await loadSegmentation(workspace, 'segments'))
  }
}, 600_000)
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

function entityOf({ id, ...attributes }: { readonly id: string }) {
  return { id, attributes }
}

/** The community that most members of each segment are of, and its niches as `style category`. */
function tastesOf(
  { members, ids }: Segmentation,
  communities: Int32Array,
): { likes: Set<string>; categories: Set<string> }[] {
  const { plan, itemAttributes } = market
  return members.map((rows) => {
    const counts = new Float64Array(plan.communities)
    for (const row of rows) counts[communities[plan.users.row(ids.id(row))]]++
    const niches = new Set(plan.liked[counts.indexOf(Math.max(...counts))])
    const own = itemAttributes.filter((_, i) => niches.has(i % plan.niches))
    return {
      likes: new Set(own.map(({ style, category }) => `${style} ${category}`)),
      categories: new Set(own.map(({ category }) => category)),
    }
  })
}

describe.each([0, 1])('period %i', (p) => {
  test('segments are the planted communities', () => {
    const { ids, labels, quality } = versions[p]
    const { userCommunities } = market.periods[p]
    const truth = Int32Array.from(ids, (id) => userCommunities[market.plan.users.row(id)])
    expect(adjustedRandIndex(labels, truth)).toBeGreaterThan(0.9)
    expect(quality.stability!.ari).toBeGreaterThan(0.9)
  })

  test('profiles name the planted tastes first', () => {
    const tastes = tastesOf(versions[p], market.periods[p].userCommunities)
    const styles = new Map(
      market.itemAttributes.map(({ id, style, category }) => [id, `${style} ${category}`]),
    )
    let [right, all] = [0, 0]
    versions[p].profiles.forEach(({ attributes, items }, s) => {
      for (const { attribute, value } of attributes
        .filter(({ attribute }) => /^likes category$|^interests$/.test(attribute))
        .slice(0, 4)) {
        expect(tastes[s].categories, `${attribute} ${value}`).toContain(value)
      }
      for (const { item } of items.slice(0, 10)) {
        all++
        if (tastes[s].likes.has(styles.get(item)!)) right++
      }
      // What means nothing is not found to mean something.
      const tenure = versions[p].profiles[s].numbers.find(({ attribute }) => attribute === 'tenure')!
      expect(tenure.q).toBeGreaterThan(0.05)
    })
    expect(right / all).toBeGreaterThan(0.95)
  })
})

test('ids and names go on, and nothing is born or dies', () => {
  const [first, second] = versions
  expect(second.segments.map(({ id }) => id).sort()).toEqual(first.segments.map(({ id }) => id).sort())
  const names = new Map(first.segments.map(({ id, name }) => [id, name]))
  for (const { id, name } of second.segments) expect(name).toBe(names.get(id))
  expect(second.since).toEqual({ version: 1, changes: [] })
  expect(first.start).toEqual({ reason: 'there were no segments before' })
  expect(second.start).toMatchObject({ from: 1, kept: true })
  const tastes = versions.map((version, p) => tastesOf(version, market.periods[p].userCommunities))
  first.segments.forEach(({ id }, s) => {
    const now = second.segments.findIndex((segment) => segment.id === id)
    expect(tastes[1][now].likes).toEqual(tastes[0][s].likes)
  })
})

test('churn finds the movers', () => {
  const [before, after] = versions.map(groupingOf)
  const job = sharedRows(before.ids, after.ids)
  let step = job.next()
  while (!step.done) step = job.next()
  const rows = step.value
  const churn = churnOf(before, after, countFlows(before, after, rows))
  const moved = before.ids
    .ids()
    .filter((_, row) => before.segments[before.labels[row]] !== after.segments[after.labels[rows[row]]])
  expect(churn).toMatchObject({ shared: 2000, moved: moved.length, arrived: 0, left: 0 })
  const right = moved.filter((id) => movers.has(id)).length
  expect(right / moved.length).toBeGreaterThan(0.9)
  expect(right / movers.size).toBeGreaterThan(0.9)
})

test('drift finds the movers', async () => {
  const model = await workspace.loadModel('shop', 2)
  const users = driftIn(model).drifts.users!
  const furthest = Array.from(users.keys()).sort((a, b) => users[b] - users[a])
  const right = furthest.slice(0, movers.size).filter((row) => movers.has(model.users[row])).length
  // As many are named as moved: precision and recall are the same.
  expect(right / movers.size).toBeGreaterThan(0.9)
})
