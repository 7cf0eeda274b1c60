/** What happens to deep clusterers in trouble: a cluster that empties, numbers that leave their domain. */
import { describe, expect, test } from 'vitest'
import { trainClusterer } from '../src/evaluate/train-clusterer.ts'
import { moveCentres } from '../src/models/cluster/dcn.ts'
import { findClusterer } from '../src/models/cluster/index.ts'
import { resolveConfig } from '../src/models/method.ts'
import { Random } from '../src/random.ts'
import { Matrix } from '../src/tensor/matrix.ts'

const rng = new Random(3)
const rows = Matrix.from(
  Array.from({ length: 60 }, (_, i) => [(i % 2) * 8 + rng.normal(), rng.normal(), rng.normal()]),
)
const small = { hidden: [8], latent: 2, pretrainEpochs: 20, batch: 20, pretrainRate: 5e-3 }

describe('a cluster that empties stays empty: it keeps its number and centre, and is named in the facts', () => {
  test.each(['dec', 'idec', 'dcn', 'vade'])('of equal rows one cluster takes all: %s', async (method) => {
    const equal = Matrix.from(Array.from({ length: 30 }, () => [1, 2, 3]))
    const config = { ...small, clusters: 3, epochs: 5 }
    const model = await trainClusterer({ features: equal, graph: null }, { method, config, seed: 1 })
    const empty = [0, 1, 2].filter((c) => model.sizes[c] === 0)
    expect(empty.length).toBe(2)
    expect(model.facts['emptyClusters']).toEqual(empty)
    expect(model.clusters).toBe(3)
    expect(model.centres!.data.every(Number.isFinite)).toBe(true)
  })

  test('what DCN weighs counts', async () => {
    const errorOf = async (config: object): Promise<number> => {
      const settings = { ...small, clusters: 2, epochs: 40, rate: 1e-2, tolerance: 0, ...config }
      const { facts } = await trainClusterer(
        { features: rows, graph: null },
        { method: 'dcn', config: settings },
      )
      return (facts['losses'] as Record<string, number>)['k-means']
    }
    const pulled = await errorOf({ gamma: 10 })
    expect(pulled).toBeLessThan(0.5 * (await errorOf({ gamma: 0 })))
    expect(pulled).toBeLessThan(await errorOf({ gamma: 10, reconstruction: 100 }))
  })

  test('the decay of VaDE is of its rate, not of its weights', async () => {
    const stateOf = async (decay: number): Promise<unknown> => {
      const config = { ...small, clusters: 2, epochs: 4, decayEvery: 5, decay }
      return (await trainClusterer({ features: rows, graph: null }, { method: 'vade', config })).state.extra
    }
    expect(await stateOf(0.5)).toEqual(await stateOf(1))
  })

  test('DCN moves only the centres that have rows', () => {
    const centres = Matrix.from([[0], [10]])
    const counts = Float64Array.of(1, 1)
    moveCentres(centres, counts, Matrix.from([[2], [4]]), Int32Array.of(0, 0))
    // 0 + (2 − 0)/2 = 1, then 1 + (4 − 1)/3 = 2.
    expect([...centres.data]).toEqual([2, 10])
    expect([...counts]).toEqual([3, 1])
  })
})

describe('a training that diverges is stopped, and nothing of it is kept', () => {
  test.each(['ae-kmeans', 'dec', 'idec', 'dcn', 'vade'])('%s', async (method) => {
    const config = { ...small, clusters: 2, pretrainRate: 1e30 }
    await expect(
      trainClusterer({ features: rows, graph: null }, { method, config, seed: 1 }),
    ).rejects.toMatchObject({ code: 'DIVERGED' })
  })

  test('in clustering as in pre-training', async () => {
    const config = { ...small, clusters: 2, epochs: 50, rate: 1e30 }
    await expect(
      trainClusterer({ features: rows, graph: null }, { method: 'idec', config, seed: 1 }),
    ).rejects.toMatchObject({ code: 'DIVERGED' })
  })
})

test.each(['dec', 'sdcn', 'daegc', 'gae', 'vade'])(
  'twice the rows are estimated to take more: %s',
  (name) => {
    const definition = findClusterer(name)
    const config = resolveConfig(definition, { clusters: 10 })
    const of = (rows: number) =>
      definition.estimate({ rows, columns: 500, entries: rows * 500, edges: rows * 10 }, config)
    expect(of(20_000).bytes).toBeGreaterThan(of(10_000).bytes)
    expect(of(20_000).operations).toBeGreaterThan(1.9 * of(10_000).operations)
  },
)
