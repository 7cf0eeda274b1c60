import { expect, test } from 'vitest'
import { interactionsFrom } from '../data/interactions.ts'
import { surroundings } from './surroundings.ts'

/** ann and bob like what is red; bob, cat and dan what is blue; eve only what nobody else has. */
const interactions = interactionsFrom(
  [
    ['ann', 'red1', 'red2'],
    ['bob', 'red1', 'red2', 'blue1'],
    ['cat', 'red1', 'blue1', 'blue2'],
    ['dan', 'blue1', 'blue2'],
    ['eve', 'grey'],
  ].flatMap(([user, ...items]) => items.map((item) => ({ user, item }))),
)

test('people who share the history and have what is recommended stand in between, the strongest first', () => {
  const { nodes, edges } = surroundings(interactions, 'ann', ['red1', 'red2'], ['blue1', 'blue2'], 2)
  expect(nodes).toEqual([
    { id: 'ann', role: 'self' },
    { id: 'red1', role: 'history' },
    { id: 'red2', role: 'history' },
    { id: 'blue1', role: 'recommended' },
    { id: 'blue2', role: 'recommended' },
    // bob: 2 shared × 1 recommended; cat: 1 × 2: the lower row first.
    { id: 'bob', role: 'person' },
    { id: 'cat', role: 'person' },
  ])
  const named = edges.map(({ source, target }) => `${nodes[source].id} ${nodes[target].id}`)
  expect(named.slice(0, 4)).toEqual(['ann red1', 'ann red2', 'ann blue1', 'ann blue2'])
  expect(named.slice(4).sort()).toEqual([
    'bob blue1',
    'bob red1',
    'bob red2',
    'cat blue1',
    'cat blue2',
    'cat red1',
  ])
})

test('dan shares nothing with ann, and is not drawn; nor is ann herself', () => {
  const { nodes } = surroundings(interactions, 'ann', ['red1'], ['red2', 'blue2'], 9)
  expect(nodes.filter(({ role }) => role === 'person').map(({ id }) => id)).toEqual(['bob', 'cat'])
})

test('somebody unknown, and items that no event names', () => {
  const { nodes, edges } = surroundings(interactions, 'zoe', ['lost'], ['blue1'], 5)
  expect(nodes.map(({ id }) => id)).toEqual(['zoe', 'lost', 'blue1'])
  expect(edges.length).toBe(2)
  expect(surroundings(interactions, 'ann', [], [], 5)).toEqual({
    nodes: [{ id: 'ann', role: 'self' }],
    edges: [],
  })
})
