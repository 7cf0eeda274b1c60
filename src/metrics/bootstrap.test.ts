import { describe, expect, test } from 'vitest'
import { Random } from '../random.ts'
import { mean, meanInterval, pairedBootstrap, standardDeviation } from './bootstrap.ts'

function normals(n: number, centre: number, seed: number): Float64Array {
  const rng = new Random(seed)
  return Float64Array.from({ length: n }, () => centre + rng.normal())
}

describe('mean and standard deviation', () => {
  test('by hand', () => {
    expect(mean([1, 2, 6])).toBe(3)
    expect(standardDeviation([1, 2, 6])).toBeCloseTo(Math.sqrt((4 + 1 + 9) / 2), 12)
    expect(mean([])).toBeNaN()
    expect(standardDeviation([4])).toBeNaN()
  })
})

describe('meanInterval', () => {
  test('is as wide as the normal approximation on a large sample', () => {
    const values = normals(4000, 5, 1)
    const { mean: centre, low, high } = meanInterval(values, { rng: new Random(2) })
    const half = (1.96 * standardDeviation(values)) / Math.sqrt(values.length)
    expect(centre).toBe(mean(values))
    expect(low / (centre - half)).toBeCloseTo(1, 2)
    expect((high - low) / (2 * half)).toBeGreaterThan(0.93)
    expect((high - low) / (2 * half)).toBeLessThan(1.07)
  })

  test('a higher level gives a wider interval', () => {
    const values = normals(200, 0, 3)
    const narrow = meanInterval(values, { rng: new Random(4), level: 0.5 })
    const wide = meanInterval(values, { rng: new Random(4), level: 0.99 })
    expect(wide.low).toBeLessThan(narrow.low)
    expect(wide.high).toBeGreaterThan(narrow.high)
  })

  test('a constant has an interval of no width', () => {
    const interval = meanInterval(new Float64Array(10).fill(0.25), { rng: new Random(1), samples: 50 })
    expect(interval).toEqual({ mean: 0.25, low: 0.25, high: 0.25 })
  })
})

describe('pairedBootstrap', () => {
  test('finds a planted difference, with its sign', () => {
    const a = normals(1000, 0, 5)
    const noise = normals(1000, 0.05, 6)
    const b = a.map((x, u) => x - 0.1 * noise[u] - 0.01)
    const forward = pairedBootstrap(a, b, { rng: new Random(7) })
    // Planted: 0.01 + 0.1 · 0.05.
    expect(forward.low).toBeLessThan(0.015)
    expect(forward.high).toBeGreaterThan(0.015)
    expect(forward.low).toBeGreaterThan(0)
    expect(forward.p).toBeLessThan(0.01)
    const backward = pairedBootstrap(b, a, { rng: new Random(7) })
    expect(backward.difference).toBeCloseTo(-forward.difference, 12)
    expect(backward.high).toBeLessThan(0)
  })

  test('pairing removes what is hard for both: the interval is far narrower than that of either mean', () => {
    const a = normals(500, 0, 8)
    const noise = normals(500, 0, 9)
    const b = a.map((x, u) => x + 0.01 * noise[u])
    const paired = pairedBootstrap(a, b, { rng: new Random(10), samples: 500 })
    const single = meanInterval(a, { rng: new Random(10), samples: 500 })
    expect(paired.high - paired.low).toBeLessThan(0.05 * (single.high - single.low))
  })

  test('equal models: no difference, p of 1', () => {
    const a = normals(50, 0, 11)
    expect(pairedBootstrap(a, a, { rng: new Random(1), samples: 100 })).toEqual({
      difference: 0,
      low: 0,
      high: 0,
      p: 1,
    })
  })

  test('p is never 0', () => {
    const { p } = pairedBootstrap(new Float64Array(5).fill(1), new Float64Array(5), {
      rng: new Random(1),
      samples: 99,
    })
    expect(p).toBe(0.02)
  })

  test('on a planted null the 95 % interval misses 0 about one time in twenty', () => {
    let missed = 0
    let small = 0
    const trials = 300
    for (let trial = 0; trial < trials; trial++) {
      const a = normals(80, 0, 1000 + trial)
      const b = normals(80, 0, 5000 + trial)
      const { low, high, p } = pairedBootstrap(a, b, { rng: new Random(trial), samples: 300 })
      if (low > 0 || high < 0) missed++
      if (p <= 0.5) small++
    }
    // Binomial(300, .05): mean 15, 3.8 standard deviations up; p ≤ .5 about half of the time.
    expect(missed).toBeGreaterThanOrEqual(4)
    expect(missed).toBeLessThanOrEqual(30)
    expect(small / trials).toBeGreaterThan(0.38)
    expect(small / trials).toBeLessThan(0.62)
  })

  test('the same generator gives the same answer and is not advanced; another seed gives another', () => {
    const a = normals(100, 0.1, 12)
    const b = normals(100, 0, 13)
    const rng = new Random(1)
    const first = pairedBootstrap(a, b, { rng, samples: 200 })
    expect(pairedBootstrap(a, b, { rng, samples: 200 })).toEqual(first)
    expect(pairedBootstrap(a, b, { rng: new Random(2), samples: 200 }).low).not.toBe(first.low)
  })

  test('refuses what it cannot answer', () => {
    const rng = new Random(1)
    const two = Float64Array.of(1, 2)
    expect(() => pairedBootstrap(two, Float64Array.of(1), { rng })).toThrow(/the same users, got 2 and 1/)
    expect(() => meanInterval(Float64Array.of(1), { rng })).toThrow(/at least 2 users, got 1/)
    expect(() => meanInterval(Float64Array.of(1, NaN), { rng })).toThrow(
      /value 1: expected a finite number, got NaN/,
    )
    expect(() => meanInterval(two, { rng, samples: 0 })).toThrow(/bootstrap samples/)
    expect(() => meanInterval(two, { rng, level: 1 })).toThrow(/bootstrap level/)
  })
})
