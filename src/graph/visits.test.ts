import { describe, expect, test } from 'vitest'
import { Vocabulary } from '../data/vocabulary.ts'
import { Random } from '../random.ts'
import { Sparse } from '../tensor/sparse.ts'
import type { Graph } from './graph.ts'
import { expectedVisits } from './visits.ts'
import { walkSentences } from './walks/walker.ts'

/** a → b → c with weight 1 and 3, b → a with weight 1; d alone. */
const path: Graph = {
  nodes: Vocabulary.from(['a', 'b', 'c', 'd']),
  adjacency: new Sparse(
    4,
    4,
    Uint32Array.of(0, 1, 3, 3, 3),
    Int32Array.of(1, 0, 2),
    Float32Array.of(1, 1, 3),
  ),
  directed: true,
}

describe('expectedVisits', () => {
  test('by hand: walks move by weight and stop at dead ends', () => {
    // Step 0: 1 1 1 1. Step 1: a ← ¼ b, b ← a, c ← ¾ b. Step 2: a ← ¼, b ← ¼, c ← ¾.
    expect([...expectedVisits(path, { walks: 2, length: 3, start: 'every' })]).toEqual([3, 4.5, 5, 2])
  })

  test('starts by frequency: in proportion to the weight of the edges', () => {
    const visits = expectedVisits(path, { walks: 1, length: 1, start: 'frequency' })
    expect([...visits]).toEqual([0.8, 3.2, 0, 0].map((x) => expect.closeTo(x, 6) as number))
  })

  test('agree with walks that were made', () => {
    const settings = { walks: 4000, length: 5, start: 'every' } as const
    const counts = new Float64Array(4)
    for (const { tokens } of walkSentences(path, settings, new Random(1)))
      for (const token of tokens) counts[token]++
    const expected = expectedVisits(path, settings)
    counts.forEach((count, v) => expect(count / expected[v]).toBeCloseTo(1, 1))
  })
})
