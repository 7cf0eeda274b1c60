import { describe, expect, test } from 'vitest'
import { heap } from '../../kernels/heap.ts'
import { Random } from '../../random.ts'
import type { Features } from '../../tensor/features.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { runSync } from '../../train/run.ts'
import { assign, kMeans, type KMeansOptions, type KMeansResult } from './k-means.ts'

const fit = (x: Features, k: number, options: Partial<KMeansOptions> = {}): KMeansResult =>
  runSync(kMeans(x, k, { rng: new Random(1), ...options }))

/** Rows around the given centres, `each` per centre, in turn. */
function blobs(centres: readonly (readonly number[])[], each: number, spread: number, seed = 5): Matrix {
  const rng = new Random(seed)
  return Matrix.from(
    Array.from({ length: each * centres.length }, (_, i) =>
      centres[i % centres.length].map((value) => value + spread * rng.normal()),
    ),
  )
}

function sparse(x: Matrix): Sparse {
  const indptr = new Uint32Array(x.rows + 1)
  const indices: number[] = []
  const values: number[] = []
  for (let r = 0; r < x.rows; r++) {
    x.row(r).forEach((value, c) => {
      if (value === 0) return
      indices.push(c)
      values.push(value)
    })
    indptr[r + 1] = indices.length
  }
  return new Sparse(x.rows, x.cols, indptr, Int32Array.from(indices), Float32Array.from(values))
}

const corners = [
  [0, 0, 5],
  [10, 0, -5],
  [0, 10, 0],
  [10, 10, 0],
]
/** Whether rows i and j share a label exactly when i % 4 === j % 4. */
function expectCorners(labels: Int32Array): void {
  const first = Array.from(labels.subarray(0, 4))
  expect(new Set(first).size).toBe(4)
  expect(Array.from(labels)).toEqual(Array.from(labels, (_, i) => first[i % 4]))
}

describe('kMeans', () => {
  test('a case by hand: two pairs on a line', () => {
    const { labels, centres, inertia } = fit(Matrix.from([[0], [1], [10], [12]]), 2)
    expect([labels[0] === labels[1], labels[2] === labels[3], labels[0] === labels[2]]).toEqual([
      true,
      true,
      false,
    ])
    expect([...centres.data].sort((a, b) => a - b)).toEqual([0.5, 11])
    expect(inertia).toBeCloseTo(0.5 + 2, 6)
  })

  test('blobs, dense and sparse, full and in mini-batches', () => {
    const x = blobs(corners, 100, 0.5)
    for (const features of [x, sparse(x)]) {
      expectCorners(fit(features, 4).labels)
      expectCorners(fit(features, 4, { batch: 64, restarts: 3 }).labels)
    }
    expect(fit(sparse(x), 4).inertia).toBeCloseTo(fit(x, 4).inertia, 2)
  })

  test('from given centres it goes where Lloyd by hand goes', () => {
    const x = Matrix.from([[0], [2], [3], [9]])
    const run = fit(x, 2, { init: Matrix.from([[0], [3]]), tolerance: 0 })
    // {0}, {2, 3, 9} → centres 0, 14/3 → {0, 2}, {3, 9} → 1, 6 → {0, 2, 3}, {9} → 5/3, 9, and no label changes.
    expect(Array.from(run.labels)).toEqual([0, 0, 0, 1])
    expect(run.centres.data[0]).toBeCloseTo(5 / 3, 6)
    expect(run.centres.data[1]).toBe(9)
  })

  test('every row has the nearest of the centres it answers, whatever ended it', () => {
    const x = blobs(corners, 60, 4)
    for (const options of [{}, { iterations: 2 }, { batch: 50 }, { tolerance: 0.05 }]) {
      const { labels, centres, inertia } = fit(x, 4, options)
      let total = 0
      for (let i = 0; i < x.rows; i++) {
        const distances = [0, 1, 2, 3].map((c) =>
          x.row(i).reduce((sum, value, j) => sum + (value - centres.row(c)[j]) ** 2, 0),
        )
        expect(labels[i]).toBe(distances.indexOf(Math.min(...distances)))
        total += Math.min(...distances)
      }
      expect(inertia / total).toBeCloseTo(1, 5)
    }
  })

  test('more restarts never end higher, and the same seed gives the same bits', () => {
    const x = blobs(corners, 50, 6)
    const one = fit(x, 7, { restarts: 1 })
    const many = fit(x, 7, { restarts: 12 })
    expect(many.inertia).toBeLessThanOrEqual(one.inertia)
    expect(fit(x, 7, { restarts: 12 })).toEqual(many)
  })

  test('far from the origin it separates what is near', () => {
    const far = blobs(
      corners.map((c) => c.map((value) => 0.01 * value + 3000)),
      50,
      0.002,
    )
    expectCorners(fit(far, 4).labels)
    const { centres, origin, labels, inertia } = fit(far, 4)
    expect(Math.min(...centres.data)).toBeGreaterThan(2999)
    expect(runSync(assign(far, centres, origin))).toEqual({ labels, inertia })
  })

  test('a centre that no row is near starts again at the farthest row', () => {
    const x = Matrix.from([[0], [1], [10], [30]])
    const { labels } = fit(x, 3, { init: Matrix.from([[0], [20], [1000]]), tolerance: 0 })
    expect(labels[0]).toBe(labels[1])
    expect(new Set(labels).size).toBe(3)
  })

  test('equal rows: one cluster has them all, the others stay empty, nothing is NaN', () => {
    const x = Matrix.from(Array.from({ length: 20 }, () => [3, -1]))
    const { labels, inertia, centres } = fit(x, 3)
    expect(new Set(labels).size).toBe(1)
    expect(inertia).toBe(0)
    expect([...centres.data].every(Number.isFinite)).toBe(true)
  })

  test('K = n, K = 1, and K > n', () => {
    const x = Matrix.from([[0], [4], [9]])
    expect(fit(x, 3).inertia).toBe(0)
    expect(new Set(fit(x, 3).labels).size).toBe(3)
    expect(fit(x, 1).centres.data[0]).toBeCloseTo(13 / 3, 6)
    expect(() => fit(x, 4)).toThrow(
      'clusters: expected a whole number from 1 to 3, the number of rows, got 4',
    )
    expect(() => fit(x, 2, { init: Matrix.from([[1, 2]]) })).toThrow(/first centres of 2 × 1/)
  })

  test('keeps only its answer on the heap', () => {
    const x = blobs(corners, 50, 1)
    heap.scope(() => {
      const before = heap.bytesInUse
      const { labels, centres } = fit(x, 4)
      expect(heap.bytesInUse - before).toBeLessThan(2 * (labels.byteLength + centres.data.byteLength) + 1024)
    })
  })
})
