import { expect, test } from 'vitest'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { valueAndGrad } from '../tensor/tape.ts'
import { diversityLoss, metricSpace, pullLoss, pushLoss } from './metric-learning.ts'

const rows = (...values: number[][]): Matrix<'item', 'latent'> => Matrix.from(values)

test('pull and push, by hand', () => {
  const a = rows([0, 0], [1, 0])
  const b = rows([3, 4], [1, 0.5])
  expect(pullLoss(a, b).item()).toBeCloseTo((25 + 0.25) / 2, 5)
  // The first pair is beyond the margin of 2, the second 1.5 short of it.
  expect(pushLoss(a, b, 2).item()).toBeCloseTo(2.25 / 2, 4)
  expect(diversityLoss(a, a, b, b, 2, 3).item()).toBeCloseTo(2.25 / 2 + (3 * 2.25) / 2, 4)
})

test('the space has unit vectors', () => {
  const x = Matrix.from<'item', 'view'>([[3, 0, 4]])
  const a = Matrix.from<'view', 'latent'>([
    [1, 0],
    [9, 9],
    [0, 1],
  ])
  expect([...metricSpace(x, a).data]).toEqual([0.6, 0.8].map((v) => expect.closeTo(v, 6)))
})

test('gradients agree with central differences', () => {
  const rng = new Random(4)
  const sample = <R extends string, C extends string>(n: number, d: number): Matrix<R, C> => {
    const m = Matrix.zeros<R, C>(n, d)
    for (let i = 0; i < m.data.length; i++) m.data[i] = rng.normal()
    return m
  }
  const x = [1, 2, 3, 4].map(() => sample<'item', 'view'>(5, 4))
  const a = sample<'view', 'latent'>(4, 3)
  const loss = (p: Matrix<'view', 'latent'>): Matrix => {
    const [anchor, neighbour, stranger, sibling] = x.map((each) => metricSpace(each, p))
    return diversityLoss(anchor, neighbour, stranger, sibling, 1.3, 0.7)
  }
  const { grads } = valueAndGrad(loss, a)
  const h = 1e-3
  for (let i = 0; i < a.data.length; i++) {
    const kept = a.data[i]
    a.data[i] = kept + h
    const above = loss(a).item()
    a.data[i] = kept - h
    const below = loss(a).item()
    a.data[i] = kept
    expect((above - below) / (2 * h)).toBeCloseTo(grads.data[i], 2)
  }
})
