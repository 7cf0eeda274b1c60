import { describe, expect, test } from 'vitest'
import { Vocabulary } from '../../data/vocabulary.ts'
import { heap } from '../../kernels/heap.ts'
import { Random } from '../../random.ts'
import { runSync } from '../../train/run.ts'
import type { Space } from '../space.ts'
import { lookalike, type LookalikeOptions } from './lookalike.ts'
import { type LookalikeMethod, lookalikeMethods } from './methods.ts'
import { bestRows } from './ranking.ts'
import { measureRecall } from './recall.ts'
import { centredRows } from './rows.ts'
import { divide, heldOut, rowsOf } from './seeds.ts'

const methods = Object.keys(lookalikeMethods) as LookalikeMethod[]

function spaceOf(vectors: readonly (readonly number[])[]): Space {
  const ids = Vocabulary.from(vectors.map((_, i) => `u${i}`))
  return {
    name: 'test',
    version: 1,
    of: 'user',
    ids,
    dim: vectors[0].length,
    data: Float32Array.from(vectors.flat()),
  }
}

/** `count` users around each direction, one after the other. */
function kinds(directions: readonly (readonly number[])[], count: number, noise = 0.3): Space {
  const rng = new Random(7)
  return spaceOf(
    directions.flatMap((direction) =>
      Array.from({ length: count }, () => direction.map((x) => x + noise * rng.normal())),
    ),
  )
}

const range = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, i) => from + i)

function find(space: Space, seeds: Int32Array, options: Partial<LookalikeOptions> = {}) {
  return runSync(
    lookalike(space, seeds, {
      method: 'centroid',
      size: 10,
      suppressed: new Int32Array(),
      activity: null,
      curve: false,
      rng: new Random(1),
      ...options,
    }),
  )
}

describe('seeds', () => {
  test('count once, and unknown ones are told', () => {
    const ids = Vocabulary.from(['a', 'b', 'c'])
    expect(rowsOf(['c', 'x', 'a', 'c', 'x', 'c'], ids)).toEqual({
      rows: Int32Array.of(2, 0),
      given: 3,
      repeated: 3,
      unknown: ['x'],
    })
  })

  test('are divided evenly into as many folds as there are seeds at most, by the seed of the random numbers', () => {
    const seeds = range(10, 23)
    const folds = divide(seeds, 5, new Random(1))
    const sizes = range(0, 5).map((k) => heldOut(folds, k).length)
    expect([...sizes].sort((a, b) => a - b)).toEqual([2, 2, 3, 3, 3])
    expect(divide(seeds, 5, new Random(1))).toEqual(folds)
    expect(divide(seeds, 5, new Random(2))).not.toEqual(folds)
    expect(divide(Int32Array.of(4, 9, 2), 5, new Random(1)).count).toBe(3)
    expect(divide(Int32Array.of(4), 5, new Random(1)).count).toBe(0)
  })
})

describe('methods', () => {
  test('centroid and max-similarity by hand; a vector of zeros is like nobody', () => {
    const space = spaceOf([
      [2, 0],
      [0, 3],
      [-1, 0],
      [0, -5],
      [0, 0],
    ])
    const scored = (method: LookalikeMethod) =>
      heap.scope(() => {
        const folds = divide(Int32Array.of(0, 1), 0, new Random(1))
        return Array.from(runSync(lookalikeMethods[method](centredRows(space), folds)).sets[0])
      })
    const h = Math.SQRT1_2
    const close = (got: number[], expected: number[]) =>
      got.forEach((x, i) => expect(x).toBeCloseTo(expected[i], 6))
    close(scored('centroid'), [h, h, -h, -h, 0])
    close(scored('max-similarity'), [1, 1, 0, 0, 0])
  })

  test.each(methods)('%s: what all have in common, some more of it than others, says nothing', (method) => {
    const rng = new Random(4)
    const space = spaceOf(
      Array.from({ length: 120 }, (_, i) => {
        const common = 2 + 8 * rng.float()
        return [common, ...[0, 1, 2].map((kind) => (i % 3 === kind ? 1 : 0) + 0.1 * rng.normal())]
      }),
    )
    const seeds = Int32Array.of(0, 3, 6, 9, 12, 15)
    const { rows } = find(space, seeds, { method, size: 30 })
    expect(rows.filter((row) => row % 3 === 0).length).toBeGreaterThanOrEqual(28)
  })

  test('a space in which all are the same has no look-alikes to tell: rows come in order', () => {
    const space = spaceOf(Array.from({ length: 8 }, () => [3, 4, 5]))
    const { rows, scores } = find(space, Int32Array.of(2), { size: 4 })
    expect([Array.from(rows), Array.from(scores)]).toEqual([
      [0, 1, 3, 4],
      [0, 0, 0, 0],
    ])
  })

  test.each(methods)('%s: a set without a fold is what the rest of the seeds give alone', (method) => {
    const { sets, alone } = heap.scope(() => {
      const rows = centredRows(
        kinds(
          [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
          30,
        ),
      )
      const folds = divide(range(0, 9), 3, new Random(3))
      const all = runSync(lookalikeMethods[method](rows, folds))
      const alone = Array.from({ length: 3 }, (_, k) => {
        const rest = folds.seeds.filter((_, i) => folds.of[i] !== k)
        return Float32Array.from(
          runSync(lookalikeMethods[method](rows, divide(rest, 0, new Random(1)))).sets[0],
        )
      })
      return { sets: all.sets.map((set) => Float32Array.from(set)), alone }
    })
    expect(sets.length).toBe(4)
    for (const [k, expected] of alone.entries())
      expected.forEach((x, row) => expect(sets[k][row]).toBeCloseTo(x, 2))
  })

  test('the classifier shows how probable somebody is one of those whom the seeds are drawn from', () => {
    // 400 of one kind, of whom 100 are seeds, and 400 of another: c is 1/4, p about 1 and 0.
    const space = kinds(
      [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
      ],
      400,
    )
    const { rows, scores } = find(space, range(0, 100), { method: 'classifier', size: 700 })
    const of = (from: number, to: number): number => {
      const list = Array.from(scores).filter((_, i) => rows[i] >= from && rows[i] < to)
      return list.reduce((sum, p) => sum + p, 0) / list.length
    }
    expect(of(100, 400)).toBeGreaterThan(0.85)
    expect(of(400, 800)).toBeLessThan(0.2)
    expect(Math.max(...scores)).toBeLessThanOrEqual(1)
  })

  test('seeds of two opposite kinds: only max-similarity finds both, the others look in one direction', () => {
    const directions = [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]
    const space = kinds(directions, 40, 0.05)
    const seeds = Int32Array.of(...range(0, 10), ...range(40, 50))
    const share = (method: LookalikeMethod) =>
      find(space, seeds, { method, size: 60 }).rows.filter((row) => row < 80).length / 60
    expect(share('max-similarity')).toBe(1)
    expect(share('centroid')).toBeLessThan(0.9)
    expect(share('classifier')).toBeLessThan(0.9)
  })
})

describe('ranking', () => {
  test('best first, equal scores by row, also at the last place', () => {
    const scores = Float32Array.of(1, 3, 2, 3, 2, 2, 9)
    const excluded = Uint8Array.of(0, 0, 0, 0, 0, 0, 1)
    expect(Array.from(bestRows(scores, excluded, 4))).toEqual([1, 3, 2, 4])
    expect(Array.from(bestRows(scores, excluded, 100))).toEqual([1, 3, 2, 4, 5, 0])
  })
})

describe('recall of held-out seeds', () => {
  test('is what drawing the order of equal scores many times gives', () => {
    const rng = new Random(5)
    const rows = 40
    const folds = divide(range(0, 12), 3, new Random(2))
    const excluded = new Uint8Array(rows)
    for (const row of [20, 21, 22, 23]) excluded[row] = 1
    // Few distinct values, so that ties matter.
    const sets = Array.from({ length: 3 }, () => Float32Array.from({ length: rows }, () => rng.int(5)))
    const recall = runSync(measureRecall(sets, excluded, folds))
    const draws = 3000
    for (const n of [1, 7, 20]) {
      let sum = 0
      for (let draw = 0; draw < draws; draw++) {
        const k = draw % 3
        const out = heldOut(folds, k)
        const candidates = Array.from({ length: rows }, (_, row) => row).filter(
          (row) => excluded[row] === 0 && (row >= 12 || out.includes(row)),
        )
        const order = rng.shuffle(candidates).sort((a, b) => sets[k][b] - sets[k][a])
        sum += order.slice(0, n).filter((row) => out.includes(row)).length / out.length
      }
      expect(Math.abs(recall.at(n) - sum / draws)).toBeLessThan(0.02)
      expect(recall.random(n)).toBeCloseTo(n / (rows - 4 - 8), 12)
    }
    expect(recall.at(28)).toBeCloseTo(1, 12)
    const size = recall.sizeFor(0.5, 28)
    expect(recall.at(size)).toBeGreaterThanOrEqual(0.5)
    expect(recall.at(size - 1)).toBeLessThan(0.5)
  })
})

describe('an audience', () => {
  const space = kinds(
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    50,
    0.12,
  )

  test.each(methods)('%s: users of the seeds’ kind, without seeds and suppressed ones', (method) => {
    const suppressed = Int32Array.of(20, 21, 0, 149)
    const got = find(space, range(0, 10), { method, size: 38, suppressed })
    expect(got.candidates).toBe(150 - 10 - 3)
    expect(Array.from(got.rows).sort((a, b) => a - b)).toEqual(
      Array.from(range(10, 50)).filter((row) => row !== 20 && row !== 21),
    )
    expect([...got.scores]).toEqual([...got.scores].sort((a, b) => b - a))
    expect(find(space, range(0, 10), { method, size: 38, suppressed })).toEqual(got)
  })

  test.each(methods)(
    '%s: held-out seeds are found far above a random audience; sizes follow from them',
    (method) => {
      const activity = Float32Array.from({ length: 150 }, (_, row) => (row < 100 ? 1 : 5))
      const got = find(space, range(0, 20), { method, size: 'balanced', curve: true, activity })
      const { folds, sizes, recall, random, popularity } = got.curve!
      expect(folds).toBe(5)
      expect(sizes.at(-1)).toBe(130)
      const at = (n: number) => sizes.indexOf(n)
      expect(recall[at(50)]).toBeGreaterThan(0.9)
      expect(random[at(50)]).toBeCloseTo(50 / 134, 12)
      // The 50 active ones are none of them.
      expect(popularity![at(50)]).toBe(0)
      expect(popularity![at(70)]).toBeCloseTo(20 / 84, 12)
      expect(recall).toEqual([...recall].sort((a, b) => a - b))
      const { narrow, balanced, broad } = got.sizes!
      expect([narrow, balanced, broad]).toEqual([narrow, balanced, broad].sort((a, b) => a - b))
      expect(got.rows.length).toBe(balanced)
      expect(recall[at(balanced)]).toBeGreaterThanOrEqual(0.5)
      expect(broad).toBeLessThan(50)
    },
  )

  test('suppressed seeds are seeds like others', () => {
    const plain = find(space, range(0, 20), { curve: true })
    expect(find(space, range(0, 20), { curve: true, suppressed: range(0, 20) })).toEqual(plain)
  })

  test('more users than there are: everybody who is left', () => {
    expect(find(space, range(0, 100), { size: 1000 }).rows.length).toBe(50)
  })

  test('without what it needs', () => {
    expect(() => find(space, new Int32Array())).toThrow(/there are no seeds/)
    expect(() => find(space, range(0, 150))).toThrow(/nobody is left: all 150 users are seeds/)
    expect(() => find(space, range(0, 149), { suppressed: Int32Array.of(149) })).toThrow(/nobody is left/)
    expect(() => find(space, Int32Array.of(3), { size: 'broad' })).toThrow(/at least 2 seeds/)
    expect(() => find(space, Int32Array.of(3), { size: 0 })).toThrow(/whole number from 1, got 0/)
    expect(find(space, Int32Array.of(3), { curve: true })).toMatchObject({ curve: null, sizes: null })
    expect(find(space, Int32Array.of(3), { method: 'classifier' }).rows.length).toBe(10)
  })
})
