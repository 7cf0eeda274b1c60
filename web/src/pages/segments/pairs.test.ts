import { expect, it } from 'vitest'
import { pairsOf, type Profile } from './pairs.ts'

const lift = (share: number, base: number) => ({ count: 1, share, base, lift: share / base, p: 0, q: 0 })
const segment = (
  attributes: [string, string, number, number][],
  items: [string, number, number][],
): Profile => ({
  attributes: attributes.map(([attribute, value, share, base]) => ({
    attribute,
    value,
    ...lift(share, base),
  })),
  items: items.map(([item, share, base]) => ({ item, title: item, ...lift(share, base) })),
})

it('joins what either has, the largest difference first', () => {
  const a = segment(
    [
      ['age', '18', 0.5, 0.2],
      ['plan', 'plus', 0.3, 0.25],
    ],
    [['lamp', 0.9, 0.1]],
  )
  const b = segment([['age', '18', 0.1, 0.2]], [['drum', 0.4, 0.1]])
  expect(pairsOf(a, b, (attribute, value) => `${attribute}: ${value}`)).toEqual([
    { name: 'lamp', a: 0.9, b: null, base: 0.1 },
    { name: 'age: 18', a: 0.5, b: 0.1, base: 0.2 },
    { name: 'drum', a: null, b: 0.4, base: 0.1 },
    { name: 'plan: plus', a: 0.3, b: null, base: 0.25 },
  ])
})
