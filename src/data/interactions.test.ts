import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import {
  describeInteractions,
  interactionsFrom,
  interactionsFromRows,
  type Interactions,
  type Pair,
} from './interactions.ts'
import { duplicatePolicies, type DuplicatePolicy } from './pairs.ts'
import { Vocabulary } from './vocabulary.ts'

/** Entries as text, in CSR order. */
function entries({
  users,
  items,
  matrix,
  times,
}: Interactions): Record<string, [number | null, number | null]> {
  const result: Record<string, [number | null, number | null]> = {}
  for (let u = 0; u < matrix.rows; u++) {
    for (let e = matrix.indptr[u]; e < matrix.indptr[u + 1]; e++) {
      result[`${users.id(u)} ${items.id(matrix.indices[e])}`] = [
        matrix.values && matrix.values[e],
        times && times[e],
      ]
    }
  }
  return result
}

/** The same merging, in the plainest way. */
function naive(
  pairs: readonly Required<Pair>[],
  policy: DuplicatePolicy,
  timed: boolean,
): Map<string, [number, number]> {
  const groups = new Map<string, Required<Pair>[]>()
  for (const pair of pairs)
    groups.set(`${pair.user} ${pair.item}`, [...(groups.get(`${pair.user} ${pair.item}`) ?? []), pair])
  const merged = new Map<string, [number, number]>()
  for (const [key, group] of groups) {
    const byTime = timed ? group.toSorted((a, b) => a.time - b.time) : group
    const latest = byTime.at(-1)!
    if (policy === 'sum') merged.set(key, [group.reduce((sum, p) => sum + p.weight, 0), latest.time])
    else {
      const best = group.reduce((a, b) => (b.weight > a.weight ? b : a))
      const chosen = policy === 'first' ? byTime[0] : policy === 'last' ? latest : best
      merged.set(key, [chosen.weight, chosen.time])
    }
  }
  return merged
}

describe('interactionsFrom', () => {
  test('numbers rows by first appearance and orders entries by item row', () => {
    const built = interactionsFrom([
      { user: 'b', item: 'y' },
      { user: 'a', item: 'x' },
      { user: 'b', item: 'x' },
    ])
    expect(built.users.ids()).toEqual(['b', 'a'])
    expect(built.items.ids()).toEqual(['y', 'x'])
    expect([...built.matrix.indptr]).toEqual([0, 2, 3])
    expect([...built.matrix.indices]).toEqual([0, 1, 1])
    expect(built.matrix.values).toBeNull()
    expect(built.times).toBeNull()
  })

  const pair = fc.record({
    user: fc.constantFrom('a', 'b', 'c', 'd'),
    item: fc.constantFrom('v', 'w', 'x', 'y', 'z'),
    weight: fc.integer({ min: -4, max: 4 }),
    time: fc.integer({ min: 0, max: 3 }),
  })
  test.each(duplicatePolicies.flatMap((policy) => [[policy, true] as const, [policy, false] as const]))(
    'merges like a plain Map: %s, timestamps %s',
    (policy, timed) => {
      fc.assert(
        fc.property(fc.array(pair, { maxLength: 150 }), (pairs) => {
          const given = timed ? pairs : pairs.map(({ user, item, weight }) => ({ user, item, weight }))
          const built = interactionsFrom(given, { duplicates: policy })
          const expected = naive(pairs, policy, timed)
          expect(built.matrix.nnz).toBe(expected.size)
          const found = entries(built)
          for (const [key, [weight, time]] of expected)
            expect(found[key]).toEqual([pairs.length > 0 ? weight : null, timed ? time : null])
          for (let u = 0; u < built.matrix.rows; u++) {
            const row = [...built.matrix.row(u)]
            expect(row).toEqual([...new Set(row)].sort((a, b) => a - b))
          }
        }),
      )
    },
  )

  test('counts duplicates without weights only for sum', () => {
    const pairs = [
      { user: 'a', item: 'x' },
      { user: 'a', item: 'x' },
      { user: 'a', item: 'y' },
    ]
    expect(interactionsFrom(pairs).matrix.values).toBeNull()
    expect([...interactionsFrom(pairs, { duplicates: 'sum' }).matrix.values!]).toEqual([2, 1])
  })

  test('uses given vocabularies and refuses ids they lack', () => {
    const vocabularies = { users: Vocabulary.from(['a', 'b']), items: Vocabulary.from(['x', 'y', 'z']) }
    const built = interactionsFrom([{ user: 'b', item: 'z' }], { vocabularies })
    expect(built.users).toBe(vocabularies.users)
    expect([...built.matrix.indptr]).toEqual([0, 0, 1])
    expect([...built.matrix.indices]).toEqual([2])
    expect(() => interactionsFrom([{ user: 'c', item: 'z' }], { vocabularies })).toThrow(
      '1 pairs with unknown ones',
    )
  })

  test.each([
    [[{ user: 7, item: 'x' }], 'pair 0, user: expected a non-empty string, got the number 7'],
    [[{ user: 'a', item: '' }], 'pair 0, item: expected a non-empty string, got ""'],
    [
      [
        { user: 'a', item: 'x' },
        { user: 'a', item: 'y', weight: 2 },
      ],
      'pair 1, weight: expected none, as in pair 0',
    ],
    [
      [
        { user: 'a', item: 'x', time: 1 },
        { user: 'a', item: 'y' },
      ],
      'pair 1, time: expected a finite number',
    ],
    [[{ user: 'a', item: 'x', weight: NaN }], 'pair 0, weight: expected a finite number'],
  ])('refuses %j', (pairs, message) => {
    expect(() => interactionsFrom(pairs as Pair[])).toThrow(message)
  })

  test('empty input gives empty interactions', () => {
    const built = interactionsFrom([])
    expect([built.matrix.rows, built.matrix.cols, built.matrix.nnz]).toEqual([0, 0, 0])
    expect(describeInteractions(built)).toMatchObject({
      density: 0,
      timeRange: null,
      userDegree: { min: 0, median: 0, max: 0 },
    })
  })
})

test('interactionsFromRows refuses rows outside the vocabularies and arrays of other lengths', () => {
  const ids = Vocabulary.from(['a', 'b'])
  const rows = (...values: number[]): Int32Array => Int32Array.from(values)
  expect(() => interactionsFromRows(ids, ids, rows(0, 2), rows(0, 0), null, null)).toThrow(
    'userRows[1]: expected a row from 0 to 1, got 2',
  )
  expect(() => interactionsFromRows(ids, ids, rows(0), rows(-1), null, null)).toThrow('itemRows[0]')
  expect(() => interactionsFromRows(ids, ids, rows(0), rows(0, 1), null, null)).toThrow('expected 1 itemRows')
  expect(() => interactionsFromRows(ids, ids, rows(0), rows(0), new Float32Array(2), null)).toThrow(
    'expected 1 weights',
  )
})

test('describeInteractions counts users and items without entries', () => {
  const users = Vocabulary.from(['a', 'b', 'c', 'd'])
  const items = Vocabulary.from(['x', 'y'])
  const built = interactionsFromRows(
    users,
    items,
    Int32Array.of(0, 0, 1),
    Int32Array.of(0, 1, 0),
    null,
    Float64Array.of(30, 10, 20),
  )
  expect(describeInteractions(built)).toEqual({
    users: 4,
    items: 2,
    entries: 3,
    density: 3 / 8,
    userDegree: { min: 0, median: 0.5, max: 2 },
    itemDegree: { min: 1, median: 1.5, max: 2 },
    timeRange: [10, 30],
  })
})
