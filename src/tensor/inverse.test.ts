import { expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { invertSymmetric } from './inverse.ts'

test.each([
  [1, 4],
  [7, 4],
  [8, 4],
  [90, 16],
  [65, 256],
])('A · A⁻¹ = I for n = %i in blocks of %i', (n, block) => {
  const rng = new Random(n)
  const factor = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal()))
  const a = heap.f32(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++)
      a[i * n + j] = factor[i].reduce((sum, x, k) => sum + x * factor[j][k], i === j ? n : 0)
  }
  const original = a.slice()
  expect([...invertSymmetric(a, n, block)].at(-1)).toBe(n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let k = 0; k < n; k++) sum += original[i * n + k] * a[k * n + j]
      expect(Math.abs(sum - (i === j ? 1 : 0))).toBeLessThan(1e-3)
    }
  }
})

test('a matrix that is not positive definite is refused by column', () => {
  const a = heap.place(new Float32Array([1, 2, 2, 1]))
  expect(() => [...invertSymmetric(a, 2)]).toThrow(
    'expected a positive definite matrix, got a pivot of -3 in column 1',
  )
})
