/** Every recommender keeps the same contract: known answers first, then reproducibility, saving, odd input, cancellation. */
import { describe, expect, test } from 'vitest'
import { interactionsFrom } from '../../src/data/interactions.ts'
import { trainRecommender } from '../../src/evaluate/train-recommender.ts'
import { heap } from '../../src/kernels/heap.ts'
import { FittedRecommender } from '../../src/models/recommend/family/fitted.ts'
import { recommenders } from '../../src/models/recommend/index.ts'

/** Settings that suit a dozen users (the hardest of a dozen items is the withheld one); everything else is the default. */
const settings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  popularity: {},
  'item-knn': { shrinkage: 0 },
  ease: { l2: 1 },
  'gf-cf': { rank: 4 },
  'mf-bpr': { dim: 8, epochs: 400, negatives: 'uniform', rate: 0.02, batch: 16, l2: 1e-3 },
  lightgcn: { dim: 8 },
  'fast-lightgcn': { dim: 8, folds: 5, steps: 60, negatives: 32, block: 16 },
}
const personalised = recommenders.filter((r) => r.name !== 'popularity')

/** Two tastes: users u0 … u11 like the even or the odd items i0 … i11, each except the one of their own number. */
const checkerboard = interactionsFrom(
  Array.from({ length: 12 }, (_, u) => u).flatMap((u) =>
    Array.from({ length: 12 }, (_, i) => i)
      .filter((i) => i !== u && i % 2 === u % 2)
      .map((i) => ({ user: `u${u}`, item: `i${i}` })),
  ),
)

const train = (method: string, seed = 7): Promise<FittedRecommender> =>
  trainRecommender(checkerboard, { method, config: settings[method], seed })

test('every method has settings for this contract', () => {
  expect(Object.keys(settings).sort()).toEqual(recommenders.map((r) => r.name).sort())
})

describe.each(personalised.map((r) => r.name))('%s', (method) => {
  test('puts the withheld item of a checkerboard first', async () => {
    using model = await train(method)
    for (let u = 0; u < 12; u++) expect([u, model.recommend(`u${u}`, { n: 1 })[0].id]).toEqual([u, `i${u}`])
  })

  test('what came after training moves the answers; somebody new is known by it alone', async () => {
    using model = await train(method)
    const { items, users } = model.interactions
    const best = (user: number, added: readonly string[]): number[] =>
      heap.scope(() => {
        const out = heap.scratchF32(items.size)
        const indices = Int32Array.from(added, (id) => items.row(id))
        const lists = { indptr: Uint32Array.of(0, indices.length), indices }
        model.scorer.foldedScores(heap.place(Int32Array.of(user)), lists, out)
        return [...out]
      })
    const row = users.row('u0')
    const plain = model.score(
      'u0',
      Array.from({ length: items.size }, (_, i) => items.id(i)),
    )
    best(row, []).forEach((score, i) => expect(score).toBeCloseTo(plain[i], 4))
    // Somebody new who likes three even items is shown the other even ones before the odd ones, on the whole.
    const fresh = best(-1, ['i2', 'i4', 'i6'])
    const mean = (ids: readonly string[]): number =>
      ids.reduce((sum, id) => sum + fresh[items.row(id)], 0) / ids.length
    expect(mean(['i0', 'i8', 'i10'])).toBeGreaterThan(mean(['i1', 'i3', 'i5', 'i7', 'i9', 'i11']))
    // An even user who turns to odd items is shown more of them.
    const odd = (scores: readonly number[]): number => scores[items.row('i9')] - scores[items.row('i10')]
    expect(odd(best(row, ['i1', 'i3', 'i5', 'i7']))).toBeGreaterThan(odd(plain))
    // Nothing to go by says nothing.
    expect(new Set(best(-1, []).map((x) => x.toFixed(6))).size).toBe(1)
  })

  test('similar items and users share the taste', async () => {
    using model = await train(method)
    expect(model.similarItems('i3', { n: 4 }).map(({ id }) => Number(id.slice(1)) % 2)).toEqual([1, 1, 1, 1])
    expect(model.similarUsers('u4', { n: 4 }).map(({ id }) => Number(id.slice(1)) % 2)).toEqual([0, 0, 0, 0])
    expect(model.similarItems('i3', { n: 100 }).map(({ id }) => id)).not.toContain('i3')
  })
})

describe.each(recommenders.map((r) => r.name))('%s', (method) => {
  test('the same seed gives the same answers to the bit', async () => {
    using a = await train(method)
    using b = await train(method)
    expect(a.recommendMany(['u1', 'u2'])).toEqual(b.recommendMany(['u1', 'u2']))
  })

  test('answers survive the round trip through the state', async () => {
    using model = await train(method)
    using copy = new FittedRecommender(model.origin, checkerboard, structuredClone(model.state))
    expect(copy.recommend('u3', { includeSeen: true })).toEqual(model.recommend('u3', { includeSeen: true }))
    expect(copy.similarItems('i3')).toEqual(model.similarItems('i3'))
    expect(copy.similarUsers('u3')).toEqual(model.similarUsers('u3'))
  })

  test('answers leave out what was seen, excluded or filtered, best first, at most n', async () => {
    using model = await train(method)
    const all = model.recommend('u0', { n: 100 })
    expect(all.length).toBe(7)
    expect(all.map((r) => r.score)).toEqual(all.map((r) => r.score).sort((a, b) => b - a))
    expect(model.recommend('u0', { n: 3 })).toEqual(all.slice(0, 3))
    expect(model.recommend('u0', { n: 100, includeSeen: true }).length).toBe(12)
    const [first] = all
    expect(model.recommend('u0', { n: 100, exclude: [first.id, 'no such item'] })).toEqual(all.slice(1))
    const odd = (id: string): boolean => Number(id.slice(1)) % 2 === 1
    expect(model.recommend('u0', { n: 2, filter: odd })).toEqual(all.filter((r) => odd(r.id)).slice(0, 2))
  })

  test('score answers the scores behind recommend, alone and in batches', async () => {
    using model = await train(method)
    const list = model.recommend('u5', { n: 3 })
    const scores = model.score(
      'u5',
      list.map((r) => r.id),
    )
    list.forEach((r, k) => expect(scores[k]).toBeCloseTo(r.score, 5))
    const [a, b] = model.scoreMany(['u5', 'u6'], ['i0', 'i1'])
    expect(a).toEqual(model.score('u5', ['i0', 'i1']).map((x) => expect.closeTo(x, 5)))
    expect(b).toEqual(model.score('u6', ['i0', 'i1']).map((x) => expect.closeTo(x, 5)))
    expect(model.recommendMany(['u5', 'u6'], { n: 2 }).map((l) => l.map((r) => r.id))).toEqual(
      ['u5', 'u6'].map((u) => model.recommend(u, { n: 2 }).map((r) => r.id)),
    )
  })

  test('unknown ids name the nearest known ones', async () => {
    using model = await train(method)
    expect(() => model.recommend('u99')).toThrow(/unknown user "u99"; nearest: "u9"/)
    expect(() => model.similarItems('item3')).toThrow(/unknown item "item3"/)
    expect(() => model.score('u1', ['x'])).toThrow(/unknown item "x"/)
    expect(() => model.recommend('u1', { n: 0 })).toThrow('n: expected a whole number of at least 1, got 0')
  })

  test('one user with one item works; nothing to train on is refused', async () => {
    const single = interactionsFrom([{ user: 'a', item: 'x' }])
    using model = await trainRecommender(single, {
      method,
      config: { ...settings[method], ...(method === 'gf-cf' ? { rank: 1 } : {}) },
    })
    expect(model.recommend('a')).toEqual([])
    await expect(trainRecommender(interactionsFrom([]), { method })).rejects.toThrow(/no interactions/)
  })

  test('an unknown setting names the valid ones', async () => {
    await expect(trainRecommender(checkerboard, { method, config: { dimm: 3 } })).rejects.toThrow(
      /unknown setting "dimm"; it has/,
    )
  })

  test('cancelled half-way it rejects and gives its memory back', async () => {
    const before = heap.bytesInUse
    const abort = new AbortController()
    const job = trainRecommender(checkerboard, {
      method,
      config: settings[method],
      signal: abort.signal,
      onProgress: () => abort.abort(),
    })
    if (method === 'popularity' || method === 'item-knn') {
      // Over before the first progress.
      ;(await job).dispose()
    } else {
      await expect(job).rejects.toMatchObject({ code: 'CANCELLED' })
    }
    expect(heap.bytesInUse).toBe(before)
  })
})
