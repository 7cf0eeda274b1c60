import { describe, expect, test } from 'vitest'
import { fitCurve } from './curve.ts'
import { fuzzySet, smoothDistances } from './fuzzy-set.ts'

describe('smoothDistances', () => {
  test('ρ is the nearest distance above 0, and memberships add up to log₂ k', () => {
    const distances = Float32Array.from([0, 1, 2, 4, 3, 3, 5, 9])
    const { rho, sigma } = smoothDistances(distances, 4)
    expect([...rho]).toEqual([1, 3])
    for (let i = 0; i < 2; i++) {
      let sum = 0
      for (let j = 0; j < 4; j++) sum += Math.exp(-Math.max(0, distances[i * 4 + j] - rho[i]) / sigma[i])
      // The second row has two neighbours at ρ: 2 is the least that its memberships can add up to, and σ meets its bound.
      expect(sum).toBeCloseTo(2, 4)
    }
    expect(sigma[1]).toBeGreaterThan(0)
  })

  test('all at one place: ρ is 0 and every membership 1', () => {
    const { rho } = smoothDistances(new Float32Array(6), 2)
    expect([...rho]).toEqual([0, 0, 0])
    const graph = fuzzySet({ index: Int32Array.from([1, 2, 0, 2, 0, 1]), distances: new Float32Array(6) }, 2)
    expect([...graph.values!]).toEqual([1, 1, 1, 1, 1, 1])
  })
})

describe('fuzzySet', () => {
  test('is the probabilistic union of both directions', () => {
    // 0 → 1, 2; 1 → 0, 2; 2 → 1, 0, in this order of distance.
    const index = Int32Array.from([1, 2, 0, 2, 1, 0])
    const distances = Float32Array.from([1, 2, 1, 3, 3, 4])
    const { rho, sigma } = smoothDistances(distances, 2)
    const own = (row: number, d: number): number => Math.exp(-Math.max(0, d - rho[row]) / sigma[row])
    const either = (a: number, b: number): number => a + b - a * b
    const graph = fuzzySet({ index, distances }, 2)
    const weight = (i: number, j: number): number => graph.values![graph.indptr[i] + graph.row(i).indexOf(j)]
    expect(weight(0, 1)).toBe(1)
    expect(weight(0, 2)).toBeCloseTo(either(own(0, 2), own(2, 4)), 6)
    expect(weight(1, 2)).toBeCloseTo(either(own(1, 3), own(2, 3)), 6)
    expect(weight(2, 1)).toBe(weight(1, 2))
    expect(graph.nnz).toBe(6)
  })
})

describe('fitCurve', () => {
  test('gives the a and b that are known for the usual distances', () => {
    const { a, b } = fitCurve(0.1, 1)
    expect(a).toBeCloseTo(1.57694346, 4)
    expect(b).toBeCloseTo(0.89506088, 4)
  })

  test('half the membership lies farther out, the farther points are kept apart', () => {
    const half = (minDistance: number, spread: number): number => {
      const { a, b } = fitCurve(minDistance, spread)
      return (1 / a) ** (1 / (2 * b))
    }
    expect(half(0.5, 1)).toBeGreaterThan(half(0, 1))
    // The curve is one of distances in units of the spread.
    expect(half(0.2, 2)).toBeCloseTo(2 * half(0.1, 1), 4)
  })
})
