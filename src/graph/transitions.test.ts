import { expect, test } from 'vitest'
import { rowOf } from '../../test/graphs.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import type { Sequences } from './sequences.ts'
import { transitionGraph } from './transitions.ts'
import { viewSequences } from './views.ts'

const HOUR = 3_600_000

/** Items a b c d; user 0: a b, an hour later b c, and again a b; user 1: nothing; user 2: c. */
const sequences: Sequences = {
  users: Vocabulary.from(['u0', 'u1', 'u2']),
  items: Vocabulary.from(['a', 'b', 'c', 'd']),
  sentences: { tokens: Int32Array.of(0, 1, 1, 2, 0, 1, 2), offsets: Uint32Array.of(0, 6, 6, 7) },
  times: Float64Array.of(0, 1, HOUR, HOUR + 1, HOUR + 2, 24 * HOUR, 48 * HOUR),
}

test('weights count what followed what; the same again is passed over or a self-loop', () => {
  const graph = transitionGraph(sequences)
  expect(graph.directed).toBe(true)
  expect(graph.nodes).toBe(sequences.items)
  expect([0, 1, 2, 3].map((v) => rowOf(graph, v))).toEqual([{ 1: 2 }, { 2: 1 }, { 0: 1 }, {}])
  expect(rowOf(transitionGraph(sequences, { repeats: true }), 1)).toEqual({ 1: 1, 2: 1 })
})

test('a pause longer than the gap cuts, one as long as it does not', () => {
  const cut = transitionGraph(sequences, { gap: HOUR - 1 - 1, repeats: true })
  expect([0, 1, 2].map((v) => rowOf(cut, v))).toEqual([{ 1: 1 }, { 2: 1 }, { 0: 1 }])
  expect(rowOf(transitionGraph(sequences, { gap: HOUR - 1, repeats: true }), 1)).toEqual({ 1: 1, 2: 1 })
})

test('decay weighs a transition by its age in days before the latest event', () => {
  const graph = transitionGraph(sequences, { decay: Math.LN2 })
  // a → b 2 days (less a millisecond) and 1 day before the last event.
  expect(rowOf(graph, 0)[1]).toBeCloseTo(0.25 + 0.5, 5)
})

test('without times there are no gaps and no decay', () => {
  const timeless = { ...sequences, times: null }
  expect(rowOf(transitionGraph(timeless), 0)).toEqual({ 1: 2 })
  expect(() => transitionGraph(timeless, { gap: 1 })).toThrow('gap: expected events with times')
  expect(() => transitionGraph(timeless, { decay: 1 })).toThrow('decay: expected events with times')
  expect(() => transitionGraph(sequences, { gap: -1 })).toThrow('gap: expected a number of 0 or more, got -1')
})

test('a view has the values in the place of the items; items without one leave no gap', () => {
  const categories = { names: Vocabulary.from(['x', 'y']), of: Int32Array.of(0, -1, 1, 0) }
  const view = viewSequences(sequences, categories)
  expect([...view.sentences.tokens]).toEqual([0, 1, 0, 1])
  expect([...view.sentences.offsets]).toEqual([0, 3, 3, 4])
  expect([...view.times!]).toEqual([0, HOUR + 1, HOUR + 2, 48 * HOUR])
  const graph = transitionGraph(view)
  expect(graph.nodes.ids()).toEqual(['x', 'y'])
  expect([rowOf(graph, 0), rowOf(graph, 1)]).toEqual([{ 1: 1 }, { 0: 1 }])
})

test('values of other items, or outside of their names, are refused', () => {
  const names = Vocabulary.from(['x'])
  expect(() => viewSequences(sequences, { names, of: new Int32Array(3) })).toThrow('each of 4 items')
  expect(() => viewSequences(sequences, { names, of: Int32Array.of(0, 1, 0, 0) })).toThrow(
    'value of item row 1',
  )
})
