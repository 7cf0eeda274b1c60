import { describe, expect, test } from 'vitest'
import { keepThresholds, noiseTable } from './noise.ts'

/** The probability of each node under an alias table, added up cell by cell. */
function distribution(table: Uint32Array): Float64Array {
  const n = table.length / 2
  const p = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const share = table[2 * i] / 2 ** 32
    p[i] += share / n
    p[table[2 * i + 1]] += (1 - share) / n
  }
  return p
}

describe('noiseTable', () => {
  test.each([
    [[1], 0.75],
    [[0, 3, 0], 0.75],
    [[1, 16, 81, 0, 256, 1e6], 0.75],
    [Array.from({ length: 1000 }, (_, i) => (i * i) % 97), 1],
    [[5, 0, 7], 0],
  ])('has the distribution count^power: %j', (counts, power) => {
    const weights = counts.map((count) => (count > 0 ? count ** power : 0))
    const total = weights.reduce((sum, w) => sum + w, 0)
    const p = distribution(noiseTable(counts, power))
    counts.forEach((count, i) => {
      expect(Math.abs(p[i] - weights[i] / total)).toBeLessThan(2 ** -31)
      if (count === 0) expect(p[i]).toBe(0)
    })
  })
})

describe('keepThresholds', () => {
  test('keeps √(t/f) + t/f of the frequent ones and all of the others', () => {
    const keep = keepThresholds([900, 100, 0], 0.1)!
    expect(keep[0] / 2 ** 32).toBeCloseTo(Math.sqrt(1 / 9) + 1 / 9, 8)
    expect(Array.from(keep.subarray(1))).toEqual([0xffffffff, 0xffffffff])
    expect(keepThresholds([1, 2], 0)).toBeNull()
  })
})
