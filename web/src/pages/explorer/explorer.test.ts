import type { Entity, Surroundings } from 'homophily/client'
import { expect, test } from 'vitest'
import { place } from './layers.ts'
import { attributesOf, plain, waysOf } from './ways.ts'

const item = (id: string, attributes: Entity['attributes']): Entity => ({
  id,
  attributes,
  created: 0,
  updated: 0,
})
const items = [
  item('a', { price: 3, colour: 'red', size: 4, tags: ['x', 'y'] }),
  item('b', { price: 5, colour: 'blue', size: 'large', tags: ['y'] }),
]

test('attributes are numbers only where all of their values are', () => {
  expect(attributesOf(items).map(({ name, kind, values }) => [name, kind, [...values.keys()]])).toEqual([
    ['colour', 'text', ['red', 'blue']],
    ['price', 'number', ['3', '5']],
    ['size', 'text', ['4', 'large']],
    ['tags', 'text', ['x', 'y']],
  ])
})

test('what is chosen is asked for as the service has it; what is not is left out', () => {
  const attributes = attributesOf(items)
  const condition = { values: [], min: undefined, max: undefined }
  expect(waysOf(plain, attributes)).toEqual({ n: 10 })
  const choice = {
    n: 5,
    diversity: 30,
    includeSeen: true,
    conditions: [
      // The four is a number, though others are words.
      { ...condition, attribute: 'size', values: ['4', 'large'] },
      { ...condition, attribute: 'price', min: 0 },
      { ...condition, attribute: 'colour' },
    ],
  }
  expect(waysOf(choice, attributes)).toEqual({
    n: 5,
    diversity: 0.3,
    includeSeen: true,
    filter: { size: [4, 'large'], price: { min: 0 } },
  })
})

test('columns from left to right, in an order that crosses few edges', () => {
  const role = (role: Surroundings['nodes'][number]['role'], ...ids: string[]) =>
    ids.map((id) => ({ id, role }))
  const nodes = [
    ...role('self', 'me'),
    ...role('history', 'h1', 'h2'),
    ...role('recommended', 'r1', 'r2'),
    ...role('person', 'p1', 'p2'),
  ]
  // p1 joins h2 and r2, p2 joins h1 and r1: parallel once people have changed places.
  const edges = [
    [0, 1],
    [0, 2],
    [5, 2],
    [5, 4],
    [6, 1],
    [6, 3],
  ].map(([source, target]) => ({ source, target }))
  const places = place({ nodes, edges }, 3)
  expect(places.map(({ x }) => x)).toEqual([0, 1, 1, 3, 3, 2, 2])
  const [, h1, h2, r1, r2, p1, p2] = places.map(({ y }) => y)
  expect(Math.sign(h1 - h2)).toBe(Math.sign(p2 - p1))
  expect(Math.sign(r1 - r2)).toBe(Math.sign(p2 - p1))
  for (const { y } of places) {
    expect(y).toBeGreaterThan(0)
    expect(y).toBeLessThan(1)
  }
})
