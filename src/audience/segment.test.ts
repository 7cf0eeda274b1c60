import { describe, expect, test } from 'vitest'
import { Vocabulary } from '../data/vocabulary.ts'
import { Random } from '../random.ts'
import { segmentUsers, type SegmentOptions } from './segment.ts'
import type { Space } from './space.ts'

const options: SegmentOptions = {
  method: 'k-means',
  clusters: 2,
  maxClusters: 6,
  config: {},
  seed: 1,
  runs: 2,
}

/** Three directions with some noise; the lengths are anything. */
function threeWays(users: number): Space {
  const rng = new Random(4)
  const data = Float32Array.from({ length: users * 4 }, (_, at) => {
    const [row, j] = [Math.floor(at / 4), at % 4]
    return (1 + (row % 7)) * ((row % 3 === j ? 1 : 0) + 0.1 * rng.normal())
  })
  const ids = Vocabulary.from(Array.from({ length: users }, (_, i) => `用户/${i}`))
  return { name: 'space', version: 3, of: 'user', ids, dim: 4, data }
}

test('directions are what counts, and K is chosen from the picture', async () => {
  const { model, choice, quality, distances, population } = await segmentUsers(threeWays(90), true, {
    ...options,
    clusters: 'auto',
  })
  expect(choice!.chosen).toBe(3)
  expect(choice!.tried.map(({ clusters }) => clusters)).toEqual([2, 3, 4, 5, 6])
  for (const tried of choice!.tried) {
    expect([tried.silhouette, tried.modularity, tried.stability].every(Number.isFinite)).toBe(true)
  }
  expect(new Set(Array.from({ length: 30 }, (_, i) => model.labels[3 * i])).size).toBe(1)
  expect(quality.modularity).toBeCloseTo(2 / 3, 1)
  expect(quality.stability).toEqual({ ari: 1, runs: 2, over: 'bootstrap' })
  expect(Math.max(...distances)).toBeLessThan(1)
  expect(population.id(0)).toBe('用户/0')
})

test('lengths count where directions are not all', async () => {
  const ids = Vocabulary.from(Array.from({ length: 20 }, (_, i) => `u${i}`))
  // One direction: ten rows of length about 1, ten of about 9.
  const data = Float32Array.from({ length: 20 }, (_, row) => (row < 10 ? 1 : 9) + row / 100)
  const space: Space = { name: 'attributes', version: 0, of: 'user', ids, dim: 1, data }
  const { model, quality } = await segmentUsers(space, false, options)
  expect(new Set(model.labels.subarray(0, 10)).size).toBe(1)
  expect(model.labels[15]).not.toBe(model.labels[5])
  expect(quality.silhouette).toBeGreaterThan(0.9)
  expect((await segmentUsers(space, true, options)).quality.silhouette ?? 0).toBeLessThan(0.5)
})

test('users without a vector are left out', async () => {
  const space = threeWays(12)
  space.data.fill(0, 4, 12)
  const { population, model } = await segmentUsers(space, true, options)
  expect(population.size).toBe(10)
  expect(population.row('用户/1')).toBe(-1)
  expect(model.labels.length).toBe(10)
  space.data.fill(0)
  await expect(segmentUsers(space, true, options)).rejects.toThrow(/no user has a vector in space/)
})

describe('few users', () => {
  test.each([1, 2])('%i: there is nothing to choose from', async (users) => {
    const found = await segmentUsers(threeWays(users), true, { ...options, clusters: 'auto' })
    expect(found.choice).toBeNull()
    expect(found.model.clusters).toBe(1)
    expect(found.quality).toMatchObject({ silhouette: null, balance: 1 })
    expect(found.distances.length).toBe(users)
  })

  test('more segments than users are refused', async () => {
    await expect(segmentUsers(threeWays(4), true, { ...options, clusters: 9 })).rejects.toThrow(/9/)
    const { choice } = await segmentUsers(threeWays(4), true, { ...options, clusters: 'auto', runs: 0 })
    expect(choice!.tried.map(({ clusters }) => clusters)).toEqual([2, 3])
    expect(choice!.tried[0].stability).toBeNull()
  })
})

test('methods that read a graph get one, and those that find their number are not told any', async () => {
  const found = await segmentUsers(threeWays(60), true, { ...options, method: 'leiden', clusters: 'auto' })
  expect(found.quality.stability!.over).toBe('seeds')
  expect(found.choice).toBeNull()
  expect(found.model.clusters).toBeGreaterThanOrEqual(3)
  await expect(segmentUsers(threeWays(60), true, { ...options, method: 'leiden' })).rejects.toThrow(
    /expected "auto": Leiden/i,
  )
  const bad = { ...options, config: { nonsense: 1 } }
  await expect(segmentUsers(threeWays(60), true, bad)).rejects.toThrow(/unknown setting "nonsense"/)
  await expect(segmentUsers(threeWays(60), true, { ...options, method: 'none' })).rejects.toThrow(
    /unknown method/,
  )
})
