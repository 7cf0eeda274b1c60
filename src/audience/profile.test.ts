import { describe, expect, test } from 'vitest'
import { interactionsFrom } from '../data/interactions.ts'
import { tableFrom } from '../data/table.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { lnOverRepresented } from '../metrics/hypergeometric.ts'
import { Random } from '../random.ts'
import { runSync } from '../train/run.ts'
import { binEdges, binOf } from './histogram.ts'
import { proposeNames } from './naming.ts'
import { type Profile, profileClusters } from './profile.ts'
import { itemsOf, leanings, traitsOf } from './traits.ts'

const ids = Vocabulary.from(Array.from({ length: 40 }, (_, i) => `u${i}`))
const halves = Int32Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : 1))
const nothing = { items: null, itemIds: String, itemTitle: String }

function profilesOf(
  records: readonly Record<string, string | number | boolean | string[] | null>[],
  labels = halves,
) {
  const traits = traitsOf(tableFrom(records), ids, ids)
  return runSync(profileClusters({ labels, clusters: 2, traits, ...nothing }))
}

describe('profiles', () => {
  test('by hand: a value that 16 of 20 members have and 24 of 40 users', () => {
    const { profiles, comparisons } = profilesOf(
      Array.from({ length: 40 }, (_, i) => ({ colour: (i < 20 ? i < 16 : i < 28) ? 'red' : 'blue' })),
    )
    const p = Math.exp(lnOverRepresented(16, 20, 24, 40))
    // Red and blue, in both halves.
    expect(comparisons).toBe(4)
    const [red] = profiles[0].attributes
    expect(red).toMatchObject({ attribute: 'colour', value: 'red', count: 16, share: 0.8, base: 0.6 })
    expect(red.lift).toBeCloseTo(4 / 3, 12)
    expect(red.p).toBeCloseTo(p, 12)
    // Blue in the other half is exactly as unlikely: of two with the same p, q = 4 p / 2.
    expect(red.q).toBeCloseTo(2 * p, 12)
    expect(profiles[1].attributes.map(({ value }) => value)).toEqual(['blue'])
  })

  test('who is not known does not count', () => {
    const { profiles } = profilesOf(
      Array.from({ length: 40 }, (_, i) => ({ plan: i % 2 === 0 ? null : i < 20 ? 'free' : 'paid' })),
    )
    expect(profiles[0].attributes[0]).toMatchObject({
      value: 'free',
      count: 10,
      share: 1,
      base: 0.5,
      lift: 2,
    })
  })

  test('several values in a cell count each', () => {
    const { profiles } = profilesOf(
      Array.from({ length: 40 }, (_, i) => ({
        tags: i < 20 ? ['a', i % 2 ? 'b' : 'c'] : [i % 2 ? 'b' : 'c'],
      })),
    )
    expect(profiles[0].attributes.map(({ value, lift }) => [value, lift])).toEqual([['a', 2]])
    expect(profiles[1].attributes).toEqual([])
  })

  test('of noise nothing is said', () => {
    const rng = new Random(2)
    const records = Array.from({ length: 40 }, () =>
      Object.fromEntries(Array.from({ length: 30 }, (_, k) => [`k${k}`, `v${rng.int(3)}`])),
    )
    const { profiles, comparisons } = profilesOf(records)
    expect(comparisons).toBeGreaterThan(100)
    expect(profiles.flatMap(({ attributes }) => attributes)).toEqual([])
  })

  test('numbers as distributions against everybody', () => {
    const { profiles } = profilesOf(
      Array.from({ length: 40 }, (_, i) => ({
        age: i === 39 ? null : i < 20 ? 20 + (i % 5) : 60 + (i % 7),
        same: 1,
      })),
    )
    const [age] = profiles[0].numbers
    expect(age).toMatchObject({ attribute: 'age', mean: 22, larger: 0 })
    expect(age.segment.reduce((a, b) => a + b, 0)).toBe(20)
    expect(age.everybody.reduce((a, b) => a + b, 0)).toBe(39)
    expect(age.q).toBeLessThan(1e-4)
    // What is the same for all is no attribute.
    expect(profiles[0].numbers.map(({ attribute }) => attribute)).toEqual(['age'])
  })

  test('without attributes, and with everybody in one segment, there is nothing to say', () => {
    const empty = runSync(
      profileClusters({ labels: halves, clusters: 2, traits: { values: [], numbers: [] }, ...nothing }),
    )
    expect(empty).toEqual({
      profiles: [0, 1].map(() => ({ attributes: [], items: [], numbers: [] })),
      comparisons: 0,
    })
    const { profiles, comparisons } = profilesOf(
      Array.from({ length: 40 }, (_, i) => ({ colour: i % 2 ? 'red' : 'blue', age: i })),
      new Int32Array(40),
    )
    expect(comparisons).toBe(0)
    expect(profiles[0].attributes).toEqual([])
    expect(profiles[0].numbers[0]).toMatchObject({ mean: 19.5, larger: null, q: 1 })
  })

  test('items, and what users lean to by the attributes of their items', () => {
    const pairs = Array.from({ length: 40 }, (_, u) =>
      Array.from({ length: 6 }, (_, k) => ({
        user: `u${u}`,
        item: `i${((u < 20 ? 0 : 12) + ((u + k) % 12)) % 24}`,
      })),
    ).flat()
    const interactions = interactionsFrom([...pairs, { user: 'stranger', item: 'i0' }])
    const items = itemsOf(interactions, ids)
    const records = interactions.items
      .ids()
      .map((id) => ({ kind: Number(id.slice(1)) < 12 ? 'tea' : 'coffee' }))
    const table = traitsOf(tableFrom(records), interactions.items, interactions.items)
    const [kind] = leanings(items, table.values)
    expect(kind.attribute).toBe('likes kind')
    expect(Array.from(kind.has.row(0), (v) => kind.values[v])).toEqual(['tea'])
    expect(Array.from(kind.has.row(25), (v) => kind.values[v])).toEqual(['coffee'])
    const { profiles } = runSync(
      profileClusters({
        labels: halves,
        clusters: 2,
        traits: { values: [kind], numbers: [] },
        items,
        itemIds: (row) => interactions.items.id(row),
        itemTitle: (id) => `the ${id}`,
      }),
    )
    expect(profiles[0].attributes).toMatchObject([
      { attribute: 'likes kind', value: 'tea', share: 1, base: 0.5 },
    ])
    expect(profiles[0].items.length).toBe(12)
    expect(profiles[0].items[0]).toMatchObject({ base: 0.3, lift: 2, share: 0.6 })
    expect(
      profiles[0].items.every(({ item, title }) => Number(item.slice(1)) < 12 && title === `the ${item}`),
    ).toBe(true)
  })
})

describe('histograms', () => {
  test('whole numbers have a bin each', () => {
    expect(binEdges(Float64Array.of(2, 2, 3, 5))).toEqual([1.5, 2.5, 3.5, 4.5, 5.5])
    expect([2, 3, 5].map((x) => binOf([1.5, 2.5, 3.5, 4.5, 5.5], x))).toEqual([0, 1, 3])
  })
  test('a few far away do not squeeze the others', () => {
    const sorted = Float64Array.from({ length: 1000 }, (_, i) => (i < 998 ? i / 1000 : 1e9))
    const edges = binEdges(sorted)
    expect(edges.length).toBe(21)
    expect(edges[20]).toBeLessThan(1)
    expect([binOf(edges, -5), binOf(edges, 1e9), binOf(edges, edges[20])]).toEqual([0, 19, 19])
  })
  test('one number has one bin', () => {
    expect(binEdges(Float64Array.of(7, 7))).toEqual([6.5, 7.5])
    const edges = binEdges(Float64Array.of(0.5, 0.5))
    expect(binOf(edges, 0.5)).toBeGreaterThanOrEqual(0)
    expect(edges.every((edge, i) => i === 0 || edge > edges[i - 1])).toBe(true)
  })
})

describe('names', () => {
  const finding = (attribute: string, value: string, lnP: number) => ({
    attribute,
    value,
    lnP,
    count: 1,
    share: 1,
    base: 0.5,
    lift: 2,
    p: 0,
    q: 0,
  })
  const profile = (...attributes: ReturnType<typeof finding>[]): Profile => ({
    attributes,
    items: [],
    numbers: [],
  })

  test('say what is most telling; numbers and letters come with their attribute', () => {
    const both = profile(
      finding('plan', 'premium', -9),
      finding('age', '25-34', -8),
      finding('gender', 'F', -7),
      finding('x', 'y', -6),
    )
    const number = {
      attribute: 'spend',
      edges: [0, 1],
      segment: [1],
      everybody: [2],
      mean: 1,
      baseMean: 1,
      larger: 0.9,
      p: 0,
      q: 0,
      lnP: -8.5,
    }
    expect(proposeNames([{ id: 's1', profile: { ...both, numbers: [number] } }])).toEqual([
      'premium · spend ↑ · age 25-34',
    ])
    expect(
      proposeNames([
        { id: 's1', profile: profile(finding('城市', '北京', -1), finding('active', 'true', -0.5)) },
      ]),
    ).toEqual(['北京 · active true'])
  })

  test('differ, and fall back to the id', () => {
    const long = ['aa', 'bb', 'cc', 'dd'].map((value, k) => finding('k', value, k - 9))
    const names = proposeNames([
      { id: 's1', profile: profile(...long) },
      { id: 's2', profile: profile(...long.slice(0, 3)) },
      { id: 's3', profile: profile(...long.slice(0, 3)) },
      { id: 's4', profile: profile() },
    ])
    expect(names).toEqual(['aa · bb · cc · dd', 'aa · bb · cc (s2)', 'aa · bb · cc (s3)', 's4'])
  })

  test('take items where attributes say nothing', () => {
    const item = { ...finding('', '', -3), item: 'i1', title: 'Solaris' }
    expect(proposeNames([{ id: 's1', profile: { attributes: [], items: [item], numbers: [] } }])).toEqual([
      'Solaris',
    ])
  })
})
