import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Sparse } from '../tensor/sparse.ts'
import {
  catalogueCoverage,
  columnCounts,
  gini,
  interactionCosines,
  intraListDiversity,
  novelty,
  vectorCosines,
} from './beyond.ts'

const counts = (...n: number[]): Uint32Array => Uint32Array.from(n)

/** users × items from rows of item lists. */
function users(items: number, ...rows: number[][]): Sparse {
  const indptr = new Uint32Array(rows.length + 1)
  rows.forEach((row, u) => (indptr[u + 1] = indptr[u] + row.length))
  return new Sparse(rows.length, items, indptr, Int32Array.from(rows.flat()), null)
}

describe('exposure', () => {
  test('coverage is the share of items shown at all', () => {
    expect(catalogueCoverage(counts(0, 3, 1, 0))).toBe(0.5)
    expect(catalogueCoverage(counts(0, 0))).toBe(0)
    expect(catalogueCoverage(counts())).toBeNaN()
  })

  test('gini: 0 when even, (n − 1)/n when one item has all, by hand between', () => {
    expect(gini(counts(4, 4, 4))).toBe(0)
    expect(gini(counts(0, 0, 0, 9))).toBeCloseTo(3 / 4, 12)
    // Mean absolute difference of {1, 3}: |1 − 3|·2 / 4 = 1; over twice the mean 2: 1/4.
    expect(gini(counts(3, 1))).toBeCloseTo(1 / 4, 12)
    expect(gini(counts(0, 0))).toBeNaN()
  })

  test('gini is half the relative mean absolute difference', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }), (values) => {
        const total = values.reduce((a, b) => a + b, 0)
        fc.pre(total > 0)
        let differences = 0
        for (const a of values) for (const b of values) differences += Math.abs(a - b)
        expect(gini(Uint32Array.from(values))).toBeCloseTo(differences / (2 * values.length * total), 10)
      }),
      { seed: 3 },
    )
  })

  test('gini does not reorder its input', () => {
    const exposure = counts(3, 1, 2)
    gini(exposure)
    expect([...exposure]).toEqual([3, 1, 2])
  })

  test('novelty is mean self-information in bits over places', () => {
    // 8 users: shares 1/2 (1 bit, shown 3 times) and 1/8 (3 bits, shown once).
    expect(novelty(counts(3, 1), counts(4, 1), 8)).toBeCloseTo((3 * 1 + 3) / 4, 12)
    expect(novelty(counts(5), counts(8), 8)).toBe(0)
  })

  test('novelty of an item nobody has is that of an item one user has', () => {
    expect(novelty(counts(1), counts(0), 16)).toBe(4)
  })

  test('novelty of nothing is undefined', () => {
    expect(novelty(counts(0, 0), counts(1, 1), 2)).toBeNaN()
    expect(novelty(counts(1), counts(0), 0)).toBeNaN()
  })

  test('columnCounts counts users per item', () => {
    expect([...columnCounts(users(3, [0, 2], [], [2]))]).toEqual([1, 0, 2])
  })
})

describe('intra-list diversity', () => {
  test('vectors by hand: orthogonal 1, equal 0, opposite 2, 45 degrees', () => {
    const set = vectorCosines(Float32Array.of(1, 0, 0, 2, 3, 0, -1, 0, 1, 1, 0, 0), 2)
    expect(intraListDiversity(Int32Array.of(0, 1), 2, set)).toBe(1)
    expect(intraListDiversity(Int32Array.of(0, 2), 2, set)).toBe(0)
    expect(intraListDiversity(Int32Array.of(0, 3), 2, set)).toBe(2)
    expect(intraListDiversity(Int32Array.of(0, 1, 4), 3, set)).toBeCloseTo(1 - (0 + 2 * Math.SQRT1_2) / 3, 12)
    // A zero vector (row 5) has cosine 0 with everything.
    expect(intraListDiversity(Int32Array.of(0, 5, 2), 3, set)).toBeCloseTo(1 - 1 / 3, 12)
  })

  test('interaction columns by hand', () => {
    // Item 0: users {0, 1}; item 1: users {0, 1, 2, 3}; item 2: {4}; item 3: nobody.
    const train = users(4, [0, 1], [0, 1], [1], [1], [2])
    const set = interactionCosines(train.transposed)
    expect(intraListDiversity(Int32Array.of(0, 1), 2, set)).toBeCloseTo(1 - 2 / Math.sqrt(2 * 4), 12)
    expect(intraListDiversity(Int32Array.of(0, 2), 2, set)).toBe(1)
    expect(intraListDiversity(Int32Array.of(0, 3, 1), 3, set)).toBeCloseTo(1 - Math.SQRT1_2 / 3, 12)
  })

  test('unfilled places and places beyond k do not count; fewer than two items are undefined', () => {
    const set = vectorCosines(Float32Array.of(1, 0, 0, 1, 1, 0), 2)
    expect(intraListDiversity(Int32Array.of(0, -1, 1), 3, set)).toBe(1)
    expect(intraListDiversity(Int32Array.of(0, 1, 2), 2, set)).toBe(1)
    expect(intraListDiversity(Int32Array.of(0, -1), 2, set)).toBeNaN()
    expect(intraListDiversity(Int32Array.of(0, 1), 1, set)).toBeNaN()
  })

  test('both agree with cosines taken pair by pair', () => {
    const matrix = fc.array(fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(matrix, fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 2 }), (rows, list) => {
        const train = users(6, ...rows.map((row) => row.flatMap((on, i) => (on ? [i] : []))))
        const column = (i: number): number[] => rows.map((row) => (row[i] ? 1 : 0))
        const dot = (a: number[], b: number[]): number => a.reduce((sum, x, u) => sum + x * b[u], 0)
        let sum = 0
        let pairs = 0
        for (let i = 0; i < list.length; i++) {
          for (let j = 0; j < i; j++) {
            const a = column(list[i])
            const b = column(list[j])
            sum += dot(a, b) / Math.max(1, Math.sqrt(dot(a, a) * dot(b, b)))
            pairs++
          }
        }
        const vectors = Float32Array.from([0, 1, 2, 3, 4, 5].flatMap(column))
        const expected = 1 - sum / pairs
        const ranked = Int32Array.from(list)
        const sets = [vectorCosines(vectors, rows.length), interactionCosines(train.transposed)]
        for (const set of sets) {
          // Twice: a set must forget the list before.
          expect(intraListDiversity(ranked, 6, set)).toBeCloseTo(expected, 10)
          expect(intraListDiversity(ranked, 6, set)).toBeCloseTo(expected, 10)
        }
      }),
      { seed: 4 },
    )
  })

  test('vectors that do not fill rows are refused', () => {
    expect(() => vectorCosines(new Float32Array(5), 2)).toThrow(/expected rows of 2 numbers, got 5/)
    expect(() => vectorCosines(new Float32Array(5), 0)).toThrow(/expected rows of 0 numbers/)
  })
})
