import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import type { Features } from '../tensor/features.ts'
import { Matrix } from '../tensor/matrix.ts'
import { Sparse } from '../tensor/sparse.ts'
import { adjustedRandIndex, agreement, balance, clusterSizes, contingency } from './clustering.ts'
import { silhouette, type Silhouette, type SilhouetteOptions } from './silhouette.ts'

const ints = (...values: number[]): Int32Array => Int32Array.from(values)
const digits = (text: string): Int32Array => Int32Array.from(text, Number)

function silhouetteOf(x: Features, labels: Int32Array, k: number, options?: SilhouetteOptions): Silhouette {
  return heap.scope(() => {
    const job = silhouette(x, labels, k, options)
    for (;;) {
      const step = job.next()
      if (step.done) return step.value
    }
  })
}

test('a case by hand', () => {
  // Classes 0 0 0 1 1, clusters 1 1 0 0 0: mapped 1→0, 0→1, right are rows 0, 1, 3, 4.
  const { acc, f1, purity, ari, nmi } = agreement(ints(0, 0, 0, 1, 1), ints(1, 1, 0, 0, 0))
  expect([acc, f1, purity]).toEqual([0.8, 0.8, 0.8])
  // Pairs: index 1 + 1 = 2, classes 3 + 1 = 4, clusters 1 + 3 = 4, of 10: expected 1.6.
  expect(ari).toBeCloseTo((2 - 1.6) / (4 - 1.6), 12)
  const h = -(0.6 * Math.log(0.6) + 0.4 * Math.log(0.4))
  const mutual =
    0.4 * Math.log(2 / (5 * 0.6 * 0.4)) + 0.2 * Math.log(1 / (5 * 0.36)) + 0.4 * Math.log(2 / (5 * 0.24))
  expect(nmi).toBeCloseTo(mutual / h, 6)
})

test('names of labels do not matter, and an equal partition is perfect', () => {
  const truth = ints(0, 1, 2, 0, 1, 2, 2)
  expect(agreement(truth, ints(70, -3, 5, 70, -3, 5, 5))).toEqual({
    acc: 1,
    nmi: expect.closeTo(1, 12),
    ari: 1,
    f1: 1,
    purity: 1,
  })
})

test('more clusters than classes, fewer, and one alone', () => {
  const truth = ints(0, 0, 0, 1, 1, 1)
  // Three clusters: one of them matches no class, and its rows are wrong.
  expect(agreement(truth, ints(0, 0, 2, 1, 1, 1))).toMatchObject({ acc: 5 / 6, purity: 1, f1: (0.8 + 1) / 2 })
  // One cluster: it matches one class, and the other class has an F1 of 0.
  const one = agreement(truth, ints(4, 4, 4, 4, 4, 4))
  expect(one).toEqual({ acc: 0.5, nmi: 0, ari: 0, purity: 0.5, f1: expect.closeTo(1 / 3, 12) })
  expect(agreement(ints(1, 1), ints(0, 0))).toEqual({ acc: 1, nmi: 1, ari: 1, f1: 1, purity: 1 })
  expect(adjustedRandIndex(ints(0), ints(3))).toBe(1)
})

test('what does not fit is refused', () => {
  expect(() => contingency(ints(0, 1), ints(0))).toThrow('comparing partitions: expected 2 labels, got 1')
  expect(() => agreement(ints(), ints())).toThrow(/no labels/)
  expect(() => clusterSizes(ints(0, 3), 3)).toThrow('labels: expected cluster numbers from 0 to 2, got 3')
})

test('sizes and their balance', () => {
  expect(Array.from(clusterSizes(ints(0, 2, 2), 4))).toEqual([1, 0, 2, 0])
  expect(balance([5, 5, 5])).toBeCloseTo(1, 12)
  expect(balance([9, 0])).toBe(0)
  expect(balance([3, 1])).toBeCloseTo(-(0.75 * Math.log2(0.75) + 0.25 * Math.log2(0.25)), 12)
  expect(balance([7])).toBe(1)
})

/** Figures of scikit-learn 1.9.1, by test/sklearn-metrics.py. */
const frozen = [
  {
    truth: digits('303233111011130'),
    labels: digits('020200121211200'),
    x: [
      [-0.238, 3.381],
      [-0.991, 1.018],
      [0.942, 1.749],
      [1.325, 1.095],
      [2.444, 4.526],
      [-0.846, 3.377],
      [0.129, 1.604],
      [0.672, 1.82],
      [1.108, 0.414],
      [0.938, -0.255],
      [1.174, 1.207],
      [1.3, 1.94],
      [0.806, 1.002],
      [-0.39, 4.872],
      [-0.241, 0.053],
    ],
    figures: {
      acc: 0.733333333,
      nmi: 0.60618888,
      ari: 0.458398744,
      f1: 0.552272727,
      purity: 0.733333333,
      silhouette: -0.11721327,
    },
  },
  {
    truth: digits('11110011000110'),
    labels: digits('23410311300110'),
    x: [
      [-0.235, 2.449, 1.672],
      [0.607, -0.17, 1.539],
      [-0.474, 0.632, 0.364],
      [0.876, 1.177, 0.792],
      [0.396, -1.093, -1.491],
      [0.439, 0.167, 0.635],
      [2.583, 1.544, 0.087],
      [1.317, -0.716, 0.538],
      [-0.068, 1.713, -0.745],
      [-0.826, -0.098, -0.663],
      [1.127, -1.08, -1.147],
      [-0.238, 0.102, 2.93],
      [1.149, 0.688, -0.225],
      [0.844, -1.0, -1.545],
    ],
    figures: {
      acc: 0.642857143,
      nmi: 0.516633939,
      ari: 0.364271457,
      f1: 0.784615385,
      purity: 0.928571429,
      silhouette: -0.002764616,
    },
  },
  {
    truth: digits('1200121000'),
    labels: digits('1001001220'),
    x: [
      [0.747, 0.13],
      [1.623, 1.868],
      [-0.505, -0.445],
      [0.377, -0.637],
      [0.095, 0.849],
      [1.245, 2.909],
      [1.182, -0.181],
      [0.09, -0.706],
      [0.052, -1.342],
      [1.383, 0.387],
    ],
    figures: {
      acc: 0.6,
      nmi: 0.302275306,
      ari: -0.036866359,
      f1: 0.603174603,
      purity: 0.6,
      silhouette: 0.032892385,
    },
  },
]

test.each(frozen)('scikit-learn agrees to six digits: $figures', ({ truth, labels, x, figures }) => {
  const { score } = silhouetteOf(Matrix.from(x), labels, 5)
  const ours = { ...agreement(truth, labels), silhouette: score! }
  for (const [name, value] of Object.entries(figures))
    expect([name, ours[name as keyof typeof ours]]).toEqual([name, expect.closeTo(value, 6)])
})

const python = process.env['PYTHON']
if (!python) console.warn('PYTHON is not set: the comparison with scikit-learn on random cases is skipped')

test.skipIf(!python)('scikit-learn agrees on random cases', () => {
  const rng = new Random(11)
  const cases = Array.from({ length: 20 }, (_, c) => {
    const n = 200 + 37 * c
    const [classes, clusters, d] = [2 + rng.int(6), 2 + rng.int(8), 1 + rng.int(5)]
    const truth = Int32Array.from({ length: n }, () => rng.int(classes))
    const labels = truth.map((t) => (rng.float() < 0.4 ? rng.int(clusters) : t % clusters))
    const x = Array.from(truth, (t) => Array.from({ length: d }, () => Math.fround(t + 2 * rng.normal())))
    return { truth, labels, x }
  })
  const script = fileURLToPath(new URL('../../test/sklearn-metrics.py', import.meta.url))
  const input = JSON.stringify({
    cases: cases.map(({ truth, labels, x }) => ({ truth: [...truth], labels: [...labels], x })),
  })
  const { stdout, stderr, status } = spawnSync(python!, [script], { input, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, expect.any(String)])
  const theirs = JSON.parse(stdout) as Record<string, number>[]
  cases.forEach(({ truth, labels, x }, c) => {
    const ours = { ...agreement(truth, labels), silhouette: silhouetteOf(Matrix.from(x), labels, 10).score! }
    for (const [name, value] of Object.entries(theirs[c]))
      expect([c, name, ours[name as keyof typeof ours]]).toEqual([c, name, expect.closeTo(value, 6)])
  })
})

test('silhouette by hand', () => {
  // On a line: 0 and 1 in one cluster, 5 and 9 in the other, 20 alone.
  const x = Matrix.from([[0], [1], [5], [9], [20]])
  const { score, clusters, exact, sampled } = silhouetteOf(x, ints(0, 0, 1, 1, 2), 4)
  const widths = [(7 - 1) / 7, (6 - 1) / 6, (4 - 4.5) / 4.5, (4 - 8.5) / -1, 0]
  widths[2] = (4.5 - 4) / 4.5
  widths[3] = (8.5 - 4) / 8.5
  expect(score).toBeCloseTo(widths.reduce((a, b) => a + b) / 5, 6)
  expect(clusters[0]).toBeCloseTo((widths[0] + widths[1]) / 2, 6)
  expect([clusters[2], clusters[3], exact, sampled]).toEqual([0, null, true, 5])
})

test('silhouette: sparse rows, far from the origin, sampled, undefined', () => {
  const rng = new Random(2)
  const n = 400
  const labels = Int32Array.from({ length: n }, (_, i) => i % 3)
  const rows = Array.from(labels, (c) => [c * 3 + rng.normal(), rng.normal()])
  const dense = Matrix.from(rows)
  const { score } = silhouetteOf(dense, labels, 3)
  const indptr = Uint32Array.from({ length: n + 1 }, (_, i) => 2 * i)
  const sparse = new Sparse(
    n,
    2,
    indptr,
    Int32Array.from({ length: 2 * n }, (_, e) => e % 2),
    dense.data.slice(),
  )
  expect(silhouetteOf(sparse, labels, 3).score).toBeCloseTo(score!, 5)
  const far = Matrix.from(rows.map(([a, b]) => [a + 5000, b - 9000]))
  expect(silhouetteOf(far, labels, 3).score).toBeCloseTo(score!, 3)
  const some = silhouetteOf(dense, labels, 3, { sample: 150, rng: new Random(5) })
  expect([some.sampled, some.exact]).toEqual([150, false])
  expect(Math.abs(some.score! - score!)).toBeLessThan(0.05)
  expect(
    silhouetteOf(
      dense,
      labels.map(() => 1),
      3,
    ).score,
  ).toBeNull()
  expect(silhouetteOf(Matrix.from([[1], [1], [1]]), ints(0, 1, 0), 2).score).toBe(0)
})
