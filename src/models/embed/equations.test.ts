import { describe, expect, test } from 'vitest'
import { Vocabulary } from '../../data/vocabulary.ts'
import { edgeSampler } from '../../graph/edge-samples.ts'
import { heap } from '../../kernels/heap.ts'
import { Random } from '../../random.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { runSync } from '../../train/run.ts'
import { occurrences } from './item2vec.ts'
import { concatenated, line, weightedDegrees } from './line.ts'

/** a – b with weight 1, b – c with weight 3. */
const path = new Sparse(
  3,
  3,
  Uint32Array.of(0, 1, 3, 4),
  Int32Array.of(1, 0, 2, 1),
  Float32Array.of(1, 1, 3, 3),
).declareSymmetric()

test('Item2vec counts the tokens', () => {
  expect([...occurrences(Int32Array.of(2, 0, 2, 2), 4)]).toEqual([1, 0, 3, 0])
})

describe('LINE', () => {
  test('degrees are sums of weights, of edges where there are none', () => {
    expect([...weightedDegrees(path)]).toEqual([1, 4, 3])
    expect([...weightedDegrees(new Sparse(3, 3, path.indptr, path.indices, null))]).toEqual([1, 2, 1])
  })

  test('both orders stand side by side at unit length; a zero vector stays zero', () => {
    heap.scope(() => {
      const a = heap.place(Float32Array.of(3, 4, 0, 0))
      const b = heap.place(Float32Array.of(-2, 5))
      expect([...concatenated(a, 2, b, 1, 2)].map((x) => Number(x.toFixed(6)))).toEqual([
        0.6, 0.8, -1, 0, 0, 1,
      ])
    })
  })

  test('edges are drawn in proportion to their weights, in batches that add up', () => {
    const seen = new Map<string, number>()
    let total = 0
    for (const { tokens, offsets } of edgeSampler(path)(new Random(4), 200_000)) {
      for (let s = 0; s + 1 < offsets.length; s++) {
        const key = `${tokens[2 * s]}${tokens[2 * s + 1]}`
        seen.set(key, (seen.get(key) ?? 0) + 1)
        total++
      }
    }
    expect(total).toBe(200_000)
    const share = Object.fromEntries([...seen].map(([key, count]) => [key, count / total]))
    for (const [key, expected] of Object.entries({ '01': 1 / 8, '10': 1 / 8, '12': 3 / 8, '21': 3 / 8 }))
      expect(share[key]).toBeCloseTo(expected, 2)
  })

  test('the first order puts neighbours near, the second those with the same neighbours', () => {
    // A 4-cycle 0-1-2-3: 0 and 2 are no neighbours but share both of theirs.
    const indices = Int32Array.of(1, 3, 0, 2, 1, 3, 0, 2)
    const adjacency = new Sparse(4, 4, Uint32Array.of(0, 2, 4, 6, 8), indices, null).declareSymmetric()
    const graph = { nodes: Vocabulary.from(['0', '1', '2', '3']), adjacency, directed: false }
    const cosine = (order: 'first' | 'second', x: number, y: number): number =>
      heap.scope(() => {
        const settings = line.config.parse({ order, dim: 8, epochs: 3000, rate: 0.05, deterministic: true })
        const { vectors } = runSync(
          line.fit({ graph }, settings, { rng: new Random(1), resume: null, heldOut: null }),
        )
        const row = (r: number): number[] => [...vectors.data.subarray(8 * r, 8 * r + 8)]
        const dot = (a: number[], b: number[]): number => a.reduce((sum, v, i) => sum + v * b[i], 0)
        return dot(row(x), row(y)) / Math.sqrt(dot(row(x), row(x)) * dot(row(y), row(y)))
      })
    expect(cosine('second', 0, 2)).toBeGreaterThan(0.9)
    expect(cosine('second', 0, 1)).toBeLessThan(cosine('second', 0, 2) - 0.3)
    expect(cosine('first', 0, 1)).toBeGreaterThan(cosine('first', 0, 2))
  })
})
