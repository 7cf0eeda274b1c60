import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { rankingMeasures } from '../metrics/ranking.ts'
import type { Scorer } from '../models/recommend/family/scorer.ts'
import { Random } from '../random.ts'
import { Sparse } from '../tensor/sparse.ts'
import { evaluateRanking } from './ranking.ts'
import type { RankingOptions, RankingResult } from './ranking.ts'

function sparse(cols: number, rows: readonly (readonly number[])[]): Sparse {
  const indptr = new Uint32Array(rows.length + 1)
  rows.forEach((row, u) => (indptr[u + 1] = indptr[u] + row.length))
  return new Sparse(rows.length, cols, indptr, Int32Array.from(rows.flat()), null)
}

function scorer(userCount: number, itemCount: number, score: (user: number, item: number) => number): Scorer {
  return {
    userCount,
    itemCount,
    scores(users, out) {
      users.forEach((user, j) => {
        for (let item = 0; item < itemCount; item++) out[j * itemCount + item] = score(user, item)
      })
    },
  }
}

/** Scores from a table of rows. */
const fixed = (rows: readonly (readonly number[])[]): Scorer =>
  scorer(rows.length, rows[0].length, (user, item) => rows[user][item])

function evaluate(model: Scorer, options: RankingOptions): RankingResult {
  const steps = evaluateRanking(model, options)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** users × items where each pair is in train, in test, or in neither. */
function planted(users: number, items: number, seed: number): { train: Sparse; test: Sparse } {
  const rng = new Random(seed)
  const kind = Array.from({ length: users }, () => Array.from({ length: items }, () => rng.float()))
  const rows = (low: number, high: number): number[][] =>
    kind.map((row) => row.flatMap((x, item) => (x >= low && x < high ? [item] : [])))
  return { train: sparse(items, rows(0, 0.2)), test: sparse(items, rows(0.2, 0.3)) }
}

describe('known answers', () => {
  // User 0 has item 0 in train and wants 2 and 4; user 1 wants 0; user 2 wants nothing.
  const train = sparse(5, [[0], [3], [1]])
  const held = sparse(5, [[2, 4], [0], []])
  const model = fixed([
    [9, 8, 7, 6, 5], // ranks 1, 2, 3, 4 after masking 0: hits at 2 and 4
    [1, 5, 4, 9, 3], // ranks 1, 2, 4, 0 after masking 3: a hit at 4
    [0, 0, 0, 0, 0],
  ])
  const result = evaluate(model, { train, test: held, k: [4, 2] })

  test('measures per user and their means', () => {
    expect(result.k).toEqual([2, 4])
    expect([...result.users]).toEqual([0, 1])
    expect([...result.perUser['recall@2']]).toEqual([0.5, 0])
    expect([...result.perUser['recall@4']]).toEqual([1, 1])
    expect([...result.perUser['precision@4']]).toEqual([0.5, 0.25])
    expect([...result.perUser['hitRate@2']]).toEqual([1, 0])
    expect([...result.perUser['mrr@4']]).toEqual([0.5, 0.25])
    expect(result.perUser['map@4'][0]).toBeCloseTo((1 / 2 + 2 / 4) / 2, 12)
    expect(result.perUser['ndcg@4'][0]).toBeCloseTo(
      (1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3)),
      12,
    )
    expect(result.means['recall@2']).toBe(0.25)
    expect(result.standardErrors['recall@2']).toBeCloseTo(Math.sqrt(0.125) / Math.SQRT2, 12)
  })

  test('beyond accuracy', () => {
    // @2: user 0 gets 1, 2; user 1 gets 1, 2.
    expect(result.beyond['coverage@2']).toBe(0.4)
    // @4: user 0 gets 1, 2, 3, 4; user 1 gets 1, 2, 4, 0.
    expect(result.beyond['coverage@4']).toBe(1)
    // Three train users; 0, 1 and 3 have one each, 2 and 4 none, counted as one.
    expect(result.beyond['novelty@4']).toBeCloseTo(Math.log2(3), 12)
    // Exposure 1, 2, 2, 1, 2, ascending 1 1 2 2 2: (−4 − 2 + 0 + 4 + 8) / (5 · 8).
    expect(result.beyond['gini@4']).toBeCloseTo(6 / 40, 12)
    expect(result.beyond['diversity@4']).toBe(1)
    expect(result.diversity).toEqual({ users: 2, over: 'train users in common' })
  })

  test('counts', () => {
    expect(result.counts).toEqual({
      users: 3,
      evaluated: 2,
      withoutTest: 1,
      withoutTrain: 0,
      items: 5,
      testPairs: 3,
      overlap: 0,
      unseenItemPairs: 2,
    })
    expect(result.shortLists).toBe(0)
  })

  test('validation pairs are masked too', () => {
    const exclude = sparse(5, [[1, 3], [1], []])
    const masked = evaluate(model, { train, test: held, exclude, k: [2] })
    expect([...masked.perUser['recall@2']]).toEqual([1, 0])
    // What was validated cannot be asked for again.
    const overlapping = evaluate(model, { train, test: held, exclude: sparse(5, [[2], [], []]), k: [2] })
    expect(overlapping.counts.overlap).toBe(1)
  })

  test('item vectors decide diversity where given', () => {
    const same = { dim: 1, data: new Float32Array(5).fill(2) }
    const given = evaluate(model, { train, test: held, k: [2], itemVectors: same })
    expect(given.beyond['diversity@2']).toBeCloseTo(0, 12)
    expect(given.diversity.over).toBe('item vectors')
    const few = { dim: 1, data: new Float32Array(4) }
    expect(() => evaluate(model, { train, test: held, k: [2], itemVectors: few })).toThrow(
      /itemVectors: expected 5 rows/,
    )
  })
})

describe('against a naive ranking', () => {
  test('random scores with ties, any block size', () => {
    const shape = fc.record({
      users: fc.integer({ min: 1, max: 12 }),
      items: fc.integer({ min: 2, max: 25 }),
      seed: fc.nat(1e6),
      k: fc.integer({ min: 1, max: 30 }),
      blockSize: fc.integer({ min: 1, max: 13 }),
    })
    fc.assert(
      fc.property(shape, ({ users, items, seed, k, blockSize }) => {
        const { train, test: held } = planted(users, items, seed)
        fc.pre(held.nnz > 0)
        const rng = new Random(seed).stream('scores')
        const table = Array.from({ length: users }, () => Array.from({ length: items }, () => rng.int(5)))
        const result = evaluate(fixed(table), { train, test: held, k: [k], blockSize })
        let place = 0
        for (let u = 0; u < users; u++) {
          const wanted = new Set(held.row(u))
          if (wanted.size === 0) continue
          const top = [...Array(items).keys()]
            .filter((item) => !train.has(u, item))
            .sort((a, b) => table[u][b] - table[u][a] || a - b)
            .slice(0, k)
          const hits = top.map((item): number => (wanted.has(item) ? 1 : 0))
          const ideal = Array.from({ length: Math.min(k, wanted.size) }, () => 1)
          const gain = (row: number[]): number => row.reduce((sum, hit, r) => sum + hit / Math.log2(r + 2), 0)
          expect(result.users[place]).toBe(u)
          expect(result.perUser[`recall@${k}`][place]).toBeCloseTo(
            hits.reduce((a, b) => a + b, 0) / wanted.size,
            12,
          )
          expect(result.perUser[`ndcg@${k}`][place]).toBeCloseTo(gain(hits) / gain(ideal), 12)
          place++
        }
        expect(result.users.length).toBe(place)
      }),
      { seed: 6, numRuns: 60 },
    )
  })

  test('the block size changes nothing', () => {
    const { train, test: held } = planted(40, 30, 1)
    const rng = new Random(2)
    const table = Array.from({ length: 40 }, () => Array.from({ length: 30 }, () => rng.float()))
    const one = evaluate(fixed(table), { train, test: held, k: [5, 10], blockSize: 1 })
    expect(evaluate(fixed(table), { train, test: held, k: [5, 10], blockSize: 7 })).toEqual(one)
    expect(evaluate(fixed(table), { train, test: held, k: [5, 10] })).toEqual(one)
  })
})

describe('planted models', () => {
  const { train, test: held } = planted(300, 100, 3)

  test('an oracle gets 1 wherever the cut allows', () => {
    const oracle = scorer(300, 100, (user, item) => (held.has(user, item) ? 1 : 0))
    const { means } = evaluate(oracle, { train, test: held, k: [1, 10, 100] })
    for (const measure of ['ndcg', 'map', 'mrr', 'hitRate']) {
      for (const k of [1, 10, 100]) expect(means[`${measure}@${k}`]).toBeCloseTo(1, 12)
    }
    expect(means['precision@1']).toBe(1)
    expect(means['recall@100']).toBe(1)
  })

  test('a random model is near its expectation', () => {
    const rng = new Random(4)
    const random = scorer(300, 100, () => rng.float())
    const { means, beyond, users } = evaluate(random, { train, test: held, k: [10] })
    // Each unmasked item is among the ten with probability 10 / (100 − train items).
    let expected = 0
    for (const user of users) expected += 10 / (100 - train.degree(user)) / users.length
    expect(Math.abs(means['recall@10'] - expected)).toBeLessThan(0.02)
    expect(beyond['coverage@10']).toBe(1)
    expect(beyond['gini@10']).toBeLessThan(0.2)
  })
})

describe('edges', () => {
  const flat = (users: number, items: number): Scorer => scorer(users, items, () => 0.5)

  test('equal scores are ordered by item', () => {
    const result = evaluate(flat(1, 4), { train: sparse(4, [[1]]), test: sparse(4, [[0, 3]]), k: [1, 2, 3] })
    expect(result.means['recall@1']).toBe(0.5)
    expect(result.means['recall@2']).toBe(0.5)
    expect(result.means['recall@3']).toBe(1)
  })

  test('k beyond the number of items counts unfilled places', () => {
    const result = evaluate(flat(1, 3), { train: sparse(3, [[0]]), test: sparse(3, [[2]]), k: [50] })
    expect(result.means['recall@50']).toBe(1)
    expect(result.means['precision@50']).toBe(0.02)
    expect(result.means['mrr@50']).toBe(0.5)
    expect(result.shortLists).toBe(0)
  })

  test('pairs that are also train pairs are counted and left out', () => {
    const train = sparse(4, [[0, 1], [2], [0]])
    const result = evaluate(flat(3, 4), { train, test: sparse(4, [[1, 3], [2], [1]]), k: [4] })
    expect(result.counts).toMatchObject({ overlap: 2, evaluated: 2, withoutTest: 1, testPairs: 2 })
    expect([...result.users]).toEqual([0, 2])
    expect([...result.perUser['recall@4']]).toEqual([1, 1])
  })

  test('a user without train interactions is evaluated and counted', () => {
    const result = evaluate(flat(2, 3), { train: sparse(3, [[], [0]]), test: sparse(3, [[1], [2]]), k: [3] })
    expect(result.counts).toMatchObject({ withoutTrain: 1, evaluated: 2, unseenItemPairs: 2 })
  })

  test('one user: a mean without a standard error', () => {
    const result = evaluate(flat(1, 3), { train: sparse(3, [[0]]), test: sparse(3, [[1]]), k: [1] })
    expect(result.means['recall@1']).toBe(1)
    expect(result.standardErrors['recall@1']).toBeNaN()
    expect(result.beyond['diversity@1']).toBeNaN()
  })

  test('a model that refuses items gives short lists, which are counted', () => {
    const shy = scorer(2, 4, (user, item) => (user === 0 && item > 0 ? -Infinity : 1))
    const result = evaluate(shy, { train: sparse(4, [[], []]), test: sparse(4, [[0], [3]]), k: [3] })
    expect(result.shortLists).toBe(1)
    expect([...result.perUser['recall@3']]).toEqual([1, 0])
    expect(result.beyond['coverage@3']).toBe(0.75)
  })

  test('what a user has in train can be everything the model offers', () => {
    const train = sparse(3, [[0, 1, 2], [0]])
    const result = evaluate(flat(2, 3), { train, test: sparse(3, [[0], [1]]), k: [2] })
    expect(result.counts).toMatchObject({ evaluated: 1, overlap: 1 })
    const nothing = scorer(2, 3, () => -Infinity)
    const none = evaluate(nothing, { train, test: sparse(3, [[], [1]]), k: [2] })
    expect(none.means['ndcg@2']).toBe(0)
    expect(none.beyond['coverage@2']).toBe(0)
    expect(none.beyond['novelty@2']).toBeNaN()
    expect(none.shortLists).toBe(1)
  })
})

describe('faults', () => {
  const train = sparse(3, [[0], [1]])
  const model = scorer(2, 3, () => 0)

  test('an empty test set says what to do', () => {
    expect(() => evaluate(model, { train, test: sparse(3, [[], []]), k: [1] })).toThrow(
      /the test set has no interactions.*Give a test file that shares users and items with train/,
    )
  })

  test('a test set that is train says so', () => {
    expect(() => evaluate(model, { train, test: train, k: [1] })).toThrow(
      /all 2 test interactions are also train/,
    )
  })

  test('shapes that do not belong together', () => {
    const held = sparse(3, [[1], [2]])
    expect(() =>
      evaluate(
        scorer(2, 4, () => 0),
        { train, test: held, k: [1] },
      ),
    ).toThrow(/2 × 3, got a model of 2 × 4/)
    expect(() => evaluate(model, { train, test: sparse(4, [[1], [2]]), k: [1] })).toThrow(
      /test: expected 2 × 3, got 2 × 4/,
    )
    expect(() => evaluate(model, { train, test: held, exclude: sparse(3, [[]]), k: [1] })).toThrow(
      /exclude: expected 2 × 3/,
    )
  })

  test('bad cut-offs and block sizes', () => {
    const held = sparse(3, [[1], [2]])
    expect(() => evaluate(model, { train, test: held, k: [] })).toThrow(/cut-offs K: expected at least one/)
    expect(() => evaluate(model, { train, test: held, k: [5, 0] })).toThrow(/cut-off K: .*got 0/)
    expect(() => evaluate(model, { train, test: held, k: [1], blockSize: 0 })).toThrow(/blockSize/)
  })

  test.each([
    ['everywhere', () => NaN],
    ['for one item', (_: number, item: number) => (item === 2 ? NaN : 1)],
    ['for one user', (user: number) => (user === 1 ? NaN : 1)],
  ])('scores that are not numbers %s are an error, not a bad result', (_, score) => {
    expect(() => evaluate(scorer(2, 3, score), { train, test: sparse(3, [[1], [2]]), k: [1] })).toThrow(
      /not numbers/,
    )
  })
})

describe('a steady evaluation', () => {
  const { train, test: held } = planted(50, 40, 5)
  const model = scorer(50, 40, (user, item) => ((user * 7 + item * 13) % 31) + item / 100)

  test('reports progress from nothing to all users', () => {
    const steps = evaluateRanking(model, { train, test: held, k: [5], blockSize: 20 })
    const seen = [...steps]
    const of = seen[0].of
    expect(seen.map((step) => step.done)).toEqual(
      [0, 20, 40, of].filter((done, i, all) => all.indexOf(done) === i),
    )
    expect(seen.every((step) => step.phase === 'evaluate' && step.of === of)).toBe(true)
  })

  test('is the same every time and leaves the kernel heap as it was', () => {
    const first = evaluate(model, { train, test: held, k: [5, 10], blockSize: 8 })
    const { bytesInUse, bytesReserved } = heap
    expect(evaluate(model, { train, test: held, k: [5, 10], blockSize: 8 })).toEqual(first)
    expect(heap.bytesInUse).toBe(bytesInUse)
    expect(heap.bytesReserved).toBe(bytesReserved)
  })

  test('gives its memory back when a model allocates, when it fails, and when it is abandoned', () => {
    const { bytesInUse } = heap
    const greedy: Scorer = {
      ...model,
      scores: (users, out) => model.scores(users, (heap.f32(1000), out)),
    }
    evaluate(greedy, { train, test: held, k: [5], blockSize: 8 })
    expect(heap.bytesInUse).toBe(bytesInUse)

    const broken: Scorer = {
      ...model,
      scores() {
        throw new Error('no scores')
      },
    }
    expect(() => evaluate(broken, { train, test: held, k: [5] })).toThrow('no scores')
    expect(heap.bytesInUse).toBe(bytesInUse)

    const steps = evaluateRanking(model, { train, test: held, k: [5], blockSize: 8 })
    steps.next()
    steps.next()
    expect(heap.bytesInUse).toBeGreaterThan(bytesInUse)
    steps.return(undefined as never)
    expect(heap.bytesInUse).toBe(bytesInUse)
  })

  test('diversity is measured on 2,000 users, the same ones every time', () => {
    const many = planted(2300, 40, 6)
    const wide = scorer(2300, 40, (user, item) => (user * 5 + item * 7) % 11)
    const result = evaluate(wide, { ...many, k: [4] })
    expect(result.users.length).toBeGreaterThan(2000)
    expect(result.diversity.users).toBe(2000)
    expect(evaluate(wide, { ...many, k: [4], blockSize: 100 }).beyond).toEqual(result.beyond)
  })

  test('every measure stands at every cut-off', () => {
    const result = evaluate(model, { train, test: held, k: [1, 5] })
    const names = [1, 5].flatMap((cut) => rankingMeasures.map((measure) => `${measure}@${cut}`))
    expect(Object.keys(result.perUser)).toEqual(names)
    expect(Object.keys(result.means)).toEqual(names)
    for (const name of names) expect(result.perUser[name].length).toBe(result.users.length)
  })
})
