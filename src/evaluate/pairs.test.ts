import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sparse } from '../tensor/sparse.ts'
import { subtractPairs, unionPairs } from './pairs.ts'

const COLS = 8

function sparse(rows: readonly (readonly number[])[]): Sparse {
  const indptr = new Uint32Array(rows.length + 1)
  rows.forEach((row, u) => (indptr[u + 1] = indptr[u] + row.length))
  return new Sparse(rows.length, COLS, indptr, Int32Array.from(rows.flat()), null)
}

const lists = (m: Sparse): number[][] => Array.from({ length: m.rows }, (_, r) => [...m.row(r)])
const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b)

test('union and difference of rows', () => {
  const a = sparse([[0, 2, 5], [], [1]])
  const b = sparse([[2, 3], [7], []])
  expect(lists(unionPairs(a, b))).toEqual([[0, 2, 3, 5], [7], [1]])
  expect(lists(subtractPairs(a, b))).toEqual([[0, 5], [], [1]])
})

test('agree with sets', () => {
  const rows = fc.array(
    fc.tuple(fc.subarray([...Array(COLS).keys()]), fc.subarray([...Array(COLS).keys()])),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(rows, (pairs) => {
      const a = sparse(pairs.map(([x]) => x))
      const b = sparse(pairs.map(([, y]) => y))
      expect(lists(unionPairs(a, b))).toEqual(pairs.map(([x, y]) => sorted(new Set([...x, ...y]))))
      expect(lists(subtractPairs(a, b))).toEqual(pairs.map(([x, y]) => x.filter((item) => !y.includes(item))))
    }),
    { seed: 5 },
  )
})

test('different shapes are refused', () => {
  expect(() => unionPairs(sparse([[]]), sparse([[], []]))).toThrow(/unionPairs: expected 1 × 8, got 2 × 8/)
  expect(() => subtractPairs(sparse([[]]), sparse([]))).toThrow(/subtractPairs/)
})
