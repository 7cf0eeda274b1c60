import { expect, test } from 'vitest'
import { Random } from '../random.ts'
import { squareSvd } from './jacobi-svd.ts'

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return Float64Array.from(a, (_, at) => {
    let sum = 0
    for (let k = 0; k < n; k++) sum += a[Math.floor(at / n) * n + k] * b[k * n + (at % n)]
    return sum
  })
}
const turned = (a: Float64Array, n: number): Float64Array =>
  Float64Array.from(a, (_, at) => a[(at % n) * n + Math.floor(at / n)])
const scaled = (a: Float64Array, sigma: Float64Array, n: number): Float64Array =>
  a.map((x, at) => x * sigma[at % n])
const identity = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0))

function check(a: Float64Array, n: number): Float64Array {
  const { u, sigma, v } = squareSvd(a, n)
  const again = product(scaled(u, sigma, n), turned(v, n), n)
  again.forEach((x, at) => expect(x).toBeCloseTo(a[at], 10))
  for (const m of [u, v])
    product(turned(m, n), m, n).forEach((x, at) => expect(x).toBeCloseTo(identity(n)[at], 12))
  return sigma
}

test('a diagonal matrix, in any order and sign', () => {
  expect([...check(Float64Array.of(1, 0, 0, 0, -3, 0, 0, 0, 2), 3)]).toEqual([3, 2, 1])
})

test('a known one: the golden section', () => {
  const [first, second] = check(Float64Array.of(1, 1, 0, 1), 2)
  expect(first).toBeCloseTo((1 + Math.sqrt(5)) / 2, 14)
  expect(second).toBeCloseTo((Math.sqrt(5) - 1) / 2, 14)
})

test('random ones, ones that lack rank, and nothing at all', () => {
  const rng = new Random(3)
  check(
    Float64Array.from({ length: 900 }, () => rng.normal()),
    30,
  )
  const x = Float64Array.from({ length: 12 }, () => rng.normal())
  // x xᵀ has rank 1.
  const [, ...rest] = check(
    Float64Array.from({ length: 144 }, (_, at) => x[at % 12] * x[Math.floor(at / 12)]),
    12,
  )
  expect(Math.max(...rest)).toBeLessThan(1e-12)
  expect([...check(new Float64Array(16), 4)]).toEqual([0, 0, 0, 0])
})
