import { describe, expect, test } from 'vitest'
import { graphOfRows, undirected } from '../../../test/graphs.ts'
import { Random } from '../../random.ts'
import type { Graph } from '../graph.ts'
import { WalkBatch } from './batch.ts'
import { firstOrderWalks } from './first-order.ts'
import { walkKey } from './generator.ts'
import type { WalkSettings } from './settings.ts'
import { walkTables } from './tables.ts'
import { createWalker, walkSentences } from './walker.ts'

/** 0–1–2–3 in a square with the diagonal 0–2, a tail 3–4, and 5 alone; a self-loop at 4. */
const kite = undirected(6, [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
  [0, 2],
  [3, 4],
  [4, 4],
])

function walksOf(graph: Graph, settings: Partial<WalkSettings>, seed = 1, epoch = 0): number[][] {
  const all: number[][] = []
  const full = { walks: 2, length: 10, start: 'every', ...settings } as const
  for (const { tokens, offsets } of walkSentences(graph, full, new Random(seed), epoch)) {
    for (let s = 0; s + 1 < offsets.length; s++) all.push([...tokens.subarray(offsets[s], offsets[s + 1])])
  }
  return all
}

/** How often each next node follows `path`, as shares. */
function shares(walks: readonly number[][], path: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  let total = 0
  for (const walk of walks) {
    for (let i = 0; i + path.length < walk.length; i++) {
      if (!path.every((v, j) => walk[i + j] === v)) continue
      const next = walk[i + path.length]
      counts.set(next, (counts.get(next) ?? 0) + 1)
      total++
    }
  }
  return new Map([...counts].map(([v, count]) => [v, count / total]))
}

describe('every mode', () => {
  const modes: [string, Partial<WalkSettings>][] = [
    ['first order', {}],
    ['second order', { p: 0.25, q: 4 }],
    ['by frequency', { start: 'frequency' }],
  ]
  test.each(modes)('%s: steps follow edges, reproducibly', (_, mode) => {
    const walks = walksOf(kite, mode)
    expect(walks).toHaveLength(12)
    for (const walk of walks) {
      for (let i = 1; i < walk.length; i++) expect(kite.adjacency.has(walk[i - 1], walk[i])).toBe(true)
    }
    expect(walksOf(kite, mode)).toEqual(walks)
    expect(walksOf(kite, mode, 2)).not.toEqual(walks)
    expect(walksOf(kite, mode, 1, 1)).not.toEqual(walks)
  })

  test.each(modes)('%s: an epoch is cut into batches without losing a walk', (_, mode) => {
    const sentences = [
      ...createWalker(kite, { walks: 3000, length: 10, start: 'every', ...mode }).sentences(new Random(1), 0),
    ]
    expect(sentences.length).toBeGreaterThan(1)
    expect(sentences.reduce((sum, s) => sum + s.offsets.length - 1, 0)).toBe(18_000)
  })
})

test('every node starts its walks, in another order each time; a node alone is a walk of one', () => {
  const walks = walksOf(kite, { walks: 3 })
  const rounds = [walks.slice(0, 6), walks.slice(6, 12), walks.slice(12)].map((r) => r.map((walk) => walk[0]))
  for (const round of rounds) expect(new Set(round).size).toBe(6)
  expect(rounds[0]).not.toEqual(rounds[1])
  expect(walks.filter(([first]) => first === 5)).toEqual([[5], [5], [5]])
  expect(walks.filter(([first]) => first !== 5).every((walk) => walk.length === 10)).toBe(true)
})

test('a walk depends on key, node and repetition alone, not on its neighbours in the batch', () => {
  const tables = walkTables(kite.adjacency, true)
  const key = walkKey(new Random(5), 3)
  const run = (identities: [number, number][]): string[] => {
    const batch = new WalkBatch(12, key)
    for (const [node, repetition] of identities) batch.add(node, repetition)
    firstOrderWalks([tables], batch)
    const { tokens, offsets } = batch.sentences()
    return identities.map((_, s) => tokens.subarray(offsets[s], offsets[s + 1]).join())
  }
  const many = Array.from({ length: 300 }, (_, i): [number, number] => [i % 6, i])
  expect(run(many)).toEqual(many.map((one) => run([one])[0]))
  const [seen] = [...createWalker(kite, { walks: 1, length: 12, start: 'every' }).sentences(new Random(5), 3)]
  expect(seen.tokens.subarray(0, seen.offsets[1]).join()).toBe(run([[seen.tokens[0], 0]])[0])
})

test('dead ends end a walk; directions are kept', () => {
  const line = graphOfRows([[[1, 1]], [[2, 1]], []])
  const walks = walksOf(line, { walks: 1 })
  expect(walks.toSorted((a, b) => a[0] - b[0])).toEqual([[0, 1, 2], [1, 2], [2]])
})

test('steps go by weight, and never along an edge of weight zero', () => {
  const star = graphOfRows([
    [
      [1, 1],
      [2, 3],
      [3, 0],
      [4, 6],
    ],
    [[0, 1]],
    [[0, 1]],
    [[0, 1]],
    [[0, 1]],
  ])
  const after = shares(walksOf(star, { walks: 400, length: 41 }), [0])
  expect(after.get(3)).toBeUndefined()
  expect(after.get(1)).toBeCloseTo(0.1, 1.5)
  expect(after.get(2)).toBeCloseTo(0.3, 1.5)
  expect(after.get(4)).toBeCloseTo(0.6, 1.5)
  // Nothing but zeros is a dead end.
  expect(
    walksOf(graphOfRows([[[1, 0]], []]), { walks: 1 })
      .flat()
      .join(),
  ).toMatch(/^(0,1|1,0)$/)
})

test('a self-loop is a step like any other, and weights of rows may differ by 10³⁰', () => {
  expect(shares(walksOf(kite, { walks: 2000, length: 20 }), [4]).get(4)).toBeCloseTo(0.5, 1.5)
  const extreme = graphOfRows([
    [
      [0, 1e-30],
      [1, 3e-30],
    ],
    [
      [0, 1e30],
      [1, 1e30],
    ],
  ])
  const walks = walksOf(extreme, { walks: 2000, length: 20 })
  expect(shares(walks, [0]).get(1)).toBeCloseTo(0.75, 1.5)
  expect(shares(walks, [1]).get(1)).toBeCloseTo(0.5, 1.5)
})

test('starts by frequency follow the weight of the outgoing edges', () => {
  const graph = graphOfRows([
    [[1, 1]],
    [
      [0, 2],
      [2, 3],
    ],
    [[0, 4]],
    [],
  ])
  const starts = [0, 0, 0, 0]
  for (const [first] of walksOf(graph, { walks: 5000, length: 2, start: 'frequency' })) starts[first]++
  expect(starts[3]).toBe(0)
  for (const [v, share] of [0.1, 0.5, 0.4].entries()) expect(starts[v] / 20_000).toBeCloseTo(share, 1.7)
})

test.each([-1, NaN, Infinity])('a weight of %d is refused by name', (weight) => {
  expect(() => walksOf(graphOfRows([[], [[0, weight]]]), {})).toThrow(
    `weight of the edge from row 1 to row 0: expected a number of 0 or more, got ${weight}`,
  )
})
