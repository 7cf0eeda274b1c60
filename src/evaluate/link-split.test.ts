import { describe, expect, test } from 'vitest'
import { graphOfRows, undirected } from '../../test/graphs.ts'
import type { Graph } from '../graph/graph.ts'
import { Random } from '../random.ts'
import { edgeList, splitEdges } from './link-split.ts'

const rng = new Random(5)
/** 60 nodes in a ring with 120 chords, weights 1 … 5, a self-loop and an isolated node. */
const edges: [number, number, number][] = Array.from({ length: 60 }, (_, v) => [v, (v + 1) % 60, 1 + (v % 5)])
const have = new Set(edges.map(([a, b]) => `${Math.min(a, b)},${Math.max(a, b)}`))
while (have.size < 180) {
  const [a, b] = [rng.int(60), rng.int(60)].sort((x, y) => x - y)
  if (a === b || have.has(`${a},${b}`)) continue
  have.add(`${a},${b}`)
  edges.push([a, b, 1 + (a % 5)])
}
const graph = undirected(62, [...edges, [7, 7, 2]])

function components({ adjacency: a }: Graph): number {
  const seen = new Set<number>()
  let count = 0
  for (let start = 0; start < a.rows; start++) {
    if (seen.has(start)) continue
    count++
    const stack = [start]
    for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
      if (seen.has(v)) continue
      seen.add(v)
      stack.push(...a.row(v), ...a.transposed.row(v))
    }
  }
  return count
}

describe('splitEdges', () => {
  const split = splitEdges(graph, { share: 0.25, rng: new Random(1) })
  const { from, to, negativeFrom, negativeTo } = split.test
  const a = split.train.adjacency

  test('a quarter of the edges leave, both ways, with nothing else changed', () => {
    expect([split.edges, from.length]).toEqual([180, 45])
    expect(a.nnz).toBe(graph.adjacency.nnz - 90)
    expect(a.transposed).toBe(a)
    from.forEach((v, i) => {
      expect(v).toBeLessThan(to[i])
      expect(graph.adjacency.has(v, to[i])).toBe(true)
      expect([a.has(v, to[i]), a.has(to[i], v)]).toEqual([false, false])
    })
    expect(a.has(7, 7)).toBe(true)
    for (let v = 0; v < 62; v++) {
      for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) {
        const whole = graph.adjacency
        const at = whole.row(v).indexOf(a.indices[e])
        expect(a.values![e]).toBe(whole.values![whole.indptr[v] + at])
      }
    }
  })

  test('no component falls apart; with `any` some do', () => {
    expect([components(graph), components(split.train)]).toEqual([3, 3])
    const most = splitEdges(graph, { share: 0.9, rng: new Random(1) })
    expect(components(most.train)).toBe(3)
    // A spanning tree of the ring stays: 59 edges.
    expect(most.test.from.length).toBe(180 - 59)
    const loose = splitEdges(graph, { share: 0.9, keep: 'any', rng: new Random(1) })
    expect(loose.test.from.length).toBe(162)
    expect(components(loose.train)).toBeGreaterThan(3)
  })

  test('negatives: as many, distinct, no edges of the whole graph, no loops', () => {
    const keys = Array.from(negativeFrom, (v, i) => `${v},${negativeTo[i]}`)
    expect(new Set(keys).size).toBe(45)
    negativeFrom.forEach((v, i) => {
      expect(v).toBeLessThan(negativeTo[i])
      expect(graph.adjacency.has(v, negativeTo[i])).toBe(false)
    })
  })

  test('the seed decides', () => {
    const again = splitEdges(graph, { share: 0.25, rng: new Random(1) })
    expect(again.test).toEqual(split.test)
    expect(splitEdges(graph, { share: 0.25, rng: new Random(2) }).test).not.toEqual(split.test)
  })

  test('directed graphs: each direction is an edge of its own', () => {
    const rows = Array.from({ length: 30 }, (_, v) =>
      [1, 2, 3].map((step) => [(v + step) % 30, 1] as [number, number]),
    )
    const circle = graphOfRows(rows)
    const { train, test, edges: count } = splitEdges(circle, { share: 0.3, rng: new Random(3) })
    expect([count, test.from.length, train.adjacency.nnz]).toEqual([90, 27, 63])
    expect(components(train)).toBe(1)
    test.negativeFrom.forEach((v, i) => expect(circle.adjacency.has(v, test.negativeTo[i])).toBe(false))
    // v → v + 1 is an edge and v + 1 → v is not, so it may be a negative.
    expect(Array.from(test.negativeFrom).some((v, i) => v > test.negativeTo[i])).toBe(true)
  })

  test('what cannot be split is refused', () => {
    const path = undirected(3, [
      [0, 1],
      [1, 2],
    ])
    expect(() => splitEdges(path, { share: 0.5, rng })).toThrow(
      /no edge of 2 can be held out without cutting/,
    )
    expect(splitEdges(path, { share: 0.5, keep: 'any', rng }).test.from.length).toBe(1)
    expect(() => splitEdges(path, { share: 0, rng })).toThrow(/share of held-out edges.*got 0/)
    const full = undirected(4, [
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ])
    expect(() => splitEdges(full, { share: 0.5, rng })).toThrow(/too few are left/)
  })
})

test('edgeList: each edge once, loops left out', () => {
  const { from, to } = edgeList(graph.adjacency, false)
  expect(from.length).toBe(180)
  expect(Array.from(from).every((v, i) => v < to[i])).toBe(true)
  expect(edgeList(graph.adjacency, true).from.length).toBe(360)
})
