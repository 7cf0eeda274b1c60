import { expect, test } from 'vitest'
import { fail } from './errors.ts'

test('messages say what was expected and what came', () => {
  const error = fail('SHAPE', { op: 'spmm', expected: 'a right-hand side with 120 rows', got: '80' })
  expect(error).toMatchObject({
    code: 'SHAPE',
    status: 500,
    message: 'spmm: expected a right-hand side with 120 rows, got 80',
  })
})

test('unknown names list the nearest', () => {
  const known = ['popularity', 'item-knn', 'ease', 'gf-cf', 'mf-bpr', 'lightgcn']
  expect(fail('UNKNOWN_NAME', { kind: 'method', name: 'lightgnc', known }).message).toMatch(
    /^unknown method "lightgnc"; nearest: "lightgcn"/,
  )
  expect(fail('UNKNOWN_NAME', { kind: 'method', name: 'x', known: ['a'] }).message).toBe(
    'unknown method "x"; known: "a"',
  )
  expect(fail('UNKNOWN_NAME', { kind: 'model', name: 'x', known: [] }).message).toBe(
    'unknown model "x"; there are none',
  )
})

test('the nearest of very many names are found', () => {
  const known = Array.from({ length: 50_000 }, (_, i) => `user-${i}`)
  expect(fail('UNKNOWN_NAME', { kind: 'user', name: 'user-49999x', known }).message).toContain(
    'nearest: "user-49999"',
  )
})
