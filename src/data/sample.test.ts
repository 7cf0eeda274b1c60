import { describe, expect, test } from 'vitest'
import { Random } from '../random.ts'
import { describeInteractions } from './interactions.ts'
import { sampleMarketplace } from './sample.ts'

describe('sampleMarketplace', () => {
  const market = sampleMarketplace(new Random(7))

  test('has the size that is said, readable ids and timestamps', () => {
    const { users, items, entries, userDegree, timeRange } = describeInteractions(market.interactions)
    expect([users, items]).toEqual([2000, 800])
    expect(entries).toBeGreaterThan(40_000)
    expect(entries).toBeLessThanOrEqual(60_000)
    expect(userDegree.min).toBeGreaterThan(0)
    expect(timeRange![0]).toBeGreaterThanOrEqual(Date.UTC(2024, 0, 1))
    expect(market.interactions.users.row('user-0042')).toBe(41)
    expect(market.itemCategories[market.interactions.items.row('lamp-17')]).toBe('lamp')
    expect(market.description).toMatch(/generated/)
  })

  test('is the same for the same seed and another for another', () => {
    const again = sampleMarketplace(new Random(7)).interactions
    expect(again.matrix.indices).toEqual(market.interactions.matrix.indices)
    expect(again.times).toEqual(market.interactions.times)
    expect(sampleMarketplace(new Random(8)).interactions.matrix.indices).not.toEqual(
      market.interactions.matrix.indices,
    )
  })

  test('people of one community share more items than people of two', () => {
    const { matrix } = market.interactions
    const shared = (a: number, b: number): number => matrix.row(a).filter((i) => matrix.has(b, i)).length
    let [same, sameCount, other, otherCount] = [0, 0, 0, 0]
    for (let a = 0; a < 200; a++) {
      for (let b = 0; b < a; b++) {
        if (market.userCommunities[a] === market.userCommunities[b]) {
          same += shared(a, b)
          sameCount++
        } else {
          other += shared(a, b)
          otherCount++
        }
      }
    }
    expect(same / sameCount).toBeGreaterThan((3 * other) / otherCount)
  })

  test('takes other sizes, and refuses impossible ones', () => {
    const small = sampleMarketplace(new Random(1), { users: 10, items: 20, events: 100, communities: 2 })
    expect([small.interactions.matrix.rows, small.interactions.matrix.cols]).toEqual([10, 20])
    expect(() => sampleMarketplace(new Random(1), { users: 0 })).toThrow(/whole number from 1/)
  })
})
