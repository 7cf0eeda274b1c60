import { describe, expect, test } from 'vitest'
import { Random } from '../random.ts'
import { Sparse } from '../tensor/sparse.ts'
import { aliasTable } from './alias.ts'
import { popularityNegatives, uniformNegatives } from './negatives.ts'

/** u0: items 0, 1; u1: item 0; u2: everything; u3: nothing. */
const interactions = new Sparse(
  4,
  4,
  new Uint32Array([0, 2, 3, 7, 7]),
  new Int32Array([0, 1, 0, 0, 1, 2, 3]),
  null,
)

function shares(sample: (rng: Random) => number, n: number): number[] {
  const rng = new Random(1)
  const counts = Array.from({ length: n }, () => 0)
  for (let i = 0; i < 40_000; i++) counts[sample(rng)]++
  return counts.map((c) => c / 40_000)
}

describe('aliasTable', () => {
  test('draws in proportion to the weights', () => {
    const draw = aliasTable(new Float64Array([1, 0, 3, 6]))
    expect(shares(draw, 4)).toEqual([0.1, 0, 0.3, 0.6].map((p) => expect.closeTo(p, 1.8)))
    expect(shares(draw, 4)[1]).toBe(0)
  })

  test('refuses weights that are no distribution', () => {
    for (const weights of [[], [0, 0], [1, -1, 3], [NaN]]) {
      expect(() => aliasTable(Float64Array.from(weights))).toThrow('weights of a distribution')
    }
  })
})

describe('negatives', () => {
  test('uniform: never an own item, the others alike', () => {
    const sample = uniformNegatives(interactions)
    expect(shares((rng) => sample(0, rng), 4)).toEqual([
      0,
      0,
      expect.closeTo(0.5, 1.5),
      expect.closeTo(0.5, 1.5),
    ])
  })

  test('popularity: in proportion to users^power', () => {
    const sample = popularityNegatives(interactions, 2)
    // Users per item: 3, 2, 1, 1; for user 1, who has item 0, the weights are 4, 1, 1.
    expect(shares((rng) => sample(1, rng), 4)).toEqual(
      [0, 4 / 6, 1 / 6, 1 / 6].map((p) => expect.closeTo(p, 1.5)),
    )
  })

  test('a user of every item has no negative; a user of none can get any', () => {
    const sample = uniformNegatives(interactions)
    expect(sample(2, new Random(1))).toBe(-1)
    expect(new Set(Array.from({ length: 100 }, (_, i) => sample(3, new Random(i)))).size).toBe(4)
  })
})
