import { expect, test } from 'vitest'
import { heap } from '../../kernels/heap.ts'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { runSync } from '../../train/run.ts'
import { principalComponents } from './principal.ts'

const components = (rows: number[][], rank: number) =>
  heap.scope(() => {
    const { data } = runSync(principalComponents(Matrix.from(rows), rank, new Random(1)))
    return [...data]
  })

test('a line in space, far from the origin: one axis has all of it, at the distances it has', () => {
  const line = [-2, -1, 0, 1, 2].map((t) => [100 + 3 * t, 50, -7 + 4 * t])
  const [first, ...more] = components(line, 2)
  const sign = Math.sign(first)
  ;[first, ...more].forEach((value, e) =>
    expect(value).toBeCloseTo(e % 2 === 0 ? -sign * 5 * (e / 2 - 2) : 0, 2),
  )
})

test('the greatest variance first, and no axis more than there are', () => {
  const rng = new Random(2)
  const cloud = Array.from({ length: 300 }, () => [rng.normal(), 5 * rng.normal(), 2 * rng.normal()])
  const found = components(cloud, 3)
  const variance = (c: number) => found.filter((_, e) => e % 3 === c).reduce((sum, x) => sum + x * x, 0) / 300
  expect(Math.sqrt(variance(0))).toBeCloseTo(5, 0)
  expect(Math.sqrt(variance(1))).toBeCloseTo(2, 0)
  expect(Math.sqrt(variance(2))).toBeCloseTo(1, 0)
  expect(() => components([[1], [2]], 2)).toThrow('rank of the decomposition')
})
