import { expect, test } from 'vitest'
import { Random } from '../random.ts'
import { Sparse } from '../tensor/sparse.ts'
import { runSync } from '../train/run.ts'
import { spectralStart } from './spectral-start.ts'

/** u0, u1: a b; u2: c. Singular values of D^-½ R D^-½ are 1, 1, 0. */
const interactions = new Sparse(3, 3, new Uint32Array([0, 2, 4, 5]), new Int32Array([0, 1, 0, 1, 2]), null)

test('columns are singular vectors with a root mean square of .1, zero beyond the rank', () => {
  const e = runSync(spectralStart(interactions, 5, new Random(1)))
  expect([e.rows, e.cols]).toEqual([6, 5])
  const gram = (from: number, c: number, d: number): number =>
    [0, 1, 2].reduce((sum, r) => sum + e.row(from + r)[c] * e.row(from + r)[d], 0)
  for (const side of [0, 3]) {
    for (let c = 0; c < 2; c++)
      for (let d = 0; d < 2; d++) expect(gram(side, c, d)).toBeCloseTo(c === d ? 3 * 0.01 : 0, 6)
    for (let r = 0; r < 3; r++) expect([...e.row(side + r).subarray(3)]).toEqual([0, 0])
  }
})

test('who shares items starts alike, and near those items', () => {
  const e = runSync(spectralStart(interactions, 2, new Random(2)))
  const dot = (a: number, b: number): number => e.row(a)[0] * e.row(b)[0] + e.row(a)[1] * e.row(b)[1]
  expect(dot(0, 1)).toBeCloseTo(dot(0, 0), 6)
  expect(dot(0, 3)).toBeGreaterThan(0.01)
  expect(dot(0, 2)).toBeCloseTo(0, 6)
  expect(dot(0, 5)).toBeCloseTo(0, 6)
})
