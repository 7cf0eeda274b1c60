import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rowOf } from '../../test/graphs.ts'
import type { Edges } from '../data/edges.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { graphFrom, relationGraphs } from './build.ts'
import { adjacencyOf } from './csr.ts'

function edges(list: readonly (readonly [number, number, number?])[], n = 4): Edges {
  const weighted = list.some(([, , weight]) => weight !== undefined)
  return {
    nodes: Vocabulary.from(Array.from({ length: n }, (_, v) => `n${v}`)),
    sources: Int32Array.from(list, ([a]) => a),
    targets: Int32Array.from(list, ([, b]) => b),
    weights: weighted ? Float32Array.from(list, ([, , weight = 1]) => weight) : null,
    times: null,
    types: null,
    nodeTypes: null,
    directed: null,
  }
}

describe('graphFrom', () => {
  test('undirected edges go both ways; rows are ascending; values are null where all are one', () => {
    const { graph, report } = graphFrom(
      edges([
        [2, 0],
        [0, 1],
        [3, 2],
      ]),
    )
    expect(graph.directed).toBe(false)
    expect(graph.adjacency.values).toBeNull()
    expect([0, 1, 2, 3].map((v) => [...graph.adjacency.row(v)])).toEqual([[1, 2], [0], [0, 3], [2]])
    expect(graph.adjacency.transposed).toBe(graph.adjacency)
    expect(report).toEqual({ parallel: 0, selfLoops: 0, zero: 0 })
  })

  test('parallel edges are added up or the greatest is taken; both directions of one are parallel', () => {
    const list = edges([
      [0, 1, 2],
      [1, 0, 3],
      [0, 1, 4],
      [2, 3, 1],
    ])
    const sum = graphFrom(list)
    expect(rowOf(sum.graph, 0)).toEqual({ 1: 9 })
    expect(rowOf(sum.graph, 1)).toEqual({ 0: 9 })
    expect(sum.report.parallel).toBe(2)
    expect(rowOf(graphFrom(list, { parallel: 'max' }).graph, 1)).toEqual({ 0: 4 })
    const directed = graphFrom(list, { directed: true })
    expect(rowOf(directed.graph, 0)).toEqual({ 1: 6 })
    expect(rowOf(directed.graph, 1)).toEqual({ 0: 3 })
    expect(directed.report.parallel).toBe(1)
  })

  test('parallel edges without weights count', () => {
    expect(
      rowOf(
        graphFrom(
          edges([
            [0, 1],
            [0, 1],
            [1, 2],
          ]),
        ).graph,
        1,
      ),
    ).toEqual({ 0: 2, 2: 1 })
  })

  test('self-loops stay once, merged like others; isolated nodes stay', () => {
    const { graph, report } = graphFrom(
      edges([
        [1, 1, 2],
        [1, 1, 3],
        [0, 1, 1],
      ]),
    )
    expect(rowOf(graph, 1)).toEqual({ 0: 1, 1: 5 })
    expect(report).toEqual({ parallel: 1, selfLoops: 1, zero: 0 })
    expect(graph.adjacency.degree(2)).toBe(0)
    expect(graph.nodes.size).toBe(4)
  })

  test('edges of weight zero are left out and counted', () => {
    const { graph, report } = graphFrom(
      edges([
        [0, 1, 0],
        [0, 2, 1],
        [2, 0, 0],
      ]),
    )
    expect(rowOf(graph, 0)).toEqual({ 2: 1 })
    expect(report).toEqual({ parallel: 0, selfLoops: 0, zero: 2 })
  })

  test.each([-1, NaN, Infinity])('a weight of %d is refused', (weight) => {
    expect(() =>
      graphFrom(
        edges([
          [0, 1, 1],
          [1, 2, weight],
        ]),
      ),
    ).toThrow(`weight of edge 1: expected a number of 0 or more, got ${weight}`)
  })

  test('weights that add up to more than float32 holds are refused', () => {
    const list = edges([
      [0, 1, 3e38],
      [0, 1, 3e38],
    ])
    expect(() => graphFrom(list)).toThrow('weights of the edges from row 0 to row 1: expected a sum')
    expect(graphFrom(list, { parallel: 'max' }).graph.adjacency.nnz).toBe(2)
  })

  test('nodes that are not there are refused; no edges are fine', () => {
    expect(() => graphFrom(edges([[0, 4]]))).toThrow('edge 0: expected nodes from 0 to 3, got 4')
    expect(graphFrom(edges([])).graph.adjacency.nnz).toBe(0)
    expect(graphFrom(edges([], 0)).graph.adjacency.rows).toBe(0)
  })

  test('any edges: the same matrix as adding one by one', () => {
    const edge = fc.tuple(fc.nat(5), fc.nat(5), fc.nat(3))
    fc.assert(
      fc.property(fc.array(edge), fc.boolean(), (list, directed) => {
        const dense = Array.from({ length: 6 }, () => [0, 0, 0, 0, 0, 0])
        for (const [a, b, weight] of list) {
          dense[a][b] += weight
          if (!directed && a !== b) dense[b][a] += weight
        }
        const { adjacency } = adjacencyOf(6, edges(list, 6), { directed })
        const found = dense.map((row) => row.map(() => 0))
        for (let v = 0; v < 6; v++) {
          for (let e = adjacency.indptr[v]; e < adjacency.indptr[v + 1]; e++) {
            found[v][adjacency.indices[e]] = adjacency.values ? adjacency.values[e] : 1
          }
        }
        expect(found).toEqual(dense)
      }),
    )
  })
})

test('a graph for each type of edges, over all nodes', () => {
  const typed = {
    ...edges([
      [0, 1, 1],
      [1, 2, 2],
      [2, 3, 3],
    ]),
    types: { names: ['knows', 'sells'], of: Int32Array.of(0, 1, 0) },
  }
  const graphs = relationGraphs(typed, { directed: true })
  expect([...graphs.keys()]).toEqual(['knows', 'sells'])
  expect(rowOf(graphs.get('knows')!, 2)).toEqual({ 3: 3 })
  expect(rowOf(graphs.get('sells')!, 1)).toEqual({ 2: 2 })
  expect(graphs.get('sells')!.adjacency.nnz).toBe(1)
  expect(() => relationGraphs(edges([[0, 1]]))).toThrow('edges with types')
})
