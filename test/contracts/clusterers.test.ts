/** Every clusterer keeps the same contract: known answers first, then reproducibility, saving, odd input, cancellation. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClusterOptions, trainClusterer } from '../../src/evaluate/train-clusterer.ts'
import { nearestNeighbourGraph } from '../../src/graph/knn.ts'
import { heap } from '../../src/kernels/heap.ts'
import { adjustedRandIndex } from '../../src/metrics/clustering.ts'
import type { ClusterInput } from '../../src/models/cluster/family/definition.ts'
import type { FittedClustering } from '../../src/models/cluster/family/fitted.ts'
import { clusterers, findClusterer } from '../../src/models/cluster/index.ts'
import { Random } from '../../src/random.ts'
import { Matrix } from '../../src/tensor/matrix.ts'
import { Sparse } from '../../src/tensor/sparse.ts'
import { loadClustering, saveClustering } from '../../src/workspace/clusterings.ts'
import { openWorkspace } from '../../src/workspace/workspace.ts'

interface Joined {
  /** Settings that suit a hundred rows; everything else is the default. `clusters` is added. */
  readonly config: Readonly<Record<string, unknown>>
  /** Tells two rings apart, on their graph or features. */
  readonly rings?: true
  /** Finds the number of clusters itself. */
  readonly chooses?: true
}
/** A small network for a hundred rows. */
const small = { hidden: [16], latent: 3, pretrainEpochs: 150, pretrainRate: 5e-3, batch: 40 }
const joined: Readonly<Record<string, Joined>> = {
  'k-means': { config: {} },
  'gaussian-mixture': { config: {} },
  spectral: { config: {}, rings: true },
  louvain: { config: { resolution: 0.1 }, chooses: true },
  leiden: { config: { resolution: 0.1 }, chooses: true },
  'ae-kmeans': { config: small },
  dec: { config: { ...small, epochs: 20 } },
  idec: { config: { ...small, epochs: 20 } },
  dcn: { config: { ...small, epochs: 20 } },
  vade: { config: { ...small, epochs: 20 } },
  gae: { config: { hidden: 16, latent: 4, epochs: 100, rate: 0.01 } },
  vgae: { config: { hidden: 16, latent: 4, epochs: 100, rate: 0.01 } },
  daegc: { config: { hidden: 16, latent: 4, pretrainEpochs: 60, epochs: 20 } },
  sdcn: { config: { ...small, epochs: 60, rate: 5e-3 } },
  'sdcn-q': { config: { ...small, epochs: 60, rate: 5e-3 } },
}

/** Three blobs of 40 rows in 4 dimensions, in turn. */
const truth = Int32Array.from({ length: 120 }, (_, i) => i % 3)
const blobs = around(truth, (c, rng) => [0, 1, 2, 3].map((j) => 12 * Number(j === c) + rng.normal()))
/** Two rings around the origin. */
const ringOf = Int32Array.from({ length: 240 }, (_, i) => i % 2)
const rings = around(ringOf, (c, rng) => {
  const angle = 2 * Math.PI * rng.float()
  const radius = 1 + 3 * c + 0.05 * rng.normal()
  return [radius * Math.cos(angle), radius * Math.sin(angle)]
})

function around(labels: Int32Array, row: (label: number, rng: Random) => number[]): Matrix {
  const rng = new Random(8)
  return Matrix.from(Array.from(labels, (label) => row(label, rng)))
}
function neighbours(x: Matrix, k: number): Sparse {
  return heap.scope(() => {
    const job = nearestNeighbourGraph(x, { neighbours: k })
    for (;;) {
      const step = job.next()
      if (step.done) return step.value
    }
  })
}
/** What the method needs of features and their graph of neighbours. */
function inputOf(method: string, features: Matrix, k = 10): ClusterInput {
  const { needs } = findClusterer(method)
  return {
    features: needs.includes('features') ? features : null,
    graph: needs.includes('graph') ? neighbours(features, Math.min(k, features.rows - 1)) : null,
  }
}
function train(
  method: string,
  input: ClusterInput,
  clusters: number,
  options: Partial<ClusterOptions> = {},
): Promise<FittedClustering> {
  const { config, chooses } = joined[method]
  return trainClusterer(input, {
    method,
    seed: 3,
    ...options,
    config: { ...config, ...(chooses ? {} : { clusters }), ...options.config },
  })
}

test('every method has settings for this contract', () => {
  expect(Object.keys(joined).sort()).toEqual(clusterers.map((c) => c.name).sort())
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homophily-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.each(clusterers.map((c) => c.name))('%s', (method) => {
  const { needs } = findClusterer(method)
  const onBlobs = (options?: Partial<ClusterOptions>): Promise<FittedClustering> =>
    train(method, inputOf(method, blobs), 3, options)

  test('finds separable blobs', async () => {
    const model = await onBlobs()
    expect(adjustedRandIndex(truth, model.labels)).toBe(1)
    expect([...model.sizes].filter((size) => size > 0)).toEqual([40, 40, 40])
    if (model.probabilities)
      for (let i = 0; i < 120; i++) {
        const row = model.probabilities.row(i)
        expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4)
        expect(row.indexOf(Math.max(...row))).toBe(model.labels[i])
      }
  })

  test.runIf(joined[method].rings)('tells rings apart', async () => {
    const model = await train(method, inputOf(method, rings), 2)
    expect(adjustedRandIndex(ringOf, model.labels)).toBe(1)
  })

  test('the same seed gives the same clustering to the bit', async () => {
    const [a, b] = [await onBlobs(), await onBlobs()]
    expect(b.state).toEqual(a.state)
  })

  test('survives saving and loading, new rows included', async () => {
    const workspace = await openWorkspace(folder)
    const model = await onBlobs()
    await saveClustering(workspace, method, model)
    const copy = await loadClustering(workspace, method)
    expect(copy.state).toEqual({ ...model.state, extra: model.state.extra ?? {} })
    expect([copy.origin, copy.shape, copy.facts]).toEqual([model.origin, model.shape, model.facts])
    if (!model.inductive) return
    expect((await copy.predict(blobs)).labels).toEqual(model.labels)
  })

  test('assigns new rows, or says that it cannot', async () => {
    const model = await onBlobs()
    if (!model.inductive) {
      expect(() => model.predict(blobs)).toThrow(/only groups the rows it was fitted on/)
      return
    }
    const { labels } = await model.predict(
      Matrix.from([
        [11, 1, 0, 0],
        [0, 0.5, 12, -1],
      ]),
    )
    expect(Array.from(labels)).toEqual([model.labels[0], model.labels[2]])
    expect(() => model.predict(Matrix.from([[1, 2]]))).toThrow('predict: expected rows of 4 columns')
    expect(() => model.predict(Matrix.from([[1, NaN, 0, 0]]))).toThrow(/NaN in row 0, column 1/)
  })

  test.runIf(needs.includes('features'))(
    'NaN and infinity in the features are refused with their place',
    async () => {
      for (const value of [NaN, -Infinity]) {
        const x = new Matrix(120, 4, blobs.data.slice())
        x.data[4 * 7 + 2] = value
        const bad = { ...inputOf(method, blobs), features: x }
        await expect(train(method, bad, 3)).rejects.toThrow(`${value} in row 7, column 2`)
      }
    },
  )

  test.runIf(needs.includes('features'))('all rows equal, and a constant column: no NaN', async () => {
    const equal = Matrix.from(Array.from({ length: 30 }, () => [2, -5, 1]))
    const one = await train(method, inputOf(method, equal), 2)
    expect(one.labels.length).toBe(30)
    const constant = Matrix.from(Array.from(truth, (_, i) => [1000, ...blobs.row(i)]))
    const same = await train(method, inputOf(method, constant), 3)
    expect(adjustedRandIndex(truth, same.labels)).toBe(1)
  })

  test.runIf(needs.includes('graph'))('a disconnected graph and isolated nodes', async () => {
    // Three cliques of five, in turn, and two nodes alone.
    const edges = Array.from({ length: 17 }, (_, i) =>
      Array.from({ length: 15 }, (_, j) => j).filter((j) => i < 15 && i !== j && i % 3 === j % 3),
    )
    const indptr = Uint32Array.from([0, ...edges.map((_, i) => edges.slice(0, i + 1).flat().length)])
    const graph = new Sparse(17, 17, indptr, Int32Array.from(edges.flat()), null).declareSymmetric()
    const features = needs.includes('features') ? new Matrix(17, 4, blobs.data.slice(0, 68)) : null
    const { labels } = await train(method, { features, graph }, 3)
    const cliques = Int32Array.from({ length: 15 }, (_, i) => i % 3)
    if (!features) expect(adjustedRandIndex(cliques, labels.slice(0, 15))).toBe(1)
    expect(labels.length).toBe(17)
  })

  test.runIf(needs.includes('graph'))('a graph that is not one of the rows is refused', async () => {
    const input = inputOf(method, blobs)
    const half = neighbours(new Matrix(60, 4, blobs.data.slice(0, 240)), 5)
    const features = needs.includes('features') ? blobs : new Matrix(1, 1, new Float32Array(1))
    if (needs.includes('features'))
      await expect(train(method, { features, graph: half }, 3)).rejects.toThrow(/a node for each of 120 rows/)
    const oneWay = new Sparse(2, 2, Uint32Array.of(0, 1, 1), Int32Array.of(1), null)
    const loop = new Sparse(2, 2, Uint32Array.of(0, 1, 1), Int32Array.of(0), null)
    const two = input.features ? new Matrix(2, 4, blobs.data.slice(0, 8)) : null
    await expect(train(method, { features: two, graph: oneWay }, 2)).rejects.toThrow(/not symmetric/)
    await expect(train(method, { features: two, graph: loop }, 2)).rejects.toThrow(/itself at node 0/)
  })

  test.runIf(!joined[method].chooses)('more clusters than rows, and none, are refused', async () => {
    const few = new Matrix(5, 4, blobs.data.slice(0, 20))
    await expect(train(method, inputOf(method, few, 2), 6)).rejects.toThrow(
      'clusters: expected a whole number from 1 to 5, the number of rows, got 6',
    )
    await expect(train(method, inputOf(method, few, 2), 0)).rejects.toMatchObject({ code: 'CONFIG' })
  })

  test('what it needs and did not get is named; nothing is refused', async () => {
    await expect(train(method, { features: null, graph: null }, 3)).rejects.toThrow(`no ${needs[0]}`)
    const nothing = {
      features: needs.includes('features') ? Matrix.zeros(0, 4) : null,
      graph: needs.includes('graph') ? new Sparse(0, 0, Uint32Array.of(0), new Int32Array(0), null) : null,
    }
    await expect(train(method, nothing, 3)).rejects.toThrow(/no rows to cluster/)
  })

  test('an unknown setting names the valid ones', async () => {
    await expect(onBlobs({ config: { cluster: 3 } })).rejects.toThrow(/unknown setting "cluster"; it has/)
  })

  test('cancelled half-way it rejects, or was done; memory comes back', async () => {
    const input = inputOf(method, blobs)
    const before = heap.bytesInUse
    const abort = new AbortController()
    let reported = 0
    const onProgress = (): void => {
      if (++reported === 2) abort.abort()
    }
    const job = train(method, input, 3, { signal: abort.signal, onProgress })
    // A quick method is over before its second progress.
    await job.catch((error: unknown) => expect(error).toMatchObject({ code: 'CANCELLED' }))
    expect(heap.bytesInUse).toBe(before)
  })

  test('cancelled at the start it rejects, and all its memory comes back', async () => {
    const input = inputOf(method, blobs)
    const before = heap.bytesInUse
    const abort = new AbortController()
    abort.abort()
    await expect(train(method, input, 3, { signal: abort.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    await train(method, input, 3)
    expect(heap.bytesInUse).toBe(before)
  })
})
