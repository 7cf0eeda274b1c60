import { expect, test } from 'vitest'
import { graphOfRows, rowOf, undirected } from '../../test/graphs.ts'
import { inducedSubgraph, neighbourhood } from './neighbourhood.ts'

const path = undirected(6, [
  [0, 1, 2],
  [1, 2, 3],
  [2, 3, 4],
  [4, 5, 1],
  [1, 1, 7],
])

test('nodes within k steps, by distance', () => {
  expect([...neighbourhood(path, [1], 0).nodes]).toEqual([1])
  const { nodes, hops } = neighbourhood(path, [1], 2)
  expect([...nodes]).toEqual([1, 0, 2, 3])
  expect([...hops]).toEqual([0, 1, 1, 2])
  expect([...neighbourhood(path, [0, 5, 0], 1).nodes]).toEqual([0, 5, 1, 4])
  expect(neighbourhood(path, [0], Infinity).nodes).toHaveLength(4)
})

test('directions are kept', () => {
  const arrow = graphOfRows([[[1, 1]], [], [[0, 1]]])
  expect([...neighbourhood(arrow, [0], 5).nodes]).toEqual([0, 1])
})

test('rows that are not there and a negative k are refused', () => {
  expect(() => neighbourhood(path, [6], 1)).toThrow('node: expected a row from 0 to 5, got 6')
  expect(() => neighbourhood(path, [0], -1)).toThrow('k: expected')
})

test('the part of a graph between nodes, in the order given', () => {
  const part = inducedSubgraph(path, [2, 1, 5])
  expect(part.nodes.ids()).toEqual(['2', '1', '5'])
  expect([0, 1, 2].map((v) => rowOf(part, v))).toEqual([{ 1: 3 }, { 0: 3, 1: 7 }, {}])
  expect(() => inducedSubgraph(path, [1, 1])).toThrow('row 1 twice')
})
