import { expect, test } from 'vitest'
import { pairsOf } from '../../test/sparse.ts'
import { labelScores } from './classification.ts'

test('several labels each, by scikit-learn 1.9.1', () => {
  const truth = pairsOf([[0, 3], [1], [0, 1], [3], [0]], 4)
  const predicted = pairsOf([[0], [1], [0, 3], [3], [1]], 4)
  const scores = labelScores(truth, predicted)
  expect(scores.microF1).toBeCloseTo(0.6153846153846154, 12)
  // Label 2 is nowhere: it counts as 0.
  expect(scores.macroF1).toBeCloseTo(0.45, 12)
  expect([...scores.perLabel]).toEqual([0.8, 0.5, 0, 0.5].map((f) => expect.closeTo(f, 12)))
  expect(scores.exact).toBe(0.4)
})

test('one label each: micro-F1 is the share that is right', () => {
  const truth = pairsOf([[0], [1], [2], [0]], 3)
  const predicted = pairsOf([[0], [2], [2], [0]], 3)
  const { microF1, macroF1, exact } = labelScores(truth, predicted)
  expect([microF1, exact]).toEqual([0.75, 0.75])
  expect(macroF1).toBeCloseTo((1 + 0 + 2 / 3) / 3, 12)
})

test('nothing predicted, nothing there, other shapes', () => {
  const none = pairsOf([[], []], 2)
  expect(labelScores(pairsOf([[0], [1]], 2), none)).toMatchObject({ microF1: 0, macroF1: 0, exact: 0 })
  expect(labelScores(none, none)).toMatchObject({ microF1: 0, macroF1: 0, exact: 1 })
  expect(labelScores(pairsOf([], 2), pairsOf([], 2)).microF1).toBeNaN()
  expect(() => labelScores(none, pairsOf([[]], 2))).toThrow(/2 examples × 2 labels, got 1 examples/)
})
