import { describe, expect, test } from 'vitest'
import { graphOfRows, undirected } from '../../../test/graphs.ts'
import { Random } from '../../random.ts'
import type { Graph } from '../graph.ts'
import { walkSentences } from './walker.ts'

/** The definition: chances of going from v to each x, having come from t. */
function expectedStep(
  { adjacency: a }: Graph,
  p: number,
  q: number,
  t: number,
  v: number,
): Map<number, number> {
  const chances = new Map<number, number>()
  // An edge of weight zero is none.
  const row = a.indices.subarray(a.indptr[t], a.indptr[t + 1])
  const near = new Set([...row].filter((_, i) => a.values![a.indptr[t] + i] > 0))
  for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) {
    const x = a.indices[e]
    const factor = x === t ? 1 / p : near.has(x) ? 1 : 1 / q
    if (a.values![e] > 0) chances.set(x, factor * a.values![e])
  }
  const total = [...chances.values()].reduce((sum, c) => sum + c, 0)
  return new Map([...chances].map(([x, c]) => [x, c / total]))
}

/** The greatest distance of a step's share from its chance, in standard deviations, over all (t, v, x) and of a χ² of all. */
function deviation(graph: Graph, p: number, q: number, walks: number): { worst: number; steps: number } {
  const n = graph.nodes.size
  const counts = new Float64Array(n * n * n)
  for (const { tokens, offsets } of walkSentences(
    graph,
    { walks, length: 40, start: 'every', p, q },
    new Random(3),
  )) {
    for (let s = 0; s + 1 < offsets.length; s++) {
      for (let i = offsets[s] + 2; i < offsets[s + 1]; i++) {
        counts[(tokens[i - 2] * n + tokens[i - 1]) * n + tokens[i]]++
      }
    }
  }
  let worst = 0
  let steps = 0
  for (let t = 0; t < n; t++) {
    for (let v = 0; v < n; v++) {
      const row = counts.subarray((t * n + v) * n, (t * n + v + 1) * n)
      const total = row.reduce((sum, c) => sum + c, 0)
      if (total === 0) continue
      steps += total
      const expected = expectedStep(graph, p, q, t, v)
      for (let x = 0; x < n; x++) {
        const chance = expected.get(x) ?? 0
        if (chance === 0) expect(row[x]).toBe(0)
        else if (chance < 1) {
          worst = Math.max(
            worst,
            Math.abs(row[x] - total * chance) / Math.sqrt(total * chance * (1 - chance)),
          )
        }
      }
    }
  }
  return { worst, steps }
}

const edges: [number, number, number][] = [
  [0, 1, 1],
  [1, 2, 1],
  [2, 0, 1],
  [2, 3, 1],
  [3, 4, 1],
  [4, 5, 1],
  [5, 3, 1],
  [5, 6, 1],
  [6, 6, 1],
]

describe.each([
  [1, 1],
  [0.25, 4],
  [4, 0.25],
  [0.25, 0.25],
  [4, 4],
  [0.01, 1],
  [1000, 1],
  [1, 1000],
])('p = %d, q = %d', (p, q) => {
  test('without weights', () => {
    const { worst, steps } = deviation(undirected(7, edges), p, q, 2000)
    expect(steps).toBe(7 * 2000 * 38)
    expect(worst).toBeLessThan(4.5)
  })

  test('with weights', () => {
    const weighted = undirected(
      7,
      edges.map(([a, b], i) => [a, b, 1 + ((i * 5) % 7)]),
    )
    expect(deviation(weighted, p, q, 2000).worst).toBeLessThan(4.5)
  })

  test('with directions', () => {
    const directed = graphOfRows([
      [
        [1, 2],
        [2, 1],
        [3, 5],
      ],
      [
        [2, 1],
        [0, 4],
      ],
      [
        [0, 1],
        [3, 3],
        [1, 0],
      ],
      [
        [0, 1],
        [1, 1],
        [2, 1],
        [3, 2],
      ],
    ])
    expect(deviation(directed, p, q, 2000).worst).toBeLessThan(4.5)
  })
})

test('a return that outweighs all else by 10⁶ and is 10⁶ times less likely does not hang', () => {
  const graph = undirected(3, [
    [0, 1, 1e6],
    [1, 2, 1],
    [0, 0, 1e-6],
  ])
  expect(deviation(graph, 1e6, 1, 500).worst).toBeLessThan(4.5)
})

test('a hub of 500 spokes whose factors are all tiny', () => {
  const hub = undirected(
    501,
    Array.from({ length: 500 }, (_, i) => [0, i + 1]),
  )
  let far = 0
  let back = 0
  const settings = { walks: 10, length: 10, start: 'every', p: 1, q: 1e5 } as const
  for (const { tokens, offsets } of walkSentences(hub, settings, new Random(1))) {
    for (let s = 0; s + 1 < offsets.length; s++) {
      for (let i = offsets[s] + 2; i < offsets[s + 1]; i++) {
        if (tokens[i - 1] !== 0) continue
        if (tokens[i] === tokens[i - 2]) back++
        else far++
      }
    }
  }
  // Back: 1. Any of 499 others: 10⁻⁵ each.
  expect(far / (far + back)).toBeCloseTo(499e-5 / (1 + 499e-5), 2)
})
