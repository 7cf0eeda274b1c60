import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { interactionsFrom, interactionsFromRows } from '../data/interactions.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { trainRecommender } from '../evaluate/train-recommender.ts'
import { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { Activity } from './activity.ts'
import { Answering, type Request, type Sources } from './answering.ts'
import { Batcher } from './batcher.ts'
import { Catalogue } from './catalogue.ts'
import { Random } from '../random.ts'
import { runSync } from '../steps.ts'
import { buildIndexes, useIndexes } from './neighbours/indexes.ts'
import { Popularity } from './popularity.ts'
import { Profiles } from './profiles.ts'

/** Users u0 … u11 like the even or the odd items i0 … i11, each except the one of their own number; everybody likes `hit`. */
const tastes = interactionsFrom([
  ...Array.from({ length: 12 }, (_, u) => ({ user: `u${u}`, item: 'hit' })),
  ...Array.from({ length: 144 }, (_, n) => [Math.floor(n / 12), n % 12] as const)
    .filter(([u, i]) => u !== i && (u + i) % 2 === 0)
    .map(([u, i]) => ({ user: `u${u}`, item: `i${i}` })),
])
const parity = (ids: readonly { id: string }[]): Set<number> =>
  new Set(ids.filter(({ id }) => id !== 'hit').map(({ id }) => Number(id.slice(1)) % 2))

describe.each(['item-knn', 'lightgcn'])('answers of %s', (method) => {
  let model: FittedRecommender
  beforeAll(async () => {
    const config =
      method === 'lightgcn' ? { dim: 8, epochs: 200, rate: 0.02, batch: 16, negatives: 'uniform' } : {}
    model = await trainRecommender(tastes, { method, config })
  })
  afterAll(() => model.dispose())

  function answering(change: Partial<Sources> = {}): Answering {
    const catalogue = new Catalogue()
    for (let i = 0; i < 12; i++) catalogue.set(`i${i}`, { number: i, tags: [i < 6 ? 'low' : 'high'] })
    const attributes = Array.from({ length: 12 }, (_, u) => [`u${u}`, { odd: u % 2 === 1 }] as const)
    return runSync(
      Answering.from({
        model,
        activity: new Activity(0),
        catalogue,
        profiles: runSync(Profiles.of(model, attributes)),
        userAttributes: (user) => (user === 'new-odd' ? { odd: true } : undefined),
        erased: { users: new Set(), items: new Set() },
        ...change,
      }),
    )
  }
  const one = (request: Partial<Request>, change: Partial<Sources> = {}) =>
    answering(change).answer([{ n: 3, ...request }])[0]!

  test('a known user is answered from training, as the model itself would', () => {
    const answer = one({ user: 'u4' })
    expect(answer.rung).toBe('trained')
    expect(answer.items.map(({ id }) => id)).toEqual(model.recommend('u4', { n: 3 }).map(({ id }) => id))
    expect(answer.items[0].id).toBe('i4')
  })

  test('what was done since counts, and is not shown again', () => {
    const activity = new Activity(5)
    activity.add([
      { seq: 5, user: 'u4', item: 'i4' },
      { seq: 6, user: 'newcomer', item: 'i1' },
      { seq: 7, user: 'newcomer', item: 'i3' },
      { seq: 8, user: 'newcomer', item: 'never seen before' },
    ])
    expect(one({ user: 'u4' }, { activity }).rung).toBe('trained')
    const answer = one({ user: 'newcomer', n: 4 }, { activity })
    expect(answer.rung).toBe('folded-in')
    expect(parity(answer.items)).toEqual(new Set([1]))
    expect(answer.items.map(({ id }) => id)).not.toContain('i1')
    expect(parity(one({ user: 'newcomer', n: 2, includeSeen: true }, { activity }).items)).toEqual(
      new Set([1]),
    )
    expect(one({ recent: ['i1', 'i3'], n: 4 })).toEqual(answer)
  })

  test('somebody with attributes only is shown what their kind is shown; a stranger what is popular; nobody nothing', () => {
    const profile = one({ user: 'new-odd', n: 5 })
    expect(profile.rung).toBe('profile')
    expect(parity(profile.items)).toEqual(new Set([1]))
    const stranger = one({ user: 'stranger' })
    expect(stranger).toMatchObject({ rung: 'popular', items: [{ id: 'hit', score: 12 }, {}, {}] })
    expect(one({}).rung).toBe('popular')
    expect(one({ user: 'stranger', recent: ['unheard of'] }).rung).toBe('popular')
  })

  test('what a user did before they were erased is forgotten, not what came after', () => {
    const activity = new Activity(0)
    activity.add([1, 2, 3].map((seq) => ({ seq, user: 'u', item: `i${seq}` })))
    activity.forget('u', 2)
    expect(activity.itemsOf('u')).toEqual(['i3'])
    activity.forget('u', 2)
    activity.forget('nobody', 9)
    expect(activity.itemsOf('u')).toEqual(['i3'])
    activity.forget('u', 3)
    expect(activity.itemsOf('u')).toEqual([])
  })

  test('an erased user is a stranger, an erased item is not shown', () => {
    const erased = { users: new Set(['u4']), items: new Set(['i4', 'hit']) }
    expect(one({ user: 'u4' }, { erased }).rung).toBe('popular')
    expect(one({ user: 'u2', n: 13, includeSeen: true }, { erased }).items.length).toBe(11)
  })

  test('filters, exclusions, candidates and boosts', () => {
    expect(one({ user: 'stranger', n: 20, filter: { tags: 'low' } }).items.length).toBe(6)
    const numbers = { number: { min: 3, max: 5 } }
    expect(new Set(one({ user: 'stranger', n: 20, filter: numbers }).items.map(({ id }) => id))).toEqual(
      new Set(['i3', 'i4', 'i5']),
    )
    expect(one({ user: 'stranger', exclude: ['hit'] }).items.map(({ id }) => id)).not.toContain('hit')
    const ranked = one({ user: 'u4', n: 9, candidates: ['i9', 'i4', 'unknown'], includeSeen: true })
    expect(ranked.items.map(({ id }) => id)).toEqual(['i4', 'i9'])
    expect(one({ user: 'u4', n: 1, boosts: [{ filter: { number: 9 }, by: 100 }] }).items[0].id).toBe('i9')
    expect(one({ user: 'u4', filter: { nothing: 1 } }).items).toEqual([])
  })

  test('diversity mixes what would be alike', () => {
    const plain = one({ user: 'u4', n: 3, includeSeen: true })
    expect(parity(plain.items)).toEqual(new Set([0]))
    expect(parity(one({ user: 'u4', n: 3, includeSeen: true, diversity: 1 }).items)).toEqual(new Set([0, 1]))
    expect(one({ user: 'u4', n: 3, includeSeen: true, diversity: 0.001 }).items[0]).toEqual(plain.items[0])
  })

  test('explanations count people, and why-not says why', () => {
    const [first] = one({ user: 'u4', explain: true }).items
    // i4 is liked by u0, u2, u6, u8 and u10; of them four like each of the user's items, and all like hit.
    expect(first).toMatchObject({ id: 'i4', because: { item: 'hit', people: 5 } })
    const why = (item: string, more: Partial<Request> = {}) =>
      answering().whyNot({ user: 'u4', n: 1, ...more }, item)
    expect(why('i4')).toEqual({ code: 'shown', reason: 'it is shown, at place 1', rank: 1 })
    expect(why('i2').reason).toMatch(/has interacted/)
    expect(why('i9').rank).toBeGreaterThan(1)
    expect(why('unheard').reason).toMatch(/no event/)
    expect(why('i4', { exclude: ['i4'] }).reason).toMatch(/excludes/)
    expect(why('i4', { filter: { tags: 'high' } }).reason).toMatch(/filter/)
  })

  test('many at once answer as each alone', () => {
    const requests: Request[] = [
      { user: 'u1', n: 2 },
      { n: 4 },
      { user: 'u2', n: 5, diversity: 0.5 },
      { recent: ['i5'], n: 1 },
      { user: 'u3', n: 3, explain: true },
    ]
    const together = answering().answer(requests)
    requests.forEach((request, at) => {
      const alone = answering().answer([request])[0]!
      expect(together[at]!.rung).toBe(alone.rung)
      expect(together[at]!.items.map(({ id }) => id)).toEqual(alone.items.map(({ id }) => id))
    })
  })
})

describe('answers by an index', () => {
  const [USERS, ITEMS, DIM] = [40, 6000, 8]
  const rng = new Random(5)
  const normal = (count: number): Float32Array =>
    Float32Array.from({ length: count * DIM }, () => rng.normal())
  const interactions = interactionsFrom(
    Array.from({ length: ITEMS }, (_, i) => ({ user: `u${i % USERS}`, item: `i${i}` })),
  )
  const model = new FittedRecommender({ method: 'lightgcn', config: {}, seed: 1 }, interactions, {
    kind: 'dot-product',
    tensors: {
      users: { data: normal(USERS), shape: [USERS, DIM] },
      items: { data: normal(ITEMS), shape: [ITEMS, DIM] },
    },
  })
  afterAll(() => model.dispose())
  const catalogue = new Catalogue()
  for (let i = 0; i < ITEMS; i++) catalogue.set(`i${i}`, { half: i % 2, third: i % 3, tenth: i % 10 })
  const sources = {
    model,
    activity: new Activity(0),
    catalogue,
    profiles: runSync(Profiles.of(model, [])),
    userAttributes: () => undefined,
    erased: { users: new Set<string>(), items: new Set(['i7']) },
  }
  const exact = runSync(Answering.from(sources))
  const indexed = runSync(Answering.from(sources))
  indexed.useIndexes(runSync(useIndexes(model, runSync(buildIndexes(model, ['items'], new Random(1))))))

  test.each<[string, Partial<Request>]>([
    ['a boost', { boosts: [{ filter: { tenth: 3 }, by: 1 }] }],
    ['a boost that lowers', { boosts: [{ filter: { half: 1 }, by: -2 }] }],
    [
      'boosts that meet, with a filter',
      {
        filter: { third: [0, 1] },
        boosts: [
          { filter: { half: 0 }, by: 0.7 },
          { filter: { tenth: { max: 4 } }, by: 0.5 },
          { filter: { tenth: 4 }, by: -0.3 },
        ],
      },
    ],
    [
      'more boosts than are looked up',
      { boosts: [1, 2, 3, 4].map((tenth) => ({ filter: { tenth }, by: tenth / 10 })) },
    ],
    [
      'candidates',
      {
        candidates: Array.from({ length: 300 }, (_, n) => `i${n * 7}`),
        boosts: [{ filter: { half: 1 }, by: 1 }],
      },
    ],
    ['a boost of what nobody has', { boosts: [{ filter: { colour: 'red' }, by: 9 }] }],
    ['diversity', { diversity: 0.5, boosts: [{ filter: { half: 1 }, by: 1 }] }],
  ])('with %s are those of scoring everything', (_, more) => {
    const requests = Array.from({ length: USERS }, (_, u) => ({ user: `u${u}`, n: 20, ...more }))
    let [hits, all] = [0, 0]
    for (const request of requests) {
      const [expected] = exact.answer([request])
      const [found] = indexed.answer([request])
      expect(found!.items.length).toBe(expected!.items.length)
      const scores = new Map(expected!.items.map(({ id, score }) => [id, score]))
      all += scores.size
      for (const { id, score } of found!.items) {
        if (!scores.has(id)) continue
        hits++
        expect(score).toBeCloseTo(scores.get(id)!, 3)
      }
    }
    expect(hits / all).toBeGreaterThan('diversity' in more ? 0.9 : 0.95)
  })

  test('groups follow the attributes', () => {
    const request = { user: 'u1', n: 1, boosts: [{ filter: { colour: 'red' }, by: 50 }] }
    catalogue.set('i11', { colour: 'red' })
    expect(indexed.answer([request])[0]!.items[0].id).toBe('i11')
    catalogue.set('i11', {})
    catalogue.set('i12', { colour: 'red' })
    expect(indexed.answer([request])[0]!.items[0].id).toBe('i12')
  })
})

test('what would take too long is left for another turn, and something is always answered', () => {
  const ITEMS = 2 ** 20
  const users = Vocabulary.from(['a', 'b', 'c', 'd', 'e', 'f'])
  const items = Vocabulary.from(Array.from({ length: ITEMS }, (_, i) => String(i)))
  const rows = Int32Array.of(0, 1, 2, 3, 4, 5)
  const interactions = interactionsFromRows(users, items, rows, rows, null, null)
  using model = new FittedRecommender({ method: 'lightgcn', config: {}, seed: 1 }, interactions, {
    kind: 'dot-product',
    tensors: {
      users: { data: new Float32Array(6).fill(1), shape: [6, 1] },
      items: { data: Float32Array.from({ length: ITEMS }, (_, i) => i), shape: [ITEMS, 1] },
    },
  })
  const answering = runSync(
    Answering.from({
      model,
      activity: new Activity(0),
      catalogue: new Catalogue(),
      profiles: runSync(Profiles.of(model, [])),
      userAttributes: () => undefined,
      erased: { users: new Set(), items: new Set() },
    }),
  )
  let open: Request[] = [...'abcdef', 'stranger'].map((user) => ({ user, n: 1 }))
  const turns: number[] = []
  while (open.length > 0) {
    const answers = answering.answer(open)
    for (const answer of answers)
      if (answer?.rung === 'trained') expect(answer.items[0].id).toBe(String(ITEMS - 1))
    turns.push(answers.filter((answer) => answer !== null).length)
    open = open.filter((_, at) => answers[at] === null)
  }
  // The stranger is answered from the list, four of the others by a turn of 2²² scores.
  expect(turns).toEqual([5, 2])
})

test('the list of what is popular', () => {
  const rng = new Random(2)
  const pairs = Array.from({ length: 400 }, () => ({ user: `u${rng.int(30)}`, item: `i${rng.int(50)}` }))
  const { matrix } = interactionsFrom(pairs)
  const popularity = runSync(Popularity.of(matrix))
  const counts = Array.from({ length: matrix.cols }, (_, i) => matrix.indices.filter((x) => x === i).length)
  expect([...popularity.scores]).toEqual(counts)
  const order = [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b)
  const banned = new Set([order[0], order[3]])
  const mask = Uint8Array.from(counts, (_, i) => i % 2)
  const passing = order.filter((row) => !banned.has(row))
  expect([...popularity.best(100, { banned }).rows]).toEqual(passing)
  const allowed = { mask, count: 0 }
  expect([...popularity.best(4, { banned, allowed }).rows]).toEqual(
    passing.filter((row) => row % 2 === 1).slice(0, 4),
  )
  const among = Int32Array.from(order.slice(0, 9).toReversed())
  expect([...popularity.bestAmong(among, 3, banned).rows]).toEqual(passing.slice(0, 3))
})

test('a batcher answers what is asked together in one call, and one bad question spoils no other', async () => {
  const calls: number[] = []
  const batcher = new Batcher((questions: readonly number[]) => {
    calls.push(questions.length)
    if (questions.includes(13)) throw new Error('unlucky')
    return questions.map((q) => q * 2)
  }, 3)
  expect(await Promise.all([1, 2, 3, 4].map((q) => batcher.ask(q)))).toEqual([2, 4, 6, 8])
  expect(calls).toEqual([3, 1])
  const [a, b] = await Promise.allSettled([batcher.ask(1), batcher.ask(13)])
  // Large ones are put off; what comes meanwhile does not wait for them.
  const order: number[] = []
  let busy = 2
  const patient = new Batcher((questions: readonly number[]) =>
    questions.map((q) => (q > 100 && busy-- > 0 ? null : q)),
  )
  const large = patient.ask(101).then((q) => order.push(q))
  const small = patient.ask(1).then((q) => order.push(q))
  await Promise.all([large, small])
  expect(order).toEqual([1, 101])
  expect(a).toMatchObject({ value: 2 })
  expect(b).toMatchObject({ reason: new Error('unlucky') })
})
