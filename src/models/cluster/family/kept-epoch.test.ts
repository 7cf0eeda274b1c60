import { expect, test } from 'vitest'
import { trainClusterer } from '../../../evaluate/train-clusterer.ts'
import { heap } from '../../../kernels/heap.ts'
import { modularity } from '../../../metrics/modularity.ts'
import { SelfTrainingHead } from '../../../nn/heads/self-training.ts'
import { Random } from '../../../random.ts'
import { Matrix } from '../../../tensor/matrix.ts'
import { Sparse } from '../../../tensor/sparse.ts'
import { KeptEpoch } from './kept-epoch.ts'

/** Two pairs. */
const pairs = new Sparse(
  4,
  4,
  Uint32Array.of(0, 1, 2, 3, 4),
  Int32Array.of(1, 0, 3, 2),
  null,
).declareSymmetric()

/** Logits whose largest are these clusters, of two. */
const logitsOf = (labels: readonly number[]): Matrix<'node', 'cluster'> =>
  Matrix.from(labels.map((label) => [2 * Number(label === 0), 2 * Number(label === 1)]))
const numbered = (rows: number, cols: number, value: number): Matrix =>
  Matrix.from(Array.from({ length: rows }, () => Array.from({ length: cols }, () => value)))

const looks = [
  [0, 1, 0, 1],
  [0, 0, 1, 1],
  [1, 1, 0, 0],
  [0, 0, 0, 1],
]

function look(graph: Sparse | null): KeptEpoch {
  // oxlint-disable-next-line require-yield -- it is not asked
  const head = new SelfTrainingHead(4, 2, 3, function* () {})
  const kept = new KeptEpoch(graph, head)
  looks.forEach((labels, epoch) =>
    kept.look(epoch, numbered(4, 3, epoch), logitsOf(labels), numbered(2, 3, 10 * epoch)),
  )
  return kept
}

test('with a graph the first of the most modular looks is kept, all of it from the same look', () => {
  heap.scope(() => {
    const { epoch, state, seen } = look(pairs)
    expect(epoch).toBe(1)
    expect([...state.labels]).toEqual(looks[1])
    expect([...state.latent!.data]).toEqual(Array.from({ length: 12 }, () => 1))
    expect([...state.centres!.data]).toEqual(Array.from({ length: 6 }, () => 10))
    const sure = 1 / (1 + Math.exp(-2))
    expect([...state.probabilities.data.subarray(0, 2)]).toEqual([
      expect.closeTo(sure, 6),
      expect.closeTo(1 - sure, 6),
    ])
    expect([...seen]).toEqual(looks[3])
  })
})

test('without one the last is', () => {
  heap.scope(() => {
    const { epoch, state } = look(null)
    expect(epoch).toBe(3)
    expect([...state.labels]).toEqual(looks[3])
    expect([...state.latent!.data]).toEqual(Array.from({ length: 12 }, () => 3))
  })
})

test('SDCN delivers the most modular of all epochs of all its trainings, or the end of one', async () => {
  const rng = new Random(5)
  const rows = 24
  const features = Matrix.from(
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: 6 }, (_, c) => Number(c % 3 === i % 3) + rng.normal()),
    ),
  )
  const lists = Array.from({ length: rows }, (_, i) => [i - 3, i + 3].filter((j) => j >= 0 && j < rows))
  const graph = new Sparse(
    rows,
    rows,
    Uint32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)]),
    Int32Array.from(lists.flat()),
    null,
  ).declareSymmetric()
  const small = {
    clusters: 3,
    hidden: [8],
    latent: 2,
    pretrainEpochs: 3,
    batch: 12,
    epochs: 15,
    rate: 1e-2,
    patience: 15,
  }
  const own = (labels: Int32Array): number => modularity({ adjacency: graph, directed: false }, labels)
  const train = async (config: object) => {
    const seen: { epoch: number; labels: Int32Array }[] = []
    const fitted = await trainClusterer(
      { features, graph },
      {
        method: 'sdcn',
        config: { ...small, ...config },
        seed: 3,
        observe: ({ epoch, labels }) => void seen.push({ epoch, labels: labels.slice() }),
      },
    )
    return { ...fitted, labels: fitted.labels, facts: fitted.facts, seen }
  }

  const several = await train({ runs: 3 })
  const modularities = several.facts['runModularities'] as number[]
  expect(several.seen.length).toBe(3 * 15)
  expect(modularities.length).toBe(3)
  expect(own(several.labels)).toBe(Math.max(...modularities))
  for (const { labels } of several.seen) expect(own(labels)).toBeLessThanOrEqual(own(several.labels))

  const one = await train({ runs: 1 })
  const patient = await train({ runs: 1, patience: 2 })
  expect(patient.seen.length).toBe((patient.facts['keptEpoch'] as number) + 3)
  expect(patient.seen.length).toBeLessThan(15)
  expect(own(one.labels)).toBe(modularities[0])
  const last = await train({ runs: 1, keep: 'last' })
  expect(last.facts['keptEpoch']).toBe(15)
  expect(last.facts['runModularities']).toBe(undefined)
  expect(own(last.labels)).toBeLessThanOrEqual(own(one.labels))
})
