import { describe, expect, test } from 'vitest'
import { graphOfRows, karateClub, plantedPartition, undirected } from '../../test/graphs.ts'
import { Random } from '../random.ts'
import { runSync } from '../train/run.ts'
import { clusteringCoefficient } from './clustering.ts'
import { connectedComponents } from './components.ts'
import { type GraphFacts, graphFacts } from './facts.ts'
import type { Graph } from './graph.ts'
import { pageRank } from './pagerank.ts'

const facts = (graph: Graph, options?: Parameters<typeof graphFacts>[2]): GraphFacts =>
  runSync(graphFacts(graph, new Random(1), options))

describe('facts', () => {
  test('of the karate club, as published', () => {
    const found = facts(karateClub(), { top: 2 })
    expect(found).toMatchObject({
      directed: false,
      nodes: 34,
      edges: 78,
      selfLoops: 0,
      isolated: 0,
      weights: { min: 1, max: 1, sum: 156 },
      inDegree: null,
      components: { count: 1, largest: 34 },
    })
    expect(found.density).toBeCloseTo(0.139037, 6)
    expect(found.clustering.mean).toBeCloseTo(0.570638, 6)
    expect(found.clustering.sampled).toBeNull()
    expect(found.degree).toMatchObject({ min: 1, median: 3, max: 17 })
    expect(found.degree.distribution).toEqual([
      { from: 0, to: 0, nodes: 0 },
      { from: 1, to: 1, nodes: 1 },
      { from: 2, to: 3, nodes: 17 },
      { from: 4, to: 7, nodes: 11 },
      { from: 8, to: 15, nodes: 3 },
      { from: 16, to: 31, nodes: 2 },
    ])
    // Members 34 and 1 have the highest PageRank: 0.100919 and 0.096997.
    expect(found.top.map(({ id }) => id)).toEqual(['33', '0'])
    expect(found.top[0].score).toBeCloseTo(0.100919, 5)
    expect(found.top[1].score).toBeCloseTo(0.096997, 5)
  })

  test('with self-loops, directions and nodes alone', () => {
    const found = facts(
      graphOfRows([
        [
          [0, 2],
          [1, 4],
        ],
        [],
        [[2, 1]],
        [],
      ]),
    )
    expect(found).toMatchObject({ directed: true, nodes: 4, edges: 3, selfLoops: 2, isolated: 2 })
    expect(found.density).toBeCloseTo(1 / 12, 12)
    expect(found.weights).toEqual({ min: 1, max: 4, sum: 7 })
    expect(found.degree).toMatchObject({ min: 0, median: 0.5, mean: 0.75, max: 2 })
    expect(found.inDegree).toMatchObject({ min: 0, median: 1, max: 1 })
    expect(found.components).toEqual({ count: 3, largest: 2 })
    expect(found.clustering.mean).toBe(0)
  })

  test('of a graph without nodes', () => {
    expect(facts(undirected(0, []))).toMatchObject({ nodes: 0, edges: 0, density: 0, top: [] })
  })
})

test('components go by edges in either direction', () => {
  const { of, sizes } = connectedComponents(graphOfRows([[], [[0, 1]], [[1, 1]], [[4, 1]], []]).adjacency)
  expect([...of]).toEqual([0, 0, 0, 1, 1])
  expect([...sizes]).toEqual([3, 2])
})

test('clustering of a triangle with a tail, and of a clique with self-loops', () => {
  const mean = (graph: Graph): number => runSync(clusteringCoefficient(graph.adjacency, new Random(1))).mean
  const tail = undirected(4, [
    [0, 1],
    [1, 2],
    [2, 0],
    [2, 3],
  ])
  expect(mean(tail)).toBeCloseTo((1 + 1 + 1 / 3 + 0) / 4, 12)
  const clique = undirected(3, [
    [0, 1],
    [1, 2],
    [2, 0],
    [0, 0],
  ])
  expect(mean(clique)).toBe(1)
})

test('a sampled clustering coefficient is near the exact one, within its own error', () => {
  const graph = plantedPartition(new Random(2), 5, 40, 0.4, 0.05)
  const exact = runSync(clusteringCoefficient(graph.adjacency, new Random(1)))
  const sampled = runSync(clusteringCoefficient(graph.adjacency, new Random(1), { budget: 0, sample: 150 }))
  expect(sampled.sampled).toBe(150)
  expect(sampled.error).toBeGreaterThan(0)
  expect(Math.abs(sampled.mean - exact.mean)).toBeLessThan(4 * sampled.error)
})

test('PageRank of two nodes and a dead end, worked out by hand', () => {
  // 0 → 1 → 2, 0 → 2 with weight 3; node 2 leads nowhere, so its score goes everywhere.
  const a = graphOfRows([
    [
      [1, 1],
      [2, 3],
    ],
    [[2, 1]],
    [],
  ]).adjacency
  const x = runSync(pageRank(a, { tolerance: 1e-14 }))
  const d = 0.85
  const base = (1 - d) / 3 + (d * x[2]) / 3
  expect(x[0]).toBeCloseTo(base, 12)
  expect(x[1]).toBeCloseTo(base + (d * x[0]) / 4, 12)
  expect(x[2]).toBeCloseTo(base + (d * x[0] * 3) / 4 + d * x[1], 12)
  expect(x[0] + x[1] + x[2]).toBeCloseTo(1, 12)
  expect(() => runSync(pageRank(a, { rounds: 2 }))).toThrow('still changes')
})
