import { describe, expect, test } from 'vitest'
import { falseDiscoveryRates } from './false-discovery.ts'
import { lnFactorial, lnOverRepresented } from './hypergeometric.ts'
import { lnTwoSided, ranksOf, rankSumTest } from './rank-sum.ts'

describe('hypergeometric tail', () => {
  test('the lady tasting tea: all four cups right by luck in 1 of 70, three or more in 17 of 70', () => {
    expect(Math.exp(lnOverRepresented(4, 4, 4, 8))).toBeCloseTo(1 / 70, 12)
    expect(Math.exp(lnOverRepresented(3, 4, 4, 8))).toBeCloseTo(17 / 70, 12)
  })

  test('agrees with a sum over all outcomes', () => {
    const choose = (n: number, k: number): number =>
      k < 0 || k > n ? 0 : Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((a, b) => a * b, 1)
    for (const [n, K, N] of [
      [5, 9, 20],
      [12, 3, 15],
      [15, 14, 17],
    ]) {
      for (let k = 0; k <= n; k++) {
        let tail = 0
        for (let i = k; i <= n; i++) tail += (choose(K, i) * choose(N - K, n - i)) / choose(N, n)
        expect(Math.exp(lnOverRepresented(k, n, K, N))).toBeCloseTo(tail, 10)
      }
    }
  })

  test('what is certain or impossible, and far tails that no float can hold', () => {
    expect(lnOverRepresented(0, 5, 3, 10)).toBe(0)
    expect(lnOverRepresented(1, 9, 2, 10)).toBe(0)
    expect(lnOverRepresented(4, 5, 3, 10)).toBe(-Infinity)
    // All 1,000 of the group have what 1,000 of 100,000 have: 1 / C(100000, 1000).
    expect(lnOverRepresented(1000, 1000, 1000, 100_000)).toBeCloseTo(-5595.785561138, 6)
    expect(lnOverRepresented(1, 5000, 50_000, 100_000)).toBeCloseTo(0, 9)
  })

  test('ln n! meets where the table ends', () => {
    expect(lnFactorial(256) - lnFactorial(255)).toBeCloseTo(Math.log(256), 11)
    expect(lnFactorial(1000)).toBeCloseTo(5912.128178488163, 9)
  })
})

describe('rank sums', () => {
  test('ties share the mean of their places', () => {
    expect(ranksOf(Float64Array.of(3, 1, 3, 2))).toEqual({ ranks: Float64Array.of(3.5, 1, 3.5, 2), ties: 6 })
  })

  test('the normal tail', () => {
    expect(lnTwoSided(0)).toBe(0)
    expect(Math.exp(lnTwoSided(1.959963984540054))).toBeCloseTo(0.05, 12)
    expect(Math.exp(lnTwoSided(3))).toBeCloseTo(0.0026997960632601866, 14)
    // Mills' ratio at 40.
    expect(lnTwoSided(40)).toBeCloseTo(
      -800 - Math.log(40) + 0.5 * Math.log(2 / Math.PI) + Math.log1p(-1 / 1600),
      4,
    )
  })

  test('a group that is above all others, one that is like them, and none', () => {
    const all = Float64Array.from({ length: 40 }, (_, i) => i)
    const { ranks, ties } = ranksOf(all)
    const top = rankSumTest(
      ranks.slice(30).reduce((a, b) => a + b, 0),
      10,
      40,
      ties,
    )!
    expect(top.larger).toBe(1)
    // U = 300, mean 150, standard deviation √(10 · 30 · 41 / 12): z = 149.5 / 32.0156.
    expect(Math.exp(top.lnP)).toBeCloseTo(Math.exp(lnTwoSided(149.5 / Math.sqrt(1025))), 12)
    const even = ranks.filter((_, i) => i % 4 === 1 || i % 4 === 2)
    expect(
      rankSumTest(
        even.reduce((a, b) => a + b, 0),
        even.length,
        40,
        ties,
      ),
    ).toEqual({ larger: 0.5, lnP: 0 })
    expect(rankSumTest(0, 0, 40, ties)).toBeNull()
  })
})

describe('false discovery rates', () => {
  test('the procedure by hand', () => {
    const q = falseDiscoveryRates([0.01, 0.04, 0.03, 0.005])
    expect([...q].map((x) => Number(x.toFixed(4)))).toEqual([0.02, 0.04, 0.04, 0.02])
  })
  test('comparisons that are not listed count', () => {
    expect([...falseDiscoveryRates([0.001, 0.5], 100)]).toEqual([0.1, 1])
  })
  test('of pure noise next to nothing is found', () => {
    const p = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000)
    expect(falseDiscoveryRates(p).filter((q) => q <= 0.05).length).toBe(0)
  })
})
