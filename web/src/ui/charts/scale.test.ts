import { describe, expect, it } from 'vitest'
import { linearScale, logScale } from './scale.ts'

describe('linearScale', () => {
  it('writes round numbers within its bounds', () => {
    expect(linearScale(0, 1, 0, 100).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(linearScale(-3, 17, 0, 100, 4).ticks).toEqual([0, 5, 10, 15])
    expect(linearScale(0.31, 0.34, 0, 1, 3).ticks).toEqual([0.31, 0.32, 0.33, 0.34])
  })

  it('goes from one end to the other, downwards too', () => {
    const scale = linearScale(2, 4, 200, 0)
    expect([scale(2), scale(3), scale(4)]).toEqual([200, 100, 0])
  })

  it('lives with a single value', () => {
    expect(linearScale(5, 5, 0, 10)(5)).toBe(0)
  })
})

describe('logScale', () => {
  it('writes powers of ten, and more where they are few', () => {
    expect(logScale(10, 100_000, 0, 1).ticks).toEqual([10, 100, 1000, 10_000, 100_000])
    expect(logScale(20, 300, 0, 1).ticks).toEqual([20, 50, 100, 200])
  })

  it('gives each factor of ten the same room', () => {
    const scale = logScale(1, 1000, 0, 300)
    expect(scale(10)).toBeCloseTo(100)
    expect(scale(100)).toBeCloseTo(200)
  })
})
