import { expect, test } from 'vitest'
import { undirected } from '../../../test/graphs.ts'
import { Random } from '../../random.ts'
import { createMetapathWalker } from './metapath.ts'

/** Users 0, 1; items 2, 3, 4; shops 5, 6. User 1 has only item 4, which no shop has. */
const graph = undirected(7, [
  [0, 2, 1],
  [0, 3, 3],
  [1, 4],
  [2, 5],
  [3, 5],
  [3, 6],
  [0, 1],
])
const types = { names: ['user', 'item', 'shop'], of: Int32Array.of(0, 0, 1, 1, 1, 2, 2) }
const settings = { walks: 500, length: 9, start: 'every' } as const

function walksOf(path: readonly string[], start: 'every' | 'frequency' = 'every'): number[][] {
  const walker = createMetapathWalker(graph, types, path, { ...settings, start })
  const all: number[][] = []
  for (const { tokens, offsets } of walker.sentences(new Random(1), 0)) {
    for (let s = 0; s + 1 < offsets.length; s++) all.push([...tokens.subarray(offsets[s], offsets[s + 1])])
  }
  return all
}

test('types follow the path, which is gone through again and again', () => {
  const path = ['user', 'item', 'shop', 'item', 'user']
  const walks = walksOf(path)
  expect(walks).toHaveLength(1000)
  for (const walk of walks) {
    walk.forEach((v, i) => expect(types.names[types.of[v]]).toBe(path[i % 4]))
    walk.slice(1).forEach((v, i) => expect(graph.adjacency.has(walk[i], v)).toBe(true))
  }
  // User 1's only item has no shop: a dead end.
  expect(new Set(walks.filter(([v]) => v === 1).map(String))).toEqual(new Set(['1,4']))
  const fromZero = walks.filter(([v]) => v === 0)
  expect(fromZero.filter((walk) => walk[1] === 3).length / fromZero.length).toBeCloseTo(0.75, 1)
  expect(fromZero.some((walk) => walk.length === 9)).toBe(true)
})

test('starts by frequency count only steps that the path can take', () => {
  const walks = walksOf(['user', 'item', 'user'], 'frequency')
  expect(walks.filter(([v]) => v === 0).length / walks.length).toBeCloseTo(0.8, 1)
})

test('paths that do not close and unknown types are refused', () => {
  expect(() => walksOf(['user', 'item'])).toThrow('the last the same as the first')
  expect(() => walksOf(['user'])).toThrow('at least two types')
  expect(() => walksOf(['user', 'brand', 'user'])).toThrow('unknown node type "brand"')
  const short = { names: ['user'], of: new Int32Array(3) }
  expect(() => createMetapathWalker(graph, short, ['user', 'user'], settings)).toThrow(
    'a type for each of 7 nodes',
  )
})
