import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hitRateAt, mapAt, mrrAt, ndcgAt, precisionAt, recallAt } from './ranking.ts'

const items = (...rows: number[]): Int32Array => Int32Array.from(rows)
const log2 = Math.log2

describe('known answers', () => {
  // Hits at ranks 2 and 4 of the list; 3 test items, one of them not found.
  const list = items(7, 3, 9, 5, 1)
  const held = items(3, 5, 8)

  test('recall divides by all test items', () => {
    expect(recallAt(list, held, 5)).toBeCloseTo(2 / 3, 12)
    expect(recallAt(list, held, 2)).toBeCloseTo(1 / 3, 12)
    expect(recallAt(list, held, 1)).toBe(0)
  })

  test('precision divides by k', () => {
    expect(precisionAt(list, held, 5)).toBe(0.4)
    expect(precisionAt(list, held, 2)).toBe(0.5)
  })

  test('ndcg cuts the ideal at min(k, |test|)', () => {
    const gain = 1 / log2(3) + 1 / log2(5)
    expect(ndcgAt(list, held, 5)).toBeCloseTo(gain / (1 + 1 / log2(3) + 1 / log2(4)), 12)
    expect(ndcgAt(list, held, 2)).toBeCloseTo(1 / log2(3) / (1 + 1 / log2(3)), 12)
  })

  test('hit rate, reciprocal rank, average precision', () => {
    expect(hitRateAt(list, held, 1)).toBe(0)
    expect(hitRateAt(list, held, 2)).toBe(1)
    expect(mrrAt(list, held, 5)).toBe(0.5)
    expect(mrrAt(list, held, 1)).toBe(0)
    expect(mapAt(list, held, 5)).toBeCloseTo((1 / 2 + 2 / 4) / 3, 12)
    expect(mapAt(list, held, 2)).toBeCloseTo(1 / 2 / 2, 12)
  })

  test('a perfect list shorter than the test set gets 1 where the ideal is cut, and less recall', () => {
    const perfect = items(1, 2)
    const many = items(1, 2, 3, 4)
    expect(ndcgAt(perfect, many, 2)).toBe(1)
    expect(mapAt(perfect, many, 2)).toBe(1)
    expect(recallAt(perfect, many, 2)).toBe(0.5)
  })

  test('unfilled places are misses, and k beyond the list counts as unfilled', () => {
    const short = items(3, -1, -1)
    expect(precisionAt(short, held, 3)).toBeCloseTo(1 / 3, 12)
    expect(precisionAt(short, held, 10)).toBe(0.1)
    expect(recallAt(short, held, 10)).toBeCloseTo(1 / 3, 12)
    expect(ndcgAt(short, held, 1000)).toBeCloseTo(1 / (1 + 1 / log2(3) + 1 / 2), 12)
    expect(hitRateAt(items(-1, -1), items(0), 2)).toBe(0)
    expect(recallAt(items(), held, 3)).toBe(0)
  })

  test('without test items every measure is undefined', () => {
    for (const measure of [recallAt, precisionAt, ndcgAt, hitRateAt, mrrAt, mapAt]) {
      expect(measure(list, items(), 3)).toBeNaN()
    }
  })

  test.each([0, -1, 1.5, NaN])('cut-off %s is refused', (k) => {
    expect(() => recallAt(list, held, k)).toThrow(/cut-off K: expected a whole number of at least 1/)
  })
})

describe('agreement with definitions written out on sets', () => {
  const cases = fc.record({
    list: fc.shuffledSubarray([...Array(30).keys()]),
    test: fc.shuffledSubarray([...Array(30).keys()], { minLength: 1 }),
    unfilled: fc.nat(5),
    k: fc.integer({ min: 1, max: 40 }),
  })

  test('all measures', () => {
    fc.assert(
      fc.property(cases, ({ list, test: held, unfilled, k }) => {
        const ranked = items(...list, ...Array<number>(unfilled).fill(-1))
        const wanted = items(...held.toSorted((a, b) => a - b))
        const set = new Set(held)
        const top = list.slice(0, k)
        const found = top.filter((item) => set.has(item))
        const ranks = top.flatMap((item, r) => (set.has(item) ? [r + 1] : []))
        const ideal = [...Array(Math.min(k, held.length)).keys()].reduce((sum, r) => sum + 1 / log2(r + 2), 0)
        const precisions = ranks.map(
          (rank) => list.slice(0, rank).filter((item) => set.has(item)).length / rank,
        )
        const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0)

        expect(recallAt(ranked, wanted, k)).toBeCloseTo(found.length / set.size, 12)
        expect(precisionAt(ranked, wanted, k)).toBeCloseTo(found.length / k, 12)
        expect(ndcgAt(ranked, wanted, k)).toBeCloseTo(
          sum(ranks.map((rank) => 1 / log2(rank + 1))) / ideal,
          12,
        )
        expect(hitRateAt(ranked, wanted, k)).toBe(found.length > 0 ? 1 : 0)
        expect(mrrAt(ranked, wanted, k)).toBe(ranks.length > 0 ? 1 / ranks[0] : 0)
        expect(mapAt(ranked, wanted, k)).toBeCloseTo(sum(precisions) / Math.min(k, set.size), 12)
      }),
      { seed: 1 },
    )
  })

  test('every measure lies in [0, 1], and recall, hit rate and reciprocal rank do not fall with k', () => {
    fc.assert(
      fc.property(cases, ({ list, test: held, k }) => {
        const ranked = items(...list)
        const wanted = items(...held.toSorted((a, b) => a - b))
        for (const measure of [recallAt, precisionAt, ndcgAt, hitRateAt, mrrAt, mapAt]) {
          const value = measure(ranked, wanted, k)
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1 + 1e-12)
        }
        for (const measure of [recallAt, hitRateAt, mrrAt]) {
          expect(measure(ranked, wanted, k + 1)).toBeGreaterThanOrEqual(measure(ranked, wanted, k))
        }
      }),
      { seed: 2 },
    )
  })
})
