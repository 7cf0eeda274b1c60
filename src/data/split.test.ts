import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { Random } from '../random.ts'
import { kCore } from './filter.ts'
import { interactionsFrom, type Interactions, type Pair } from './interactions.ts'
import {
  splitDefault,
  splitGiven,
  splitGlobalTime,
  splitLeaveLastOut,
  splitRatio,
  type Split,
} from './split.ts'

function pairsOf(interactions: Interactions | null): string[] {
  const pairs: string[] = []
  if (!interactions) return pairs
  const { users, items, matrix } = interactions
  for (let u = 0; u < matrix.rows; u++)
    for (const i of matrix.row(u)) pairs.push(`${users.id(u)} ${items.id(i)}`)
  return pairs
}

/** The parts are disjoint, complete, and in the rows of the whole. */
function expectPartition(whole: Interactions, split: Split): void {
  const parts = [split.train, split.validation, split.test].filter((part) => part !== null)
  expect(parts.flatMap(pairsOf).sort()).toEqual(pairsOf(whole).sort())
  for (const part of parts) {
    expect(part.users).toBe(whole.users)
    expect(part.items).toBe(whole.items)
    expect([part.matrix.rows, part.matrix.cols]).toEqual([whole.matrix.rows, whole.matrix.cols])
  }
}

const days = (pairs: readonly [string, string, number][]): Pair[] =>
  pairs.map(([user, item, day]) => ({ user, item, time: Date.UTC(2024, 0, day), weight: day }))

const events = fc
  .uniqueArray(fc.record({ user: fc.nat(8), item: fc.nat(12), time: fc.nat(40) }), {
    selector: ({ user, item }) => user * 100 + item,
    minLength: 30,
    maxLength: 90,
  })
  .map((all) =>
    interactionsFrom(
      all.map(({ user, item, time }) => ({ user: `u${user}`, item: `i${item}`, time, weight: time })),
    ),
  )

describe('splitGlobalTime', () => {
  test('cuts at one moment and keeps weights and times beside their entries', () => {
    const whole = interactionsFrom(
      days([
        ['a', 'x', 1],
        ['a', 'y', 9],
        ['b', 'x', 2],
        ['b', 'z', 10],
        ['c', 'x', 3],
        ['c', 'y', 4],
        ['a', 'z', 5],
        ['b', 'y', 6],
        ['c', 'z', 7],
        ['d', 'x', 8],
      ]),
    )
    const split = splitGlobalTime(whole, { test: 0.2, validation: 0.1 })
    expect(pairsOf(split.test).sort()).toEqual(['a y', 'b z'])
    expect(pairsOf(split.validation)).toEqual(['d x'])
    expect([...split.test!.matrix.values!]).toEqual([9, 10])
    expect([...split.test!.times!]).toEqual([Date.UTC(2024, 0, 9), Date.UTC(2024, 0, 10)])
    expectPartition(whole, split)
    expect(split.warnings).toEqual([])
  })

  test('train is before validation is before test, always', () => {
    fc.assert(
      fc.property(events, (whole) => {
        const split = splitGlobalTime(whole, { test: 0.2, validation: 0.2 })
        expectPartition(whole, split)
        const [train, validation, test] = [split.train, split.validation!, split.test!].map((part) => [
          ...part.times!,
        ])
        expect(Math.max(...train)).toBeLessThan(Math.min(...validation))
        expect(Math.max(...validation)).toBeLessThan(Math.min(...test))
      }),
    )
  })

  test('keeps entries of the same time together, at the nearer cut', () => {
    const whole = interactionsFrom(
      days([
        ['a', 'x', 1],
        ['a', 'y', 2],
        ['b', 'x', 2],
        ['b', 'y', 2],
        ['c', 'x', 3],
      ]),
    )
    expect(pairsOf(splitGlobalTime(whole, { test: 0.3 }).test)).toEqual(['c x'])
    expect(splitGlobalTime(whole, { test: 0.6 }).test!.matrix.nnz).toBe(4)
  })

  test('warns of test entries that no model can know', () => {
    const whole = interactionsFrom(
      days([
        ['a', 'x', 1],
        ['b', 'x', 2],
        ['b', 'y', 3],
        ['c', 'z', 4],
      ]),
    )
    expect(splitGlobalTime(whole, { test: 0.25 }).warnings).toEqual([
      '1 of 1 test entries have a user or an item without any train entry.',
    ])
  })

  test('says what to do without timestamps, with one moment only, with odd shares', () => {
    expect(() => splitGlobalTime(interactionsFrom([{ user: 'a', item: 'x' }]))).toThrow(
      /needs timestamps.*use a ratio split/,
    )
    const same = interactionsFrom(
      days([
        ['a', 'x', 1],
        ['b', 'x', 1],
      ]),
    )
    expect(() => splitGlobalTime(same)).toThrow(/Use a ratio split/)
    for (const shares of [{ test: 1 }, { test: -0.1 }, { test: NaN }, { test: 0.6, validation: 0.4 }]) {
      expect(() => splitGlobalTime(same, shares)).toThrow(/share/)
    }
  })
})

describe('splitLeaveLastOut', () => {
  test('takes the last, and the one before, of users with enough entries', () => {
    const whole = interactionsFrom(
      days([
        ['a', 'x', 3],
        ['a', 'y', 1],
        ['a', 'z', 2],
        ['b', 'x', 1],
        ['b', 'y', 2],
        ['c', 'x', 1],
      ]),
    )
    const one = splitLeaveLastOut(whole)
    expect(pairsOf(one.test)).toEqual(['a x', 'b y'])
    expect(one.validation).toBeNull()
    const two = splitLeaveLastOut(whole, { validation: true })
    expect(pairsOf(two.test)).toEqual(['a x'])
    expect(pairsOf(two.validation)).toEqual(['a z'])
    expectPartition(whole, two)
    expect(() => splitLeaveLastOut(interactionsFrom([{ user: 'a', item: 'x' }]))).toThrow(/needs timestamps/)
  })

  test('nothing in train is later than the held-out entries of the same user', () => {
    fc.assert(
      fc.property(events, (whole) => {
        const split = splitLeaveLastOut(whole, { validation: true })
        expectPartition(whole, split)
        for (let u = 0; u < whole.matrix.rows; u++) {
          const times = [split.train, split.validation!, split.test!].map((p) => [
            ...p.times!.subarray(p.matrix.indptr[u], p.matrix.indptr[u + 1]),
          ])
          if (times[2].length === 0) continue
          expect(Math.max(...times[0])).toBeLessThanOrEqual(times[1][0])
          expect(times[1][0]).toBeLessThanOrEqual(times[2][0])
        }
      }),
    )
  })
})

describe('splitRatio', () => {
  test('takes the share of every user, leaves each at least one, and depends on the seed alone', () => {
    const pairs: Pair[] = []
    for (let u = 0; u < 30; u++) for (let i = 0; i < 10; i++) pairs.push({ user: `u${u}`, item: `i${i}` })
    pairs.push({ user: 'single', item: 'i0' })
    const whole = interactionsFrom(pairs)
    const split = splitRatio(whole, { test: 0.2, validation: 0.1, rng: new Random(1) })
    expectPartition(whole, split)
    for (let u = 0; u < 30; u++) {
      expect([split.train, split.validation!, split.test!].map((part) => part.matrix.degree(u))).toEqual([
        7, 1, 2,
      ])
    }
    expect(split.train.matrix.degree(30)).toBe(1)
    const again = splitRatio(whole, { test: 0.2, validation: 0.1, rng: new Random(1) })
    expect(pairsOf(again.test)).toEqual(pairsOf(split.test))
    expect(pairsOf(splitRatio(whole, { test: 0.2, rng: new Random(2) }).test)).not.toEqual(
      pairsOf(split.test),
    )
    expect(split.warnings).toEqual([])
  })

  test('warns of leakage where there are timestamps', () => {
    const whole = interactionsFrom(
      days([
        ['a', 'x', 1],
        ['a', 'y', 2],
        ['b', 'x', 3],
        ['b', 'y', 4],
      ]),
    )
    const split = splitRatio(whole, { test: 0.5, rng: new Random(1) })
    expect(split.warnings.join(' ')).toMatch(/leakage/)
  })

  test('a share that leaves nothing for a part is an error', () => {
    const whole = interactionsFrom([{ user: 'a', item: 'x' }])
    expect(() => splitRatio(whole, { test: 0.2, rng: new Random(1) })).toThrow(/leaves none for test/)
  })
})

describe('splitGiven', () => {
  const train = interactionsFrom([
    { user: 'a', item: 'x' },
    { user: 'b', item: 'y' },
    { user: 'b', item: 'x' },
  ])

  test('puts test into train rows; drops unknown and common pairs and says so', () => {
    const test = interactionsFrom([
      { user: 'b', item: 'x' },
      { user: 'c', item: 'x' },
      { user: 'a', item: 'new' },
      { user: 'a', item: 'y' },
    ])
    const split = splitGiven(train, test)
    expect(split.test!.users).toBe(train.users)
    expect(pairsOf(split.test)).toEqual(['a y'])
    expect(split.validation).toBeNull()
    expect(split.warnings).toEqual([
      '2 test entries have a user or item that train lacks, and are left out.',
      '1 test entries are also in train, and are left out of test.',
    ])
  })

  test('keeps test apart from validation', () => {
    const both = interactionsFrom([{ user: 'a', item: 'y' }])
    expect(() => splitGiven(train, both, both)).toThrow(/No test entry is left/)
    expect(pairsOf(splitGiven(train, null, both).validation)).toEqual(['a y'])
  })

  test('a test file that is the train file is an error', () => {
    expect(() => splitGiven(train, train)).toThrow(/not the same data/)
  })
})

test('splitDefault goes by time where it can', () => {
  const timed = interactionsFrom(
    days([
      ['a', 'x', 1],
      ['a', 'y', 2],
      ['b', 'x', 3],
      ['b', 'y', 4],
    ]),
  )
  expect(pairsOf(splitDefault(timed, { test: 0.25, rng: new Random(1) }).test)).toEqual(['b y'])
  const untimed = interactionsFrom(
    pairsOf(timed).map((p) => ({ user: p.split(' ')[0], item: p.split(' ')[1] })),
  )
  const split = splitDefault(untimed, { test: 0.5, rng: new Random(1) })
  expect([split.test!.matrix.degree(0), split.test!.matrix.degree(1)]).toEqual([1, 1])
})

describe('kCore', () => {
  test('peels until everybody has enough', () => {
    // c falls out first (1 item), so z has one user left and falls out, so b has one item left …
    const whole = interactionsFrom(
      days([
        ['a', 'x', 1],
        ['a', 'y', 2],
        ['d', 'x', 3],
        ['d', 'y', 4],
        ['b', 'x', 5],
        ['b', 'z', 6],
        ['c', 'z', 7],
      ]),
    )
    const core = kCore(whole, { user: 2, item: 2 })
    expect(core.users.ids()).toEqual(['a', 'd'])
    expect(core.items.ids()).toEqual(['x', 'y'])
    expect([...core.matrix.values!]).toEqual([1, 2, 3, 4])
    expect([...core.times!].map((t) => new Date(t).getUTCDate())).toEqual([1, 2, 3, 4])
    expect(() => kCore(whole, { user: 3, item: 3 })).toThrow(/Lower the limits/)
    expect(() => kCore(whole, { user: 1.5, item: 1 })).toThrow(/whole number/)
  })

  test('is a fixed point, and the largest: peeling in rounds gives the same', () => {
    fc.assert(
      fc.property(
        events,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (whole, user, item) => {
          let expected = pairsOf(whole)
          for (let before = -1; before !== expected.length;) {
            before = expected.length
            const count = (key: number, value: string): number =>
              expected.filter((p) => p.split(' ')[key] === value).length
            expected = expected.filter(
              (p) => count(0, p.split(' ')[0]) >= user && count(1, p.split(' ')[1]) >= item,
            )
          }
          if (expected.length === 0) {
            expect(() => kCore(whole, { user, item })).toThrow(/No interactions are left/)
            return
          }
          const core = kCore(whole, { user, item })
          expect(pairsOf(core).sort()).toEqual(expected.sort())
          expect(pairsOf(kCore(core, { user, item }))).toEqual(pairsOf(core))
        },
      ),
    )
  })
})
