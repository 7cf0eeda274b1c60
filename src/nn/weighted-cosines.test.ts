import { expect, test } from 'vitest'
import { Matrix } from '../tensor/matrix.ts'
import { Sparse } from '../tensor/sparse.ts'
import { scoreStrength, weightedCosines } from './weighted-cosines.ts'

/** u0: a b; u1: a; item c has nobody. */
const interactions = new Sparse(2, 3, new Uint32Array([0, 2, 3]), new Int32Array([0, 1, 0]), null)

test('items weigh their degree over the mean, to a power; users weigh one', () => {
  // Degrees 2, 1, 0; mean 1.
  const expected = [1, 1, Math.SQRT2, 1, 0]
  expect([...scoreStrength(interactions, 0.5).data]).toEqual(expected.map((x) => expect.closeTo(x, 6)))
  expect([...scoreStrength(interactions, 0).data]).toEqual([1, 1, 1, 1, 1])
})

test('dot products of the rows are weighted cosines', () => {
  const e = Matrix.zeros<'node', 'latent'>(5, 2)
  e.data.set([3, 4, 0, 2, 4, 3, 5, 0, 1, 1])
  const z = weightedCosines(e, scoreStrength(interactions, 0.5))
  const dot = (a: number, b: number): number => z.row(a)[0] * z.row(b)[0] + z.row(a)[1] * z.row(b)[1]
  expect(dot(0, 2)).toBeCloseTo((24 / 25) * Math.SQRT2, 6)
  expect(dot(1, 3)).toBeCloseTo(0, 6)
  expect(dot(0, 3)).toBeCloseTo(3 / 5, 6)
})
