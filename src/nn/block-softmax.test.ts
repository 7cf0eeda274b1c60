import { expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { valueAndGrad } from '../tensor/tape.ts'
import { blockSoftmaxLoss } from './block-softmax.ts'

const z = Matrix.zeros(6, 3)
const rng = new Random(1)
z.data.forEach((_, i) => (z.data[i] = rng.normal() / 2))
const pairs = {
  users: heap.place(new Int32Array([0, 1, 1])),
  items: heap.place(new Int32Array([3, 4, 3])),
  weights: heap.place(new Float32Array([1, 0.5, 2])),
  negatives: heap.place(new Int32Array([2, 5, 4, 4])),
  block: 2,
  count: 2,
  each: 3,
}

test('the loss is the weighted mean of the negative log softmax', () => {
  const s = (a: number, b: number): number =>
    Math.exp([0, 1, 2].reduce((t, c) => t + z.row(a)[c] * z.row(b)[c], 0) / 0.5)
  const term = (u: number, i: number, n: readonly number[]): number =>
    -Math.log(s(u, i) / (s(u, i) + 3 * n.reduce((t, j) => t + s(u, j), 0)))
  const expected = (term(0, 3, [2, 5]) + 0.5 * term(1, 4, [2, 5]) + 2 * term(1, 3, [4, 4])) / 3.5
  expect(blockSoftmaxLoss(z, pairs, 0.5).item()).toBeCloseTo(expected, 5)
})

test('its gradient agrees with central differences', () => {
  const { grads } = valueAndGrad((x) => blockSoftmaxLoss(x, pairs, 0.5), z)
  for (let i = 0; i < z.data.length; i++) {
    const kept = z.data[i]
    z.data[i] = kept + 1e-2
    const up = blockSoftmaxLoss(z, pairs, 0.5).item()
    z.data[i] = kept - 1e-2
    const down = blockSoftmaxLoss(z, pairs, 0.5).item()
    z.data[i] = kept
    expect(grads.data[i]).toBeCloseTo((up - down) / 2e-2, 3)
  }
})
