import { expect, it } from 'vitest'
import { at } from './found.ts'

it('reads between what was measured', () => {
  const [sizes, values] = [
    [10, 20, 40],
    [0.1, 0.3, 0.4],
  ]
  expect(at(sizes, values, 20)).toBe(0.3)
  expect(at(sizes, values, 15)).toBeCloseTo(0.2)
  expect(at(sizes, values, 35)).toBeCloseTo(0.375)
  expect(at(sizes, values, 5)).toBe(0.1)
  expect(at(sizes, values, 500)).toBe(0.4)
  expect(at([], [], 3)).toBe(0)
})
