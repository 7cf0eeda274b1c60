import { describe, expect, test } from 'vitest'
import { sequencesFrom } from '../graph/sequences.ts'
import { runSync } from '../train/run.ts'
import {
  evaluateNextItem,
  leaveLastItemOut,
  newCategories,
  scorerOfSequences,
  type SequenceScorer,
} from './next-item.ts'

const DAY = 86_400_000
/** From 1 January 2024. */
const at = (day: number): number => (19_723 + day) * DAY
/** a, b, c: the letters in order; d does one thing; e comes back to where it began. */
const sequences = sequencesFrom(
  [
    ['a', 'xyzw'],
    ['b', 'yzwx'],
    ['c', 'xxy'],
    ['d', 'z'],
    ['e', 'wzw'],
  ].flatMap(([user, items]) => [...items].map((item, i) => ({ user, item, time: at(10 * i) }))),
)
const { items } = sequences
const split = leaveLastItemOut(sequences)
const ids = (rows: Iterable<number>): string => Array.from(rows, (row) => items.id(row)).join('')

describe('leaveLastItemOut', () => {
  test('holds out the last event of sequences of two or more, with times', () => {
    const { tokens, offsets } = split.train.sentences
    const kept = Array.from({ length: 5 }, (_, u) => ids(tokens.subarray(offsets[u], offsets[u + 1])))
    expect(kept).toEqual(['xyz', 'yzw', 'xx', 'z', 'wz'])
    expect([0, 1, 2, 3, 4].map((u) => ids(split.test.row(u)))).toEqual(['w', 'x', 'y', '', 'w'])
    expect([...split.train.times!.subarray(0, 3)]).toEqual([0, 10, 20].map(at))
    expect(split.seen.row(2).length).toBe(1)
  })

  test('again, for validation', () => {
    const again = leaveLastItemOut(split.train)
    expect([0, 1, 2, 3, 4].map((u) => ids(again.test.row(u)))).toEqual(['z', 'w', 'x', '', 'z'])
  })

  test('nothing to hold out is refused', () => {
    expect(() => leaveLastItemOut(sequencesFrom([{ user: 'u', item: 'x' }]))).toThrow(/no sequence has two/)
  })
})

/** Scores items by how far they are behind the latest one in the circle x → y → z → w → x. */
const circle: SequenceScorer = {
  itemCount: items.size,
  scores({ tokens, offsets }, out) {
    for (let j = 0; j + 1 < offsets.length; j++) {
      const last = 'xyzw'.indexOf(items.id(tokens[offsets[j + 1] - 1]))
      for (let i = 0; i < items.size; i++)
        out[j * items.size + i] = -(('xyzw'.indexOf(items.id(i)) - last + 3) % 4)
    }
  },
}

describe('evaluateNextItem', () => {
  test('who knows the order has every next item first; a repeated one cannot be asked', () => {
    const result = runSync(evaluateNextItem(scorerOfSequences(circle, split), split, { k: [1, 2] }))
    expect(result.counts).toMatchObject({ evaluated: 3, withoutTest: 2, overlap: 1 })
    expect(result.means).toMatchObject({ 'hitRate@1': 1, 'ndcg@1': 1, 'mrr@2': 1 })
    expect(result.rules[0]).toMatch(/^Leave-one-out/)
  })

  test('the latest events alone are asked with, where told', () => {
    const lengths: number[] = []
    const spy: SequenceScorer = {
      ...circle,
      scores(recent, out) {
        lengths.push(...Array.from(recent.offsets.subarray(1), (end, j) => end - recent.offsets[j]))
        circle.scores(recent, out)
      },
    }
    runSync(evaluateNextItem(scorerOfSequences(spy, split, 2), split, { k: [1] }))
    expect(lengths).toEqual([2, 2, 2])
  })
})

describe('newCategories', () => {
  /** x and y are of one category, z of another, w of none. */
  const categoryOf = Int32Array.from(items, (id) => ({ x: 0, y: 0, z: 1, w: -1 })[id]!)
  const row = (id: string): number => items.row(id)

  test('days back from the latest training event', () => {
    const isNew = newCategories(split, categoryOf, { days: 10 })
    // a: x on day 0, y on day 10, z on day 20.
    expect([isNew(0, row('x')), isNew(0, row('z')), isNew(0, row('w'))]).toEqual([false, false, false])
    const shorter = newCategories(split, categoryOf, { days: 9 })
    expect([shorter(0, row('x')), shorter(0, row('z'))]).toEqual([true, false])
    expect([shorter(2, row('y')), shorter(2, row('z'))]).toEqual([false, true])
  })

  test('events back', () => {
    const isNew = newCategories(split, categoryOf, { events: 1 })
    expect([isNew(0, row('x')), isNew(0, row('z'))]).toEqual([true, false])
  })

  test('the share of new places is among the results', () => {
    const isNew = newCategories(split, categoryOf, { events: 1 })
    const result = runSync(evaluateNextItem(scorerOfSequences(circle, split), split, { k: [1, 2], isNew }))
    // Lists of a: w; of b: x; of c: y, z. New: x for b (its last was w, without a category) and z for c.
    expect(result.beyond['newness@1']).toBeCloseTo(1 / 3, 12)
    expect(result.beyond['newness@2']).toBeCloseTo(2 / 4, 12)
  })

  test('days without times, or categories of other items, are refused', () => {
    const plain = leaveLastItemOut(sequencesFrom([...'xyz'].map((item) => ({ user: 'u', item }))))
    expect(() => newCategories(plain, new Int32Array(3), { days: 3 })).toThrow(/sequences with times/)
    expect(() => newCategories(plain, new Int32Array(2), { events: 3 })).toThrow(/3 items, got 2/)
  })
})
