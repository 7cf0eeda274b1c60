import { expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { runSync } from '../steps.ts'
import { FoldIn } from './fold-in.ts'

test('folding in solves the least squares of implicit feedback', () => {
  const items = heap.place(new Float32Array([1, 0, 0, 2, 1, 1]))
  const out = new Float64Array(2)
  runSync(FoldIn.of(items, 2)).embed(Int32Array.of(0, 2), out)
  // VᵀV = [[2, 1], [1, 5]], t = 3.5; A = .1 (VᵀV + .1 t I) + v0 v0ᵀ + v2 v2ᵀ = [[2.235, 1.1], [1.1, 1.535]], b = (2, 1)
  const determinant = 2.235 * 1.535 - 1.1 * 1.1
  expect(out[0]).toBeCloseTo((2 * 1.535 - 1.1) / determinant, 5)
  expect(out[1]).toBeCloseTo((2.235 - 2 * 1.1) / determinant, 5)
})

test('nothing to go by, or items that say nothing, answer zeros', () => {
  const out = Float64Array.of(7, 7)
  runSync(FoldIn.of(heap.place(new Float32Array([1, 2])), 2)).embed(new Int32Array(0), out)
  expect([...out]).toEqual([0, 0])
  runSync(FoldIn.of(heap.f32(4), 2)).embed(Int32Array.of(1), out)
  expect([...out]).toEqual([0, 0])
})
