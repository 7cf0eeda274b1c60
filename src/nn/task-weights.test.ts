import { describe, expect, test } from 'vitest'
import { mul, scale, sub } from '../tensor/elementwise.ts'
import { Matrix } from '../tensor/matrix.ts'
import { adam } from '../tensor/optimiser.ts'
import { listParams, type Params, valueAndGrad } from '../tensor/tape.ts'
import { fixedWeighted, uncertaintyWeighted, varianceWeighted } from './task-weights.ts'

const one = (x: number): Matrix => Matrix.from([[x]])

function checkGradients(loss: (p: Params) => Matrix, params: Params): void {
  const { grads } = valueAndGrad(loss, params)
  const h = 1e-3
  listParams(params).forEach(({ path, matrix }, which) => {
    const kept = matrix.data[0]
    matrix.data[0] = kept + h
    const above = loss(params).item()
    matrix.data[0] = kept - h
    const below = loss(params).item()
    matrix.data[0] = kept
    expect([path, (above - below) / (2 * h)]).toEqual([
      path,
      expect.closeTo(listParams(grads)[which].matrix.data[0], 2),
    ])
  })
}

describe('uncertainty weights', () => {
  test('L/σ² + ln σ, by hand', () => {
    // σ = 2 and σ = ½: 3/4 + ln 2 + 0.5·4 − ln 2.
    const value = uncertaintyWeighted([one(3), one(0.5)], [one(Math.log(2)), one(-Math.log(2))]).item()
    expect(value).toBeCloseTo(2.75, 5)
  })

  test('L/(2σ²) + ln σ², with its floor, by hand', () => {
    const value = varianceWeighted([one(3), one(0.5)], [one(2), one(0.01)], 0.05).item()
    expect(value).toBeCloseTo(3 / 4 + Math.log(2) + 0.5 / 0.1 + Math.log(0.05), 5)
  })

  test('fixed, by hand', () => {
    expect(fixedWeighted([one(3), one(0.5)], [1, 4]).item()).toBeCloseTo(5, 6)
  })

  test('gradients agree with central differences, of σ and of what the losses depend on', () => {
    type P = { x: Matrix; s: Matrix[] }
    const losses = (p: Params): Matrix[] => {
      const { x } = p as P
      return [mul(x, x), scale(mul(sub(x, one(2)), x), -1.5)]
    }
    const params: P = { x: one(1.3), s: [one(0.4), one(0.7)] }
    checkGradients((p) => uncertaintyWeighted(losses(p), (p as P).s), params)
    checkGradients((p) => varianceWeighted(losses(p), (p as P).s, 0.05), params)
    // Below the floor the variance does not move.
    const low = valueAndGrad((p) => varianceWeighted([one(3)], [p], 0.05), one(0.01))
    expect(low.grads.data[0]).toBe(0)
  })

  test('for constant losses σ goes to √(2L), and the authors’ σ² to L/2', () => {
    const losses = [one(3), one(0.5)]
    const s = [one(0), one(0)]
    const v = [one(0.6), one(0.6)]
    const optimisers = [adam(s, { rate: 0.02 }), adam(v, { rate: 0.02 })]
    for (let step = 0; step < 2000; step++) {
      optimisers[0].step(valueAndGrad((p) => uncertaintyWeighted(losses, p), s).grads)
      optimisers[1].step(valueAndGrad((p) => varianceWeighted(losses, p, 0.05), v).grads)
    }
    expect(s.map((x) => Math.exp(x.item()))).toEqual([Math.sqrt(6), 1].map((x) => expect.closeTo(x, 3)))
    expect(v.map((x) => x.item())).toEqual([1.5, 0.25].map((x) => expect.closeTo(x, 3)))
  })
})
