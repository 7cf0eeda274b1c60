import { describe, expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { listParams, valueAndGrad } from '../tensor/tape.ts'
import { alignmentLoss, toRelation } from './alignment.ts'
import { uncertaintyWeighted } from './task-weights.ts'

const place = (...values: number[]): Int32Array => heap.place(Int32Array.from(values))
const softplus = (x: number): number => Math.log1p(Math.exp(x))

test('the loss of one item and its category against one other, by hand', () => {
  const w = Matrix.from<'latent', 'relation'>([
    [1, 0],
    [0, 2],
  ])
  const item = Matrix.from<'item', 'latent'>([[1, 1]])
  const values = Matrix.from<'value', 'latent'>([
    [2, 0.5],
    [-1, 0],
  ])
  const pairs = { centres: place(0), contexts: place(0), negatives: place(1) }
  // In the relation space the item is (1, 2), the values (2, 1) and (−1, 0): products 4 and −1.
  expect(alignmentLoss(item, values, w, pairs, 3, 'linear').item()).toBeCloseTo(
    softplus(-4) + 3 * softplus(-1),
    5,
  )
  const sigma = (x: number): number => 1 / (1 + Math.exp(-x))
  const mapped = toRelation(item, w, 'sigmoid')
  expect([...mapped.data]).toEqual([sigma(1), sigma(2)].map((x) => expect.closeTo(x, 6)))
  const product = (a: number, b: number): number => sigma(1) * sigma(a) + sigma(2) * sigma(b)
  expect(alignmentLoss(item, values, w, pairs, 3, 'sigmoid').item()).toBeCloseTo(
    softplus(-product(2, 1)) + 3 * softplus(product(-1, 0)),
    5,
  )
})

describe.each(['linear', 'sigmoid'] as const)('%s', (relation) => {
  test('gradients, through the learned weights too, agree with central differences', () => {
    const rng = new Random(3)
    const sample = <R extends string, C extends string>(rows: number, cols: number): Matrix<R, C> => {
      const m = Matrix.zeros<R, C>(rows, cols)
      for (let i = 0; i < m.data.length; i++) m.data[i] = rng.normal()
      return m
    }
    const params = {
      items: sample<'item', 'latent'>(3, 3),
      values: sample<'value', 'latent'>(4, 3),
      w: sample<'latent', 'relation'>(3, 3),
      s: Matrix.from([[0.3]]),
    }
    const pairs = { centres: place(0, 2), contexts: place(1, 3), negatives: place(0, 3, 2) }
    const loss = (p: typeof params): Matrix =>
      uncertaintyWeighted([alignmentLoss(p.items, p.values, p.w, pairs, 5, relation)], [p.s])
    const { grads } = valueAndGrad(loss, params)
    const expected = listParams(grads)
    const h = 1e-2
    listParams(params).forEach(({ path, matrix }, which) => {
      for (let i = 0; i < matrix.data.length; i++) {
        const kept = matrix.data[i]
        matrix.data[i] = kept + h
        const above = loss(params).item()
        matrix.data[i] = kept - h
        const below = loss(params).item()
        matrix.data[i] = kept
        const difference = (above - below) / (2 * h)
        expect([path, i, difference]).toEqual([path, i, expect.closeTo(expected[which].matrix.data[i], 1.7)])
      }
    })
  })
})
