import { describe, expect, test } from 'vitest'
import { graphOfRows, karateClub, plantedPartition, undirected } from '../../../test/graphs.ts'
import { modularity } from '../../metrics/modularity.ts'
import { Random } from '../../random.ts'
import { runSync } from '../../train/run.ts'
import type { Graph } from '../graph.ts'
import { neighbourhood, inducedSubgraph } from '../neighbourhood.ts'
import { undirectedAdjacency } from '../undirected.ts'
import { type Communities, leiden, louvain } from './communities.ts'

function clique(nodes: readonly number[]): [number, number][] {
  return nodes.flatMap((a, i) => nodes.slice(0, i).map((b): [number, number] => [a, b]))
}

const twoCliques = undirected(11, [...clique([0, 2, 4, 6, 8]), ...clique([1, 3, 5, 7, 9]), [0, 1]])

function isConnected(graph: Graph, nodes: readonly number[]): boolean {
  return neighbourhood(inducedSubgraph(graph, nodes), [0], Infinity).nodes.length === nodes.length
}

describe.each([
  ['louvain', louvain],
  ['leiden', leiden],
] as const)('%s', (_, method) => {
  const find = (graph: Graph, seed = 1, resolution = 1): Communities =>
    runSync(method(graph, new Random(seed), { resolution }))

  test('two cliques joined by an edge, and a node alone', () => {
    const { of, sizes } = find(twoCliques)
    expect([...sizes]).toEqual([5, 5, 1])
    for (const v of [2, 4, 6, 8]) expect(of[v]).toBe(of[0])
    for (const v of [3, 5, 7, 9]) expect(of[v]).toBe(of[1])
    expect(of[10]).toBe(2)
  })

  test('the karate club: close to the greatest modularity there is, 0.4198', () => {
    const found = [1, 2, 3, 4, 5].map((seed) => modularity(karateClub(), find(karateClub(), seed).of))
    expect(Math.max(...found)).toBeCloseTo(0.4198, 4)
    expect(Math.min(...found)).toBeGreaterThan(0.41)
    expect(Math.max(...found)).toBeLessThan(0.41979)
  })

  test('a planted partition of 8 × 25 nodes', () => {
    const graph = plantedPartition(new Random(3), 8, 25, 0.5, 0.02)
    const { of, sizes } = find(graph)
    expect([...sizes]).toEqual([25, 25, 25, 25, 25, 25, 25, 25])
    for (let v = 0; v < 200; v++) expect(of[v]).toBe(of[v % 8])
  })

  test('the same seed gives the same; communities are numbered by size and connected', () => {
    const graph = plantedPartition(new Random(5), 6, 30, 0.2, 0.03)
    const { of, sizes } = find(graph, 7)
    expect(find(graph, 7).of).toEqual(of)
    for (let c = 0; c < sizes.length; c++) {
      const members = [...of.keys()].filter((v) => of[v] === c)
      expect(members).toHaveLength(sizes[c])
      if (c > 0) expect(sizes[c]).toBeLessThanOrEqual(sizes[c - 1])
      if (method === leiden) expect(isConnected(graph, members)).toBe(true)
    }
  })

  test('weights decide; self-loops are part of a node', () => {
    const ring = undirected(4, [
      [0, 1, 10],
      [1, 2, 1],
      [2, 3, 10],
      [3, 0, 1],
      [3, 3, 5],
    ])
    const { of } = find(ring)
    expect([of[0] === of[1], of[2] === of[3], of[1] === of[2]]).toEqual([true, true, false])
  })

  test('resolution: more gives more communities', () => {
    expect(find(karateClub(), 1, 4).sizes.length).toBeGreaterThan(find(karateClub()).sizes.length)
    expect(find(karateClub(), 1, 0.01).sizes).toHaveLength(1)
    expect(() => find(karateClub(), 1, 0)).toThrow('resolution: expected a number above 0')
  })

  test('directed graphs are taken without directions; no edges leave every node alone', () => {
    const rows = [[1], [2], [0], [4], [5], [3, 0]].map((row) => row.map((to): [number, number] => [to, 1]))
    const { of } = find(graphOfRows(rows))
    expect([...of]).toEqual([0, 0, 0, 1, 1, 1])
    expect(find(undirected(3, [])).sizes).toHaveLength(3)
    expect(find(undirected(0, [])).sizes).toHaveLength(0)
  })
})

test('without directions: opposite edges are added, self-loops stay', () => {
  const a = undirectedAdjacency(
    graphOfRows([
      [
        [0, 5],
        [1, 2],
      ],
      [
        [0, 3],
        [2, 1],
      ],
      [],
    ]),
  )
  expect([...a.indices]).toEqual([0, 1, 0, 2, 1])
  expect([...a.values!]).toEqual([5, 5, 5, 1, 1])
})
