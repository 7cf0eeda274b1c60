import { expect, test } from 'vitest'
import { nextBelow, nextUint32, nextUnit, seedWalk } from './generator.ts'

const M = 2n ** 32n
const turn = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) % M

test('the generator is xoroshiro64**', () => {
  const states = new Int32Array([9, 9, 123_456_789, -987_654_321])
  let [a, b] = [123_456_789n, M - 987_654_321n]
  for (let i = 0; i < 100; i++) {
    const expected = (turn((a * 0x9e3779bbn) % M, 5n) * 5n) % M
    expect(nextUint32(states, 1)).toBe(Number(expected))
    b ^= a
    ;[a, b] = [turn(a, 26n) ^ b ^ ((b << 9n) % M), turn(b, 13n)]
  }
  expect([...states.subarray(0, 2)]).toEqual([9, 9])
})

test('whole numbers are uniform and in range, up to 2³¹', () => {
  const states = new Int32Array(2)
  seedWalk(states, 0, { low: 1, high: 2 }, 3, 4)
  const counts = [0, 0, 0, 0, 0]
  for (let i = 0; i < 50_000; i++) counts[nextBelow(states, 0, 5)]++
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(450)
  let greatest = 0
  for (let i = 0; i < 1000; i++) greatest = Math.max(greatest, nextBelow(states, 0, 2 ** 31))
  expect(greatest).toBeLessThan(2 ** 31)
  expect(greatest).toBeGreaterThan(2 ** 31 * 0.99)
  for (let i = 0; i < 1000; i++) expect(nextUnit(states, 0)).toBeLessThan(1)
})

test('every (key, node, repetition) has its own state, never zero', () => {
  const seen = new Set<string>()
  const states = new Int32Array(2)
  for (let low = 0; low < 4; low++) {
    for (let node = 0; node < 50; node++) {
      for (let repetition = 0; repetition < 50; repetition++) {
        seedWalk(states, 0, { low, high: 0 }, node, repetition)
        expect(states[0] | states[1]).not.toBe(0)
        seen.add(states.join())
      }
    }
  }
  expect(seen.size).toBe(4 * 50 * 50)
})
