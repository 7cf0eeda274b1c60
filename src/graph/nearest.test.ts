import { expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { nearestNeighbours } from './nearest.ts'

function search(rows: number[][], k: number): { index: number[]; distances: number[] } {
  return heap.scope(() => {
    const job = nearestNeighbours(Matrix.from(rows), k)
    for (;;) {
      const step = job.next()
      if (step.done) return { index: [...step.value.index], distances: [...step.value.distances] }
    }
  })
}

test('on a line, by hand; equal rows are at distance 0, and the first of equally near ones are taken', () => {
  expect(search([[0], [1], [3], [10]], 2)).toEqual({
    index: [1, 2, 0, 2, 1, 0, 2, 1],
    distances: [1, 3, 1, 2, 2, 3, 7, 9],
  })
  expect(search([[5], [5], [5]], 1)).toEqual({ index: [1, 0, 0], distances: [0, 0, 0] })
})

test('far from the origin, too: nothing drowns', () => {
  const far = [
    [1e6, 1],
    [1e6, 1.5],
    [1e6, 4],
    [1e6, 9],
  ]
  expect(search(far, 1)).toEqual({ index: [1, 0, 1, 2], distances: [0.5, 0.5, 2.5, 5] })
})

test('agrees with a plain search', () => {
  const rng = new Random(5)
  const rows = Array.from({ length: 300 }, () => Array.from({ length: 6 }, () => rng.normal()))
  const { index } = search(rows, 5)
  rows.forEach((row, i) => {
    const order = rows
      .map((other, j) => [other.reduce((sum, value, c) => sum + (value - row[c]) ** 2, 0), j])
      .filter(([, j]) => j !== i)
      .sort((a, b) => a[0] - b[0])
    expect(index.slice(5 * i, 5 * i + 5)).toEqual(order.slice(0, 5).map(([, j]) => j))
  })
})

test('k must fit', () => {
  expect(() => search([[1], [2]], 2)).toThrow('neighbours: expected a whole number from 1 to 1')
})
