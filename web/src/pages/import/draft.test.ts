import type { ImportPreview } from 'homophily/client'
import { expect, test } from 'vitest'
import { begin, mappingOf, missingFields } from './draft.ts'

const preview = (kind: ImportPreview['kind'], columns: Record<string, string>): ImportPreview => ({
  format: 'csv',
  rows: 1,
  complete: true,
  columns: [
    { name: 'who', type: 'text', filled: 1, samples: ['a'] },
    { name: 'age', type: 'number', filled: 1, samples: ['3'] },
    { name: 'likes', type: 'text', filled: 1, samples: ['x|y'] },
  ],
  first: [],
  kind,
  mapping: { columns },
  missing: [],
  problems: [],
})

test('the guess is where it begins, and what is missing is named', () => {
  const draft = begin(preview('events', { user: 'who' }))
  expect(draft.columns).toEqual({ user: 'who' })
  expect(missingFields(draft)).toEqual(['item'])
  expect(missingFields({ ...draft, columns: { user: 'who', item: 'likes' } })).toEqual([])
})

test('attributes are the columns that are no field, as what they are or were made', () => {
  const draft = begin(preview('users', { id: 'who' }))
  expect(mappingOf(draft)).toEqual({
    columns: { id: 'who' },
    attributes: ['age', 'likes'],
    types: { age: 'number', likes: 'text' },
  })
  const changed = { ...draft, attributes: new Map([['likes', 'list'] as const]) }
  expect(mappingOf(changed)).toMatchObject({ attributes: ['likes'], types: { likes: 'list' } })
  // A column that became the id is no attribute any more.
  expect(mappingOf({ ...draft, columns: { id: 'age' } }).attributes).toEqual(['likes'])
})

test('the word for all is sent only where no column says it', () => {
  const draft = { ...begin(preview('events', { user: 'who', item: 'likes' })), word: 'buy' }
  expect(mappingOf(draft)).toEqual({ columns: { user: 'who', item: 'likes' }, type: 'buy' })
  expect(mappingOf({ ...draft, columns: { ...draft.columns, type: 'age' } })).not.toHaveProperty('type')
  const relations = { ...begin(preview('relations', { source: 'who', target: 'likes' })), word: 'follows' }
  expect(mappingOf(relations)).toMatchObject({ kind: 'follows' })
})
