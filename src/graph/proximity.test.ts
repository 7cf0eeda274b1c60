import { expect, test } from 'vitest'
import { Sparse } from '../tensor/sparse.ts'
import { normalised, withLoops } from './normalise.ts'
import { twoStepProximity } from './proximity.ts'

/** A path of three nodes, 0 – 1 – 2, with loops, row-normalised: B = [[½, ½, 0], [⅓, ⅓, ⅓], [0, ½, ½]]. */
const b = normalised(
  withLoops(new Sparse(3, 3, new Uint32Array([0, 1, 3, 4]), new Int32Array([1, 0, 2, 1]), null)),
  'row',
)
/** (B + B²)/2, row by row. */
const dense = [
  [(1 / 2 + 5 / 12) / 2, (1 / 2 + 5 / 12) / 2, 1 / 12],
  [(1 / 3 + 5 / 18) / 2, (1 / 3 + 8 / 18) / 2, (1 / 3 + 5 / 18) / 2],
  [1 / 12, (1 / 2 + 5 / 12) / 2, (1 / 2 + 5 / 12) / 2],
]

test('(B + B²)/2 of a path, worked by hand: wherever it is not zero', () => {
  const m = twoStepProximity(b, 'two steps')
  expect([...m.indices]).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2])
  expect([...m.values!]).toEqual(dense.flat().map((v) => expect.closeTo(v, 6)))
})

test('and at the edges only', () => {
  const m = twoStepProximity(b, 'edges')
  expect([...m.indices]).toEqual([0, 1, 0, 1, 2, 1, 2])
  const expected = [...dense[0].slice(0, 2), ...dense[1], ...dense[2].slice(1)]
  expect([...m.values!]).toEqual(expected.map((v) => expect.closeTo(v, 6)))
})
