import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { averagePrecision, hitsAt, logLoss, meanReciprocalRank, rocAuc } from './pairs.ts'

describe('known answers', () => {
  const positives = [0.9, 0.8, 0.8, 0.3, 0.1]
  const negatives = [0.8, 0.5, 0.3, 0.3, 0.2, 0.05]

  test('by scikit-learn 1.9.1, ties included', () => {
    expect(rocAuc(positives, negatives)).toBeCloseTo(0.7, 12)
    expect(averagePrecision(positives, negatives)).toBeCloseTo(0.7, 12)
    expect(logLoss(positives, negatives)).toBeCloseTo(0.6680524856526816, 12)
  })

  test('by hand: each positive among all negatives', () => {
    // Negatives above (and equal): 0, 0 (1), 0 (1), 2 (2), 5.
    expect(meanReciprocalRank(positives, negatives)).toBeCloseTo((1 + 2 * (1 / 1.5) + 1 / 4 + 1 / 6) / 5, 12)
    expect(hitsAt(positives, negatives, 1)).toBe(1 / 5)
    expect(hitsAt(positives, negatives, 2)).toBe(3 / 5)
    expect(hitsAt(positives, negatives, 6)).toBe(1)
    expect(hitsAt(positives, negatives, 7)).toBe(1)
  })

  test('perfect, reversed, all equal', () => {
    expect([rocAuc([2, 3], [0, 1]), averagePrecision([2, 3], [0, 1])]).toEqual([1, 1])
    expect(rocAuc([0, 1], [2, 3])).toBe(0)
    expect(averagePrecision([0], [2, 3])).toBeCloseTo(1 / 3, 12)
    expect([rocAuc([1, 1], [1, 1, 1]), averagePrecision([1, 1], [1, 1, 1])]).toEqual([0.5, 0.4])
    expect(hitsAt([1, 1], [1], 1)).toBe(0)
    expect(rocAuc([Infinity, 0], [-Infinity])).toBe(1)
  })

  test('undefined without positives or negatives', () => {
    for (const measure of [rocAuc, averagePrecision, meanReciprocalRank]) {
      expect(measure([], [1])).toBeNaN()
      expect(measure([1], [])).toBeNaN()
    }
    expect(hitsAt([], [1], 1)).toBeNaN()
    expect(hitsAt([1], [], 1)).toBeNaN()
    expect(logLoss([], [])).toBeNaN()
  })

  test('log-loss of a certain error is finite', () => {
    expect(logLoss([0], [])).toBeCloseTo(52 * Math.LN2, 9)
    expect(logLoss([1], [0])).toBeCloseTo(0, 12)
  })

  test('what is no score is refused', () => {
    expect(() => rocAuc([1, NaN], [0])).toThrow(/score 1: expected a number, got NaN/)
    expect(() => logLoss([1.5], [])).toThrow(/probability 0: expected from 0 to 1, got 1.5/)
    expect(() => hitsAt([1], [0], 0)).toThrow(/cut-off K/)
  })
})

test('agreement with the definitions, pair by pair', () => {
  const scores = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 25 })
  fc.assert(
    fc.property(scores, scores, fc.integer({ min: 1, max: 8 }), (positives, negatives, k) => {
      const wins: number[] = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)))
      expect(rocAuc(positives, negatives)).toBeCloseTo(wins.reduce((a, b) => a + b, 0) / wins.length, 10)
      const atLeast = (values: number[], t: number): number => values.filter((v) => v >= t).length
      const precision = positives.map((t) => {
        const found = atLeast(positives, t)
        return found / (found + atLeast(negatives, t))
      })
      expect(averagePrecision(positives, negatives)).toBeCloseTo(
        precision.reduce((a, b) => a + b, 0) / positives.length,
        10,
      )
      const within = positives.filter((p) => atLeast(negatives, p) < k).length
      expect(hitsAt(positives, negatives, k)).toBeCloseTo(within / positives.length, 12)
    }),
    { seed: 1 },
  )
})
