import { describe, expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import {
  adam,
  constant,
  cosine,
  linear,
  Matrix,
  mean,
  sgd,
  square,
  stepped,
  sub,
  sum,
  valueAndGrad,
  warmup,
} from './index.ts'

describe('adam', () => {
  test('two steps agree with the formula worked by hand', () => {
    const p = { x: Matrix.from([[1]]) }
    const optimiser = adam(p, { rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 })
    optimiser.step({ x: Matrix.from([[2]]) })
    // m̂ = 2, v̂ = 4: a step of exactly rate · 2/2
    expect(p.x.item()).toBeCloseTo(0.9, 6)
    optimiser.step({ x: Matrix.from([[-1]]) })
    const m = (0.9 * 0.2 + 0.1 * -1) / (1 - 0.9 ** 2)
    const v = (0.99 * 0.04 + 0.01 * 1) / (1 - 0.99 ** 2)
    expect(p.x.item()).toBeCloseTo(0.9 - (0.1 * m) / Math.sqrt(v), 5)
  })

  test('decay shrinks weights apart from the gradient, l2 through it', () => {
    const decayed = { x: Matrix.from([[1]]) }
    adam(decayed, { rate: 0.1, decay: 0.5 }).step({ x: Matrix.from([[0]]) })
    expect(decayed.x.item()).toBeCloseTo(0.95, 6)
    const penalised = { x: Matrix.from([[1]]) }
    adam(penalised, { rate: 0.1, l2: 0.5 }).step({ x: Matrix.from([[0]]) })
    expect(penalised.x.item()).toBeCloseTo(0.9, 6)
  })

  test('finds the minimum of a quadratic', () => {
    const target = Matrix.from([[1, -2, 3]])
    const p = { x: Matrix.zeros(1, 3) }
    const optimiser = adam(p, { rate: 0.05 })
    for (let i = 0; i < 500; i++) {
      heap.scope(() => optimiser.step(valueAndGrad((q) => mean(square(sub(q.x, target))), p).grads))
    }
    expect([...p.x.data].map((v) => Math.round(v * 100) / 100)).toEqual([1, -2, 3])
  })

  test('names the gradient it expected', () => {
    expect(() => adam({ x: Matrix.zeros(1, 1) }, { rate: 1 }).step({ y: Matrix.zeros(1, 1) })).toThrow(
      'optimiser: expected the gradient of x, got y',
    )
  })
})

test('sgd with momentum: velocities add up', () => {
  const p = { x: Matrix.from([[0]]) }
  const optimiser = sgd(p, { rate: 0.1, momentum: 0.5 })
  optimiser.step({ x: Matrix.from([[1]]) })
  optimiser.step({ x: Matrix.from([[1]]) })
  expect(p.x.item()).toBeCloseTo(-0.1 - 0.15, 6)
})

test('schedules', () => {
  expect(constant(2)(0.7)).toBe(2)
  expect([0, 0.5, 1, 2].map(cosine(1, 0.5))).toEqual([1, 0.75, 0.5, 0.5])
  expect(linear(1)(0.25)).toBe(0.75)
  expect([0, 0.49, 0.5].map(stepped(1, 0.1, 2))).toEqual([1, 1, 0.1])
  expect([0.05, 0.1].map(warmup(0.1, constant(4)))).toEqual([2, 4])
})

test('a steady loop allocates nothing: heap, reserved and external memory are flat over 200 steps', () => {
  const p = { x: Matrix.zeros(300, 40) }
  const optimiser = adam(p, { rate: 0.01 })
  const step = (): number =>
    heap.scope(() => {
      const { value, grads } = valueAndGrad((q) => sum(square(sub(q.x, Matrix.zeros(300, 40)))), p)
      optimiser.step(grads)
      return value
    })
  for (let i = 0; i < 20; i++) step()
  const before = {
    use: heap.bytesInUse,
    reserved: heap.bytesReserved,
    external: process.memoryUsage().external,
  }
  for (let i = 0; i < 200; i++) step()
  expect(heap.bytesInUse).toBe(before.use)
  expect(heap.bytesReserved).toBe(before.reserved)
  // One step's buffers are about 400 kB: a leak of one per step would be 80 MB.
  expect(process.memoryUsage().external - before.external).toBeLessThan(1e6)
})
