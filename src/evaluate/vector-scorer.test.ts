import { expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Matrix } from '../tensor/matrix.ts'
import { vectorScorer } from './vector-scorer.ts'

const half = Math.SQRT1_2
const vectors = Matrix.from([
  [3, 0],
  [0, 2],
  [1, 1],
  [0, 0],
])
const recent = { tokens: Int32Array.of(0, 1, 2), offsets: Uint32Array.of(0, 2, 3) }

test('the sum of cosines with each item, the earlier ones counting less', () => {
  const out = heap.f32(8)
  vectorScorer(vectors).scores(recent, out)
  const close = (numbers: number[]): number[] => numbers.map((x) => expect.closeTo(x, 6) as number)
  expect([...out]).toEqual(close([1, 1, 2 * half, 0, half, half, 1, 0]))
  vectorScorer(vectors, { decay: 0.5 }).scores(recent, out)
  expect([...out.subarray(0, 4)]).toEqual(close([0.5, 1, 1.5 * half, 0]))
})

test('items without a vector are never answered and count for nothing', () => {
  const out = heap.f32(8)
  vectorScorer(vectors, { known: Uint8Array.of(0, 1, 1, 0) }).scores(recent, out)
  expect([...out.subarray(0, 4)]).toEqual([-Infinity, 1, expect.closeTo(half, 6), -Infinity])
})
