import { expect, test } from 'vitest'
import { graphOfRows, karateClub, undirected } from '../../test/graphs.ts'
import { modularity } from './modularity.ts'

test('two triangles joined by an edge', () => {
  const graph = undirected(6, [
    [0, 1],
    [1, 2],
    [2, 0],
    [3, 4],
    [4, 5],
    [5, 3],
    [2, 3],
  ])
  // 12 of 14 ends within; 7 of 14 in each half.
  expect(modularity(graph, Int32Array.of(0, 0, 0, 1, 1, 1))).toBeCloseTo(12 / 14 - 1 / 2, 12)
  expect(modularity(graph, new Int32Array(6))).toBeCloseTo(0, 12)
  expect(modularity(graph, Int32Array.of(0, 1, 2, 3, 4, 5))).toBeLessThan(0)
  expect(modularity(graph, Int32Array.of(0, 0, 0, 1, 1, 1), 2)).toBeCloseTo(12 / 14 - 1, 12)
})

test('weights and self-loops: a loop has two ends', () => {
  const graph = undirected(2, [
    [0, 0, 3],
    [0, 1, 2],
  ])
  // A = [[6, 2], [2, 0]], W = 10.
  expect(modularity(graph, Int32Array.of(0, 1))).toBeCloseTo(6 / 10 - (0.64 + 0.04), 12)
})

test('directions: what leaves and what arrives', () => {
  const graph = graphOfRows([[[1, 1]], [[2, 1]], [[0, 2]]])
  // W = 4, communities {0, 1} and {2}: within 1; out 2 and 2, in 3 and 1.
  expect(modularity(graph, Int32Array.of(0, 0, 1))).toBeCloseTo(1 / 4 - (2 * 3 + 2 * 1) / 16, 12)
})

test('Zachary’s two factions', () => {
  const faction = Int32Array.from({ length: 34 }, (_, v) =>
    [9, 14, 15, 18, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33].includes(v) ? 1 : 0,
  )
  // As published for the split that Zachary observed, with node 9 (here 8) on the first side.
  expect(modularity(karateClub(), faction)).toBeCloseTo(0.3582, 4)
})

test('nothing to measure, and communities of other nodes', () => {
  expect(modularity(undirected(3, []), Int32Array.of(0, 1, 2))).toBe(0)
  expect(() => modularity(undirected(3, []), Int32Array.of(0, 1))).toThrow('each of 3 nodes')
  expect(() => modularity(undirected(2, []), Int32Array.of(0, -1))).toThrow('a community from 0')
})
