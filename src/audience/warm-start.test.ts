import { describe, expect, test } from 'vitest'
import { Vocabulary } from '../data/vocabulary.ts'
import { trainClusterer } from '../evaluate/train-clusterer.ts'
import { adjustedRandIndex } from '../metrics/clustering.ts'
import { clusterers } from '../models/cluster/index.ts'
import type { StartFact } from '../models/cluster/family/warm-start.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { segmentUsers, type SegmentOptions } from './segment.ts'
import type { Space } from './space.ts'
import { startFrom } from './warm-start.ts'

/** Some rows around each of these points, as many with x and y of the noise changed about. */
function around(points: readonly (readonly [number, number])[], each: number, noise: number): Matrix {
  const rng = new Random(6)
  const offsets = Array.from({ length: each / 2 }, () => [noise * rng.normal(), noise * rng.normal()])
  const both = [...offsets, ...offsets.map(([a, b]) => [b, a])]
  return Matrix.from(points.flatMap(([x, y]) => both.map(([a, b]) => [x + a, y + b])))
}
/** Four corners: in two by columns is as good as in two by rows. */
const corners = around(
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  40,
  0.05,
)
const byColumns = Int32Array.from({ length: 160 }, (_, i) => (i < 80 ? 0 : 1))
const byRows = Int32Array.from({ length: 160 }, (_, i) => Math.floor(i / 40) % 2)

describe.each(clusterers.filter(({ takesCentres }) => takesCentres).map(({ name }) => name))(
  '%s',
  (method) => {
    const train = (x: Matrix, start: Matrix<'cluster', 'latent'> | null, clusters = 2) =>
      trainClusterer({ features: x, graph: null }, { method, config: { clusters }, start, seed: 3 })

    test('of divisions that are equally good it keeps the one it began from, and says so', async () => {
      const columns = new Matrix<'cluster', 'latent'>(2, 2, Float32Array.of(0, 0.5, 1, 0.5))
      const rows = new Matrix<'cluster', 'latent'>(2, 2, Float32Array.of(0.5, 0, 0.5, 1))
      for (const [start, labels] of [
        [columns, byColumns],
        [rows, byRows],
      ] as const) {
        const model = await train(corners, start)
        expect([...model.labels]).toEqual([...labels])
        const { kept, warm, cold } = model.facts['start'] as StartFact
        expect(kept).toBe(true)
        expect(warm / cold).toBeCloseTo(1, 4)
        // To the bit, again.
        expect((await train(corners, start)).labels).toEqual(model.labels)
      }
      expect((await train(corners, null)).facts['start']).toBeUndefined()
    })

    test('fresh seeds are taken where they are clearly better, and that is said', async () => {
      const three = around(
        [
          [0, 0],
          [6, 0],
          [0, 6],
        ],
        30,
        0.1,
      )
      const truth = Int32Array.from({ length: 90 }, (_, i) => Math.floor(i / 30))
      // Two centres in one group, one for the other two.
      const bad = new Matrix<'cluster', 'latent'>(3, 2, Float32Array.of(-0.1, 0, 0.1, 0, 3, 3))
      const model = await train(three, bad, 3)
      expect(adjustedRandIndex(model.labels, truth)).toBe(1)
      expect(model.facts['start']).toMatchObject({ kept: false })
    })
  },
)

test('a method that takes no centres refuses them', async () => {
  const start = new Matrix<'cluster', 'latent'>(2, 2, new Float32Array(4))
  const options = { method: 'ae-kmeans', config: { clusters: 2 }, start }
  await expect(trainClusterer({ features: corners, graph: null }, options)).rejects.toThrow(
    /a method that takes centres to begin from/,
  )
})

describe('segments', () => {
  const ids = Vocabulary.from(Array.from({ length: 160 }, (_, i) => `用户 ${i}`))
  const space: Space = { name: 'space', version: 2, of: 'user', ids, dim: 2, data: corners.data }
  const options: SegmentOptions = {
    method: 'k-means',
    clusters: 2,
    maxClusters: 3,
    config: {},
    seed: 1,
    runs: 0,
  }

  test('begin at the middles of who was together before, whatever the order of ids and the numbers', async () => {
    for (const truth of [byColumns, byRows]) {
      // Known in another order, by other numbers, with somebody who is gone, and without somebody who is new.
      const order = Array.from({ length: 159 }, (_, i) => 159 - i)
      const before = {
        ids: Vocabulary.from(['gone', ...order.map((i) => `用户 ${i}`)]),
        labels: Int32Array.from([7, ...order.map((i) => (truth[i] === 0 ? 7 : 4))]),
      }
      const { model, start } = await segmentUsers(space, false, { ...options, before })
      expect(Math.abs(adjustedRandIndex(model.labels, truth))).toBe(1)
      expect(start).toMatchObject({ kept: true })
      const chosen = await segmentUsers(space, false, {
        ...options,
        clusters: 'auto',
        maxClusters: 2,
        before,
      })
      expect(chosen.model.labels).toEqual(model.labels)
    }
  })

  test('begin from fresh seeds where there is nothing to begin from, and say why', async () => {
    const reasonOf = async (more: Partial<SegmentOptions>): Promise<unknown> =>
      (await segmentUsers(space, false, { ...options, ...more })).start
    expect(await reasonOf({})).toEqual({ reason: 'there were no segments before' })
    const before = { ids, labels: byRows }
    expect(await reasonOf({ before, clusters: 3 })).toEqual({
      reason: 'there were 2 segments before, and there are 3 now',
    })
    expect(await reasonOf({ before, method: 'spectral' })).toEqual({
      reason: 'Spectral clustering takes no centres to begin from',
    })
    const strangers = { ids: Vocabulary.from(['x', ids.id(0)]), labels: Int32Array.of(0, 1) }
    expect(await reasonOf({ before: strangers })).toEqual({
      reason: 'nobody of 1 of the 2 segments before is left',
    })
    expect(await reasonOf({ before: { reason: 'it was so wished' } })).toEqual({ reason: 'it was so wished' })
  })

  test('the middles are in the space as it is now', () => {
    const rows = Matrix.from([
      [1, 0],
      [3, 0],
      [0, 8],
    ])
    const population = Vocabulary.from(['a', 'b', 'c'])
    const before = { ids: Vocabulary.from(['c', 'b', 'a', 'gone']), labels: Int32Array.of(5, 2, 2, 5) }
    const start = startFrom(before, 'k-means', population, rows)
    expect('centres' in start && [...start.centres.data]).toEqual([2, 0, 0, 8])
  })
})
