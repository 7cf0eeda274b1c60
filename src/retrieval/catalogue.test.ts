import { expect, test } from 'vitest'
import { Vocabulary } from '../data/vocabulary.ts'
import { Catalogue } from './catalogue.ts'
import { meets } from './filter.ts'

test('filters', () => {
  const item = { color: 'red', sizes: [1, 2], price: 9.5, secret: null }
  expect(meets(item, {})).toBe(true)
  expect(meets(item, { color: 'red', sizes: 2, price: { max: 10 } })).toBe(true)
  expect(meets(item, { color: ['blue', 'red'] })).toBe(true)
  for (const filter of [
    { color: 'blue' },
    { sizes: 3 },
    { price: { min: 10 } },
    { secret: 'x' },
    { toString: 'x' },
  ]) {
    expect(meets(item, filter)).toBe(false)
  }
  expect(meets(undefined, { color: 'red' })).toBe(false)
})

const ITEMS = 30_000
const idOf = (row: number): string => `i${row}`
const items = Vocabulary.from(Array.from({ length: ITEMS }, (_, row) => idOf(row)))
function filled(): Catalogue {
  const catalogue = new Catalogue()
  catalogue.admit(items)
  for (let row = 0; row < ITEMS; row++) catalogue.set(idOf(row), { tenth: row % 10, third: row % 3 })
  catalogue.set('stranger', { tenth: 1 })
  return catalogue
}

test('a filter is worked out between other work, and what changes meanwhile counts', async () => {
  const catalogue = filled()
  let turns = 0
  const other = setInterval(() => turns++, 0)
  const filters = [{ tenth: 1 }, { tenth: 2 }, { third: 0 }]
  const prepared = catalogue.prepare(items, filters)
  // The second call waits for the first, and both for the same.
  const again = catalogue.prepare(items, filters)
  await new Promise((resolve) => setTimeout(resolve, 2))
  catalogue.set(idOf(1), { tenth: 5 })
  catalogue.set(idOf(ITEMS - 1), { tenth: 1 })
  catalogue.delete(idOf(11))
  await Promise.all([prepared, again])
  clearInterval(other)
  expect(turns).toBeGreaterThan(0)
  const { mask, count } = catalogue.allowed(items, { tenth: 1 })
  expect([mask[1], mask[ITEMS - 1], mask[11], mask[21]]).toEqual([0, 1, 0, 1])
  expect(count).toBe(ITEMS / 10 - 1)
  expect(mask.reduce((sum, x) => sum + x, 0)).toBe(count)
  expect(catalogue.allowed(items, { tenth: 1 }).mask).toBe(mask)
})

test('groups part what meets a filter, and follow changes', () => {
  const catalogue = filled()
  const sizes = () =>
    catalogue
      .groups(items, [{ tenth: [0, 1] }, { third: 0 }], { tenth: { max: 4 } })
      .map(({ count }) => count)
  expect(sizes()).toEqual([6000, 4000, 3000, 2000])
  catalogue.set(idOf(0), { tenth: 4, third: 0 })
  expect(sizes()).toEqual([6000, 4000, 3001, 1999])
  catalogue.set(idOf(0), { tenth: 9, third: 0 })
  expect(sizes()).toEqual([6000, 4000, 3000, 1999])
  expect(catalogue.groups(items, [{ tenth: 0 }], { tenth: 0 }).length).toBe(1)
})

test('filters in use are ready for the next model; those of one that has ended are forgotten', async () => {
  const catalogue = filled()
  catalogue.allowed(items, { tenth: 3 })
  const others = Vocabulary.from(Array.from({ length: 100 }, (_, n) => idOf(n * 7)))
  catalogue.admit(others)
  await catalogue.follow(others, items)
  catalogue.release(items)
  await catalogue.prepare(items, [{ tenth: 4 }])
  const { mask, count } = catalogue.allowed(others, { tenth: 3 })
  expect([mask.length, count]).toEqual([100, 10])
})

test('of many filters the last ones are kept', () => {
  const catalogue = new Catalogue()
  const few = Vocabulary.from(['a', 'b'])
  catalogue.set('a', { n: 1 })
  const first = catalogue.allowed(few, { n: 1 })
  for (let n = 2; n < 60; n++) catalogue.allowed(few, { n })
  expect(catalogue.allowed(few, { n: 1 })).toBe(first)
  for (let n = 60; n < 123; n++) catalogue.allowed(few, { n })
  expect(catalogue.allowed(few, { n: 1 })).toBe(first)
  for (let n = 200; n < 264; n++) catalogue.allowed(few, { n })
  expect(catalogue.allowed(few, { n: 1 })).not.toBe(first)
  expect(catalogue.allowed(few, { n: 1 })).toEqual(first)
})
