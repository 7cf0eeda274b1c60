/**
 * On the sample marketplace: seeds are a random part of one planted community, the rest of it is to be found. Who knew the communities would
 * find all of it in an audience of its size; activity, which has nothing to do with them, finds what chance does. Between the two
 * lies the margin that was planted.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { sampleMarketplace } from '../../data/sample.ts'
import { trainRecommender } from '../../evaluate/train-recommender.ts'
import { mean } from '../../metrics/bootstrap.ts'
import { Random } from '../../random.ts'
import { runSync } from '../../train/run.ts'
import type { Space } from '../space.ts'
import { lookalike } from './lookalike.ts'
import { type LookalikeMethod, lookalikeMethods } from './methods.ts'
import { bestRows } from './ranking.ts'

const COMMUNITIES = 20
const SEEDS = 30
const market = sampleMarketplace(new Random(1))
const { users, matrix } = market.interactions
const activity = Float32Array.from({ length: users.size }, (_, row) => matrix.degree(row))
let space: Space

beforeAll(async () => {
  using model = await trainRecommender(market.interactions, { method: 'fast-lightgcn', seed: 1 })
  const { data, shape } = model.state.tensors['users']
  const vectors = Float32Array.from(data as Float32Array)
  space = { name: 'market', version: 1, of: 'user', ids: users, dim: shape[1], data: vectors }
}, 120_000)

/** A random part of a community as seeds, and the rest of it. */
function part(community: number): { seeds: Int32Array; rest: Set<number> } {
  const members = Int32Array.from({ length: users.size }, (_, row) => row).filter(
    (row) => market.userCommunities[row] === community,
  )
  new Random(community).shuffle(members)
  return { seeds: members.slice(0, SEEDS), rest: new Set(members.slice(SEEDS)) }
}

describe.each(Object.keys(lookalikeMethods) as LookalikeMethod[])('%s', (method) => {
  test('finds the rest of a planted community, nearly all of the margin that was planted', () => {
    const found: number[] = []
    const active: number[] = []
    const promised: number[] = []
    for (let community = 0; community < COMMUNITIES; community++) {
      const { seeds, rest } = part(community)
      const size = rest.size
      const share = (rows: Int32Array): number => rows.filter((row) => rest.has(row)).length / size
      const { rows, curve } = runSync(
        lookalike(space, seeds, {
          method,
          size,
          suppressed: new Int32Array(),
          activity,
          curve: true,
          rng: new Random(1),
        }),
      )
      const excluded = new Uint8Array(users.size)
      for (const row of seeds) excluded[row] = 1
      found.push(share(rows))
      active.push(share(bestRows(activity, excluded, size)))
      promised.push(curve!.recall[curve!.sizes.indexOf(size)])
    }
    const margin = 1 - mean(active)
    expect(margin).toBeGreaterThan(0.9)
    expect(mean(found) - mean(active)).toBeGreaterThan(0.85 * margin)
    // What the held-out seeds had promised is what the others keep.
    expect(Math.abs(mean(promised) - mean(found))).toBeLessThan(0.1)
  })
})
