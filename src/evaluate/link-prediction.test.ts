import { describe, expect, test } from 'vitest'
import { undirected } from '../../test/graphs.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { runSync } from '../train/run.ts'
import { evaluateLinks, type LinkScores, summarizeLinks } from './link-prediction.ts'
import { splitEdges } from './link-split.ts'

/** Four groups of 25 nodes: a third of the pairs within a group are edges, one in a hundred between groups. */
const rng = new Random(1)
const n = 100
const group = (v: number): number => v % 4
const edges: [number, number][] = []
for (let a = 0; a < n; a++)
  for (let b = a + 1; b < n; b++) if (rng.float() < (group(a) === group(b) ? 0.4 : 0.01)) edges.push([a, b])
const graph = undirected(n, edges)
const split = splitEdges(graph, { share: 0.2, rng: new Random(2) })

/** Vectors that know the groups: the unit vector of the group, with noise. */
const planted = new Matrix(
  n,
  4,
  Float32Array.from(
    { length: 4 * n },
    (_, e) => (group(Math.floor(e / 4)) === e % 4 ? 1 : 0) + 0.1 * rng.normal(),
  ),
)
const by = (scores: readonly LinkScores[]): Record<string, LinkScores['measures']> =>
  Object.fromEntries(scores.map(({ score, measures }) => [score, measures]))

describe('evaluateLinks', () => {
  // The wasm kernels take memory of their own when they are first asked for.
  kernels()
  const before = heap.bytesInUse
  const result = runSync(evaluateLinks(planted, split, { rng: new Random(3) }))
  const measures = by(result.scores)

  test('vectors that know the groups score held-out edges high, by every score that can show it', () => {
    expect(Object.keys(measures)).toEqual(['dot', 'cosine', 'hadamard', 'average', 'l1', 'l2'])
    for (const score of ['dot', 'cosine', 'hadamard', 'l1', 'l2']) {
      expect(measures[score]['auc']).toBeGreaterThan(0.85)
      expect(measures[score]['ap']).toBeGreaterThan(0.8)
    }
    // The mean of two group vectors does not say whether they are of one group: a linear model learns nothing.
    expect(measures['average']['auc']).toBeLessThan(0.65)
    expect(Object.keys(measures['dot'])).toEqual(['auc', 'ap', 'mrr', 'hits@10', 'hits@50', 'hits@100'])
    expect(result.counts).toEqual({
      nodes: n,
      edges: edges.length,
      heldOut: split.test.from.length,
      trainingPairs: 2 * (edges.length - split.test.from.length),
    })
  })

  test('noise scores nothing', () => {
    const noise = new Matrix(
      n,
      8,
      Float32Array.from({ length: 8 * n }, () => rng.normal()),
    )
    const { scores } = runSync(evaluateLinks(noise, split, { rng: new Random(3) }))
    for (const { measures } of scores) expect(Math.abs(measures['auc'] - 0.5)).toBeLessThan(0.12)
  })

  test('the same seed gives the same numbers, and the heap is as it was', () => {
    expect(runSync(evaluateLinks(planted, split, { rng: new Random(3) }))).toEqual(result)
    expect(heap.bytesInUse).toBe(before)
  })

  test('a part of the training edges, some features, other cut-offs', () => {
    const some = runSync(
      evaluateLinks(planted, split, { rng: new Random(3), features: ['l2'], trainingEdges: 50, k: [3] }),
    )
    expect(some.scores.map(({ score }) => score)).toEqual(['dot', 'cosine', 'l2'])
    expect(some.counts.trainingPairs).toBe(100)
    expect(some.scores[2].measures['hits@3']).toBeGreaterThan(0)
  })

  test('vectors of another graph are refused', () => {
    expect(() => runSync(evaluateLinks(Matrix.zeros(3, 2), split, { rng }))).toThrow(
      /expected 100 vectors.*got 3/,
    )
  })
})

test('dot product and cosine by hand; a zero vector has cosine 0', () => {
  const square = undirected(4, [
    [0, 1],
    [1, 2],
    [2, 3],
    [0, 3],
  ])
  const vectors = Matrix.from([
    [3, 4],
    [4, 3],
    [0, 0],
    [1, 0],
  ])
  const test1 = { from: [0, 0], to: [1, 3], negativeFrom: [0, 1], negativeTo: [2, 3] }
  const arrays = Object.fromEntries(Object.entries(test1).map(([key, rows]) => [key, Int32Array.from(rows)]))
  const hand = {
    ...splitEdges(square, { rng: new Random(1), keep: 'any', share: 0.5 }),
    test: arrays as never,
  }
  const { dot, cosine } = by(runSync(evaluateLinks(vectors, hand, { features: [], rng, k: [1] })).scores)
  // Dot products 24 and 3 against 0 and 4; cosines .96 and .6 against 0 and .8.
  expect(dot).toEqual({ auc: 0.75, ap: (1 + 2 / 3) / 2, mrr: 0.75, 'hits@1': 0.5 })
  expect(cosine).toEqual(dot)
})

test('a summary over seeds', () => {
  const runs = [1, 2].map((seed) => {
    const own = splitEdges(graph, { rng: new Random(seed) })
    return { seed, result: runSync(evaluateLinks(planted, own, { features: ['l1'], rng: new Random(seed) })) }
  })
  const summary = summarizeLinks(runs, 'connected')
  const aucs = runs.map(({ result }) => result.scores[2].measures['auc'])
  expect(summary.scores[2]).toMatchObject({
    score: 'l1',
    measures: { auc: { mean: (aucs[0] + aucs[1]) / 2, min: Math.min(...aucs), max: Math.max(...aucs) } },
  })
  expect(summary.seeds).toEqual([1, 2])
  expect(() => summarizeLinks([], 'any')).toThrow(/no runs/)
})
