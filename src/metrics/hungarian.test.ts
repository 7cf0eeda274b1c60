import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignRows } from './hungarian.ts'

const total = (cost: readonly number[], n: number, columns: ArrayLike<number>): number =>
  Array.from(columns).reduce((sum, column, row) => sum + cost[row * n + column], 0)

function permutations(n: number): number[][] {
  if (n === 0) return [[]]
  return permutations(n - 1).flatMap((p) => Array.from({ length: n }, (_, i) => p.toSpliced(i, 0, n - 1)))
}

test('a case by hand', () => {
  // Greedy takes 1 and then 9 + 4; the best is 2 + 2 + 3.
  expect(Array.from(assignRows([1, 2, 9, 2, 5, 4, 7, 3, 8].map(Number), 3))).toEqual([0, 2, 1])
  expect(Array.from(assignRows([], 0))).toEqual([])
  expect(Array.from(assignRows([5], 1))).toEqual([0])
})

test('no permutation is cheaper, ties and negative costs included', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 6 })
        .chain((n) =>
          fc.tuple(
            fc.constant(n),
            fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n * n, maxLength: n * n }),
          ),
        ),
      ([n, cost]) => {
        const answer = assignRows(cost, n)
        expect([...answer].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
        expect(total(cost, n, answer)).toBe(Math.min(...permutations(n).map((p) => total(cost, n, p))))
      },
    ),
  )
})
