import { expect, test } from 'vitest'
import { Random } from '../../random.ts'
import { powerOf } from './power.ts'

test('is near the power over forty orders of magnitude, and exact at the places of the table', () => {
  const rng = new Random(1)
  for (const b of [0.5, 0.895, 1, 1.5, 2]) {
    const power = powerOf(b)
    let worst = 0
    for (let i = 0; i < 100_000; i++) {
      const x = Math.fround(10 ** (-20 + 40 * rng.float()))
      worst = Math.max(worst, Math.abs(power(x) / x ** b - 1))
    }
    expect(worst).toBeLessThan(2e-6 * b * Math.abs(b - 1) + 1e-12)
    for (const x of [0, 1, 2, 1024, 1.5, 2 ** -40]) expect(power(x)).toBe(x ** b)
  }
})

test('never falls as x grows', () => {
  const power = powerOf(0.9)
  let [x, last] = [1e-3, 0]
  for (let i = 0; i < 10_000; i++) {
    x *= 1.001
    expect(power(x)).toBeGreaterThanOrEqual(last)
    last = power(x)
  }
})
