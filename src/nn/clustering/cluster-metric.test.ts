import { describe, expect, test } from 'vitest'
import { agreement } from '../../metrics/clustering.ts'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { runSync } from '../../train/run.ts'
import { clusterMetric, type ClusterMetric } from './cluster-metric.ts'
import { kMeans } from './k-means.ts'

const metricOf = (z: Matrix, clusters: number): ClusterMetric =>
  runSync(clusterMetric(z, clusters, { rng: new Random(1) }))

function times(z: Matrix, map: ArrayLike<number>): Matrix {
  const d = z.cols
  return Matrix.from(
    Array.from({ length: z.rows }, (_, i) =>
      Array.from({ length: d }, (_, j) =>
        Array.from({ length: d }, (_, k) => z.data[i * d + k] * map[k * d + j]).reduce((a, b) => a + b, 0),
      ),
    ),
  )
}

const grouped = (z: Matrix, clusters: number): Int32Array =>
  runSync(kMeans(z, clusters, { rng: new Random(2) })).labels

/** Three clusters as long as they are thin, side by side. */
const truth = Int32Array.from({ length: 600 }, (_, i) => i % 3)
const source = new Random(7)
const layers = Matrix.from(
  Array.from(truth, (layer) => [10 * source.normal(), source.normal() + 8 * layer, 3 * source.normal()]),
)
/** Invertible; turns and stretches. */
const bent = [1, 2, 0, -3, 1, 0.5, 0, 0.2, 4]

describe('clusters that k-means takes apart along their length', () => {
  test('are round in their own metric', () => {
    expect(agreement(truth, grouped(layers, 3)).acc).toBeLessThan(0.7)
    const { root, logDeterminants } = metricOf(layers, 3)
    expect(agreement(truth, grouped(times(layers, root), 3)).acc).toBe(1)
    expect(logDeterminants.length).toBeGreaterThan(1)
    expect(logDeterminants).toEqual(logDeterminants.toSorted((a, b) => b - a))
    // Variances of 100, 1 and 9 at determinant 1: each becomes 900^⅓.
    const [a, b, c] = [root[0], root[4], root[8]].map((entry) => entry ** 2)
    expect(a * 100).toBeCloseTo(900 ** (1 / 3), 0)
    expect(b).toBeCloseTo(900 ** (1 / 3), 0)
    expect(c * 9).toBeCloseTo(900 ** (1 / 3), 0)
  })

  test('are found under any invertible map of the rows, with the same determinant but for the map’s', () => {
    const turned = times(layers, bent)
    const plain = metricOf(layers, 3)
    const other = metricOf(turned, 3)
    expect(agreement(truth, grouped(times(turned, other.root), 3)).acc).toBe(1)
    const determinant = 1 * (1 * 4 - 0.5 * 0.2) - 2 * (-3 * 4 - 0)
    expect(other.logDeterminants.at(-1)! - plain.logDeterminants.at(-1)!).toBeCloseTo(
      2 * Math.log(determinant),
      2,
    )
  })
})

test('root and inverse undo each other, and keep the volume', () => {
  const { root, inverse } = metricOf(layers, 3)
  const product = times(new Matrix(3, 3, Float32Array.from(root)), inverse)
  product.data.forEach((value, at) => expect(value).toBeCloseTo(at % 4 === 0 ? 1 : 0, 4))
  const [a, b, c, d, e, f, g, h, i] = root
  expect(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)).toBeCloseTo(1, 4)
})

test.each([
  ['all rows equal', Matrix.from(Array.from({ length: 6 }, () => [2, 3])), 1],
  ['as many clusters as rows', Matrix.from(Array.from({ length: 4 }, (_, i) => [i, i * i])), 4],
  [
    'a column that does not move',
    Matrix.from(Array.from({ length: 40 }, (_, i) => [i % 2, 5, source.normal()])),
    2,
  ],
])('%s: the map is finite and can be undone', (_, z, clusters) => {
  const { root, inverse } = metricOf(z, clusters)
  expect([...root, ...inverse].every(Number.isFinite)).toBe(true)
  const product = times(new Matrix(z.cols, z.cols, Float32Array.from(root)), inverse)
  product.data.forEach((value, at) => expect(value).toBeCloseTo(at % (z.cols + 1) === 0 ? 1 : 0, 3))
})
