import { expect, test } from 'vitest'
import { normalizedBipartite } from '../graph/bipartite.ts'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { gather, Matrix, mul, scale, Sparse, spmm, sum, add, valueAndGrad } from '../tensor/index.ts'
import { propagate, propagateRows } from './propagation.ts'

const interactions = new Sparse(4, 3, new Uint32Array([0, 2, 3, 3, 5]), new Int32Array([0, 2, 1, 0, 1]), null)
const a = normalizedBipartite(interactions).placed()
const rng = new Random(3)
const e = Matrix.zeros(7, 5)
for (let i = 0; i < e.data.length; i++) e.data[i] = rng.normal()

/** The definition, out of elementary ops. */
function plain(x: Matrix, weights: readonly number[]): Matrix {
  let power = x
  let total = scale(x, weights[0])
  for (const w of weights.slice(1)) {
    power = spmm(a, power)
    total = add(total, scale(power, w))
  }
  return total
}

test.each([[[1]], [[0.3, 0.7]], [[0.25, 0.25, 0.25, 0.25]], [[0, 0.12, 0.38, 0.5]]])(
  'weights %j: values and gradients',
  (weights) => {
    const rows = heap.place(new Int32Array([5, 0, 3]))
    const factors = Matrix.zeros(3, 5)
    factors.data.forEach((_, i) => (factors.data[i] = rng.normal()))
    const expected = valueAndGrad((x) => sum(mul(gather(plain(x, weights), rows), factors)), e)
    const onRows = valueAndGrad((x) => sum(mul(propagateRows(a, x, weights, rows), factors)), e)
    const onAll = valueAndGrad((x) => sum(mul(gather(propagate(a, x, weights), rows), factors)), e)
    for (const { value, grads } of [onRows, onAll]) {
      expect(value).toBeCloseTo(expected.value, 5)
      grads.data.forEach((g, i) => expect(g).toBeCloseTo(expected.grads.data[i], 5))
    }
  },
)

test('users and items without interactions keep their own embedding only', () => {
  const rows = heap.place(new Int32Array([2]))
  expect([...propagateRows(a, e, [0.5, 0.5], rows).data]).toEqual(
    [...e.row(2)].map((x) => Math.fround(x / 2)),
  )
})

test('refuses a matrix that is not declared symmetric', () => {
  const other = new Sparse(1, 1, new Uint32Array([0, 1]), new Int32Array([0]), null).placed()
  expect(() => propagateRows(other, Matrix.zeros(1, 2), [1], heap.i32(1))).toThrow(
    'propagateRows: expected a matrix declared symmetric',
  )
})
