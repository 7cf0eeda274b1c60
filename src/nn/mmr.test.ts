import { expect, test } from 'vitest'
import { maximalMarginalRelevance } from './mmr.ts'

/** 0 and 1 are all but the same, 2 is half like them, 3 is unlike all. */
const similar = [
  [1, 0.9375, 0.5, 0],
  [0.9375, 1, 0.5, 0],
  [0.5, 0.5, 1, 0],
  [0, 0, 0, 1],
]
const relevance = [1, 0.875, 0.75, 0.25]
const rank = (lambda: number, n = 4): number[] =>
  maximalMarginalRelevance(relevance, (a, b) => similar[a][b], n, lambda)

test('λ = 1 is the order of relevance, λ = 0 goes for what is unlike', () => {
  expect(rank(1)).toEqual([0, 1, 2, 3])
  expect(rank(0)).toEqual([0, 3, 2, 1])
})

test('in between, by hand', () => {
  // After 0: 1 has .5·.875 − .5·.9375 < 0, 2 has .5·.75 − .5·.5 = .125, 3 has .5·.25 − 0 = .125: a tie, the earlier one.
  // After 0 and 2 the gains of 1 and 3 are what they were.
  expect(rank(0.5)).toEqual([0, 2, 3, 1])
  expect(rank(0.5, 2)).toEqual([0, 2])
})

test('never more than there are, and a λ out of range is refused', () => {
  expect(rank(0.3, 9)).toHaveLength(4)
  expect(maximalMarginalRelevance([], () => 0, 3, 0.5)).toEqual([])
  expect(() => rank(1.5)).toThrow('MMR lambda: expected a number from 0 to 1, got 1.5')
})
