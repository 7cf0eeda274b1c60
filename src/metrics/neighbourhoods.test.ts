import { describe, expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { type Neighbourhoods, neighbourhoods } from './neighbourhoods.ts'

function compare(rows: number[][], points: number[][], k: number, sample?: number): Neighbourhoods {
  return heap.scope(() => {
    const options = { k, rng: new Random(1), ...(sample === undefined ? {} : { sample }) }
    const job = neighbourhoods(Matrix.from(rows), Float32Array.from(points.flat()), options)
    for (;;) {
      const step = job.next()
      if (step.done) return step.value
    }
  })
}

const rng = new Random(7)
const cloud = Array.from({ length: 90 }, () => [10 * rng.normal(), 10 * rng.normal()])

describe('neighbourhoods', () => {
  test('a map that is a copy, turned and larger, keeps everything', () => {
    const turned = cloud.map(([x, y]) => [-3 * y + 5, 3 * x - 5])
    expect(compare(cloud, turned, 5)).toEqual({ preserved: 1, trustworthiness: 1, sampled: 90 })
  })

  test('a map on which everybody is elsewhere keeps next to nothing', () => {
    const { preserved, trustworthiness } = compare(cloud, new Random(1).shuffle([...cloud]), 5)
    expect(preserved).toBeLessThan(0.15)
    expect(trustworthiness).toBeCloseTo(0.5, 1)
  })

  test('by hand: a line on which two change places', () => {
    const line = [0, 1, 2.1, 3.3, 4.6].map((x) => [x, 0])
    const map = [0, 1, 2.1, 4.6, 3.3].map((x) => [x, 0])
    // k = 1. Rows: 0→1, 1→0, 2→1, 3→2, 4→3. Points: 0→1, 1→0, 2→1, 3→4, 4→2.
    // Wrong: 4, the second from row 3, and 2, the second from row 4: Σ (r − k) = 2, and n k (2n − 3k − 1) = 30.
    const { preserved, trustworthiness } = compare(line, map, 1)
    expect(preserved).toBeCloseTo(3 / 5, 12)
    expect(trustworthiness).toBeCloseTo(1 - (2 * 2) / 30, 12)
  })

  test('a sample of the rows is near the whole, and the same for the same seed', () => {
    const blurred = cloud.map(([x, y]) => [x + 2 * rng.normal(), y + 2 * rng.normal()])
    const whole = compare(cloud, blurred, 6)
    const part = compare(cloud, blurred, 6, 60)
    expect(part.sampled).toBe(60)
    expect(Math.abs(part.preserved - whole.preserved)).toBeLessThan(0.08)
    expect(compare(cloud, blurred, 6, 60)).toEqual(part)
  })

  test('all at one place: the first are nearest in both', () => {
    const same = Array.from({ length: 9 }, () => [1, 1])
    expect(compare(same, same, 3).preserved).toBe(1)
  })

  test('refuses k of half the rows, and points that are not as many', () => {
    expect(() => compare([[0], [1], [2], [3]], [[0, 0]], 2)).toThrow('below half the 4 rows, got 2')
    expect(() => compare([[0], [1], [2], [3]], [[0, 0]], 1)).toThrow('expected 4 × 2 coordinates')
  })
})
