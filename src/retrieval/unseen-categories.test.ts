import { expect, test } from 'vitest'
import { attributesFrom } from '../data/attributes.ts'
import { unseenCategories, valuesOf } from './unseen-categories.ts'

const attributes = attributesFrom(
  [
    { id: 'apple', kind: ['fruit', 'red'] },
    { id: 'pear', kind: ['fruit'] },
    { id: 'leek', kind: ['vegetable'] },
    { id: 'brick', kind: ['red'] },
  ],
  [{ name: 'kind', kind: 'tags' }],
)
const kinds = valuesOf(attributes, 'kind')
const DAY = 86_400_000
const history = [
  { id: 'leek', time: 1 * DAY },
  { id: 'apple', time: 9 * DAY },
  { id: 'brick', time: 11 * DAY },
]
const passing = (days: number, now: number): string[] =>
  ['apple', 'pear', 'leek', 'brick', 'unknown'].filter(unseenCategories(history, kinds, { days, now }))

test('categories of the last days do not pass; older and later ones do', () => {
  expect(passing(3, 10 * DAY)).toEqual(['leek', 'unknown'])
  expect(passing(9, 10 * DAY)).toEqual(['leek', 'unknown'])
  expect(passing(10, 10 * DAY)).toEqual(['unknown'])
  expect(passing(0, 10 * DAY)).toHaveLength(5)
  expect(passing(1, 2 * DAY)).toEqual(['apple', 'pear', 'leek', 'brick', 'unknown'])
})

test('what makes no sense is refused', () => {
  expect(() => passing(-1, 0)).toThrow('days: expected a number of 0 or more, got -1')
  expect(() => valuesOf(attributes, 'kindd')).toThrow('unknown field "kindd"; known: "kind"')
})
