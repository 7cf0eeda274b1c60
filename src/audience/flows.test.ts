import { describe, expect, test } from 'vitest'
import { Vocabulary } from '../data/vocabulary.ts'
import {
  changesBetween,
  churnOf,
  countFlows,
  type Flows,
  type Grouping,
  matchClusters,
  sharedRows,
} from './flows.ts'

/** Segments as lists of users. */
function grouping(groups: Readonly<Record<string, readonly string[]>>): Grouping {
  const entries = Object.entries(groups)
  return {
    ids: Vocabulary.from(entries.flatMap(([, users]) => users)),
    labels: Int32Array.from(entries.flatMap(([, users], cluster) => users.map(() => cluster))),
    segments: entries.map(([id]) => id),
  }
}
function flowsOf(before: Grouping, after: Grouping, skip: Parameters<typeof countFlows>[3] = null): Flows {
  const job = sharedRows(before.ids, after.ids)
  let step = job.next()
  while (!step.done) step = job.next()
  return countFlows(before, after, step.value, skip)
}
const people = (prefix: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${prefix}/${i}`)
const [a, b, c] = ['ä', 'b', 'c'].map((prefix) => people(prefix, 10))

describe('matching', () => {
  test('follows the users, not the numbers, and leaves strangers alone', () => {
    const flows = flowsOf(grouping({ s1: a, s2: b }), grouping({ x: b, y: people('new', 5), z: a }))
    expect([...matchClusters(flows)]).toEqual([1, -1, 0])
  })

  test('keeps most users where they were, when two want the same place', () => {
    // Greedily x would take s1 for its 6, and y would be left with 0 of s2: 6 in all instead of 5 + 5.
    const before = grouping({ s1: [...a, 'p'], s2: b.slice(0, 5) })
    const after = grouping({ x: [...a.slice(0, 6), ...b.slice(0, 5)], y: [...a.slice(6), 'p'] })
    expect([...matchClusters(flowsOf(before, after))]).toEqual([1, 0])
  })

  test('less than half of the smaller one is no match', () => {
    const before = grouping({ s1: a, s2: b, s3: c })
    const third = (k: number): string[] => [
      ...a.slice(3 * k, 3 * k + 3),
      ...b.slice(3 * k, 3 * k + 3),
      ...c.slice(3 * k, 3 * k + 3),
    ]
    expect([...matchClusters(flowsOf(before, grouping({ x: third(0), y: third(1), z: third(2) })))]).toEqual([
      -1, -1, -1,
    ])
  })
})

describe('what became of segments', () => {
  const changes = (before: Grouping, after: Grouping) => changesBetween(before, after, flowsOf(before, after))

  test('nothing, where a few move', () => {
    const before = grouping({ s1: a, s2: b })
    expect(changes(before, grouping({ s1: a.slice(1), s2: [...b, a[0]] }))).toEqual([])
  })

  test('a split keeps the id in one part, a merge in one of both', () => {
    const apart = grouping({ s1: a.slice(0, 6), s3: a.slice(6), s2: b })
    const together = grouping({ s1: a, s2: b })
    expect(changes(together, apart)).toEqual([{ kind: 'split', segments: ['s1'], into: ['s1', 's3'] }])
    expect(changes(apart, together)).toEqual([{ kind: 'merge', segments: ['s1', 's3'], into: ['s1'] }])
  })

  test('births of new users, deaths with all users gone', () => {
    expect(changes(grouping({ s1: a, s2: b }), grouping({ s1: a, s3: c }))).toEqual([
      { kind: 'death', segments: ['s2'], into: [] },
      { kind: 'birth', segments: [], into: ['s3'] },
    ])
  })
})

describe('churn', () => {
  const before = grouping({ s1: a, s2: b })
  const after = grouping({ s1: a.slice(2), s2: [a[0], ...b.slice(3)], s3: c })

  test('adds up', () => {
    const churn = churnOf(before, after, flowsOf(before, after))
    expect(churn).toMatchObject({ shared: 16, arrived: 10, left: 4, moved: 1, stayed: 15 })
    expect(churn.flows).toEqual([
      { from: null, to: 's3', count: 10 },
      { from: 's1', to: 's1', count: 8 },
      { from: 's2', to: 's2', count: 7 },
      { from: 's2', to: null, count: 3 },
      { from: 's1', to: 's2', count: 1 },
      { from: 's1', to: null, count: 1 },
    ])
  })

  test('without some', () => {
    const skip = {
      before: new Set([before.ids.row(a[0]), before.ids.row(b[0])]),
      after: new Set([after.ids.row(a[0]), after.ids.row(c[0])]),
    }
    expect(churnOf(before, after, flowsOf(before, after, skip))).toMatchObject({
      shared: 15,
      arrived: 9,
      left: 3,
      moved: 0,
    })
  })

  test('of nobody shared', () => {
    const other = grouping({ s9: c })
    expect(churnOf(before, other, flowsOf(before, other))).toMatchObject({ shared: 0, arrived: 10, left: 20 })
  })
})
