import { expect, test } from 'vitest'
import { Random } from './random.ts'

test('the same seed and path give the same numbers, whatever else was drawn', () => {
  const a = new Random(5)
  for (let i = 0; i < 10; i++) a.float()
  expect(a.stream('batch', 3).uint32()).toBe(new Random(5).stream('batch', 3).uint32())
})

test('streams of other names, numbers or seeds differ', () => {
  const first = (r: Random): number => r.uint32()
  const root = new Random(5)
  const values = [
    root.stream('a'),
    root.stream('b'),
    root.stream('a', 1),
    root.stream('a', 2),
    root.stream('a1'),
    root.stream('a', 'b'),
    root.stream('ab'),
    new Random(6).stream('a'),
  ].map(first)
  expect(new Set(values).size).toBe(values.length)
})

test('int is uniform, also where n does not divide 2³²', () => {
  const rng = new Random(1)
  for (const n of [1, 7, 1000, 3_000_000_000]) {
    let sum = 0
    for (let i = 0; i < 20_000; i++) {
      const x = rng.int(n)
      expect(x >= 0 && x < n && Number.isInteger(x)).toBe(true)
      sum += x / n
    }
    expect(Math.abs(sum / 20_000 - (0.5 - 0.5 / n))).toBeLessThan(0.01)
  }
})

test('normal has mean 0 and deviation 1', () => {
  const rng = new Random(2)
  const x = Array.from({ length: 50_000 }, () => rng.normal())
  expect(x.reduce((s, v) => s + v, 0) / x.length).toBeCloseTo(0, 1)
  expect(x.reduce((s, v) => s + v * v, 0) / x.length).toBeCloseTo(1, 1)
})

test('shuffle keeps the elements and moves them', () => {
  const x = Int32Array.from({ length: 100 }, (_, i) => i)
  const y = new Random(3).shuffle(x.slice())
  expect(y).not.toEqual(x)
  expect(y.slice().sort()).toEqual(x)
})
