import { expect, test } from 'vitest'
import { trainClusterer } from '../../../evaluate/train-clusterer.ts'
import { modularity } from '../../../metrics/modularity.ts'
import { Random } from '../../../random.ts'
import { Matrix } from '../../../tensor/matrix.ts'
import { Sparse } from '../../../tensor/sparse.ts'
import { type Job, runSync } from '../../../train/run.ts'
import { mostModular, runGenerators } from './runs.ts'
import type { ClusterState } from './state.ts'

/** Two triangles, joined by an edge. */
const edges = [
  [0, 1],
  [0, 2],
  [1, 2],
  [3, 4],
  [3, 5],
  [4, 5],
  [2, 3],
]
const lists = Array.from({ length: 6 }, (_, i) =>
  edges
    .filter((edge) => edge.includes(i))
    .map(([a, b]) => (a === i ? b : a))
    .sort((a, b) => a - b),
)
const graph = new Sparse(
  6,
  6,
  Uint32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)]),
  Int32Array.from(lists.flat()),
  null,
).declareSymmetric()
const stateOf = (labels: number[]): ClusterState => ({
  labels: Int32Array.from(labels),
  clusters: 2,
  probabilities: null,
  latent: null,
  centres: null,
  facts: { of: labels.join('') },
})

test('of several trainings the most modular is kept; one is the training itself', () => {
  const ends = [
    [0, 1, 0, 1, 0, 1],
    [0, 0, 0, 1, 1, 1],
    [0, 0, 1, 1, 1, 1],
  ]
  const drawn: number[] = []
  // oxlint-disable-next-line require-yield -- a training that is over at once
  function* train(rng: Random): Job<ClusterState> {
    drawn.push(rng.uint32())
    return stateOf(ends[(drawn.length - 1) % 3])
  }
  const { facts, labels } = runSync(mostModular(runGenerators(3, new Random(4)), graph, train))
  expect([...labels]).toEqual(ends[1])
  const modularities = ends.map((end) =>
    modularity({ adjacency: graph, directed: false }, Int32Array.from(end)),
  )
  expect(facts).toEqual({ of: '000111', runModularities: modularities })
  expect(new Set(drawn).size).toBe(3)
  expect(runSync(mostModular(runGenerators(1, new Random(4)), graph, train)).facts).toEqual({ of: '010101' })
  expect(drawn[3]).toBe(drawn[0])
})

test('DAEGC tells what it chose among, and the first of its trainings is the only one of one', async () => {
  const features = Matrix.from(lists.map((_, i) => [Number(i < 3), 1, i / 6]))
  const config = { clusters: 2, hidden: 8, latent: 3, pretrainEpochs: 3, epochs: 3 }
  const of = (runs: number) =>
    trainClusterer({ features, graph }, { method: 'daegc', config: { ...config, runs }, seed: 2 })
  const [one, several] = [await of(1), await of(4)]
  const seen = several.facts['runModularities'] as number[]
  const own = (labels: Int32Array): number => modularity({ adjacency: graph, directed: false }, labels)
  expect(seen.length).toBe(4)
  expect(seen[0]).toBe(own(one.labels))
  expect(own(several.labels)).toBe(Math.max(...seen))
  expect(one.facts['runModularities']).toBe(undefined)
})
