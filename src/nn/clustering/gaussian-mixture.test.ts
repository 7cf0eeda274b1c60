import { expect, test } from 'vitest'
import { heap } from '../../kernels/heap.ts'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { runSync } from '../../train/run.ts'
import {
  gaussianMixture,
  meansOf,
  type MixtureOptions,
  type MixtureResult,
  responsibilities,
} from './gaussian-mixture.ts'
import { columnMoments, precisionRoot } from './mixture.ts'

const fit = (x: Matrix, k: number, options: Partial<MixtureOptions> = {}): MixtureResult =>
  runSync(gaussianMixture(x, k, { rng: new Random(3), ...options }))

const rows = (n: number, row: (i: number, rng: Random) => number[], seed = 4): Matrix => {
  const rng = new Random(seed)
  return Matrix.from(Array.from({ length: n }, (_, i) => row(i, rng)))
}

test('one component has the mean and covariance of the data, and the likelihood of the formula', () => {
  const x = rows(200, (_, rng) => {
    const a = rng.normal()
    return [a + 5, 0.5 * a + 0.3 * rng.normal(), 2 * rng.normal()]
  })
  const d = 3
  const { mean } = columnMoments(x)
  const sigma = new Float64Array(d * d)
  for (let i = 0; i < x.rows; i++)
    for (let a = 0; a < d; a++)
      for (let b = 0; b < d; b++)
        sigma[a * d + b] += ((x.row(i)[a] - mean[a]) * (x.row(i)[b] - mean[b])) / x.rows
  const { mixture, logLikelihood } = fit(x, 1, { covariance: 'full' })
  meansOf(mixture).data.forEach((value, j) => expect(value).toBeCloseTo(mean[j], 5))
  mixture.covariances.forEach((value, j) => expect(value).toBeCloseTo(sigma[j], 4))
  // For the maximum-likelihood Gaussian the mean of the quadratic form is d.
  const det =
    sigma[0] * (sigma[4] * sigma[8] - sigma[5] * sigma[7]) -
    sigma[1] * (sigma[3] * sigma[8] - sigma[5] * sigma[6]) +
    sigma[2] * (sigma[3] * sigma[7] - sigma[4] * sigma[6])
  expect(logLikelihood).toBeCloseTo(-0.5 * (d * Math.log(2 * Math.PI) + Math.log(det) + d), 3)

  const diagonal = fit(x, 1)
  diagonal.mixture.covariances.forEach((value, j) => expect(value).toBeCloseTo(sigma[j * d + j], 4))
})

test('the root of the precision multiplies with its transpose to the inverse', () => {
  // Σ = [[4, 2], [2, 3]], Σ⁻¹ = [[3, −2], [−2, 4]] / 8.
  const u = precisionRoot(Float32Array.of(4, 2, 2, 3), 2)
  expect(u[2]).toBe(0)
  expect(u[0] ** 2 + u[1] ** 2).toBeCloseTo(3 / 8, 6)
  expect(u[1] * u[3]).toBeCloseTo(-2 / 8, 6)
  expect(u[3] ** 2).toBeCloseTo(4 / 8, 6)
  expect(() => precisionRoot(Float32Array.of(1, 2, 2, 1), 2)).toThrow(/not positive definite/)
})

test('two crossing ellipses: full covariances tell them apart, where k-means cannot', () => {
  const x = rows(600, (i, rng) => {
    const long = 5 * rng.normal()
    const short = 0.1 * rng.normal()
    return i % 2 === 0 ? [long, long + short] : [long, -long + short]
  })
  const { labels, probabilities } = fit(x, 2, { covariance: 'full', restarts: 3, iterations: 200 })
  const even = labels[0]
  const right = Array.from(labels).filter((label, i) => (label === even) === (i % 2 === 0)).length
  expect(right).toBeGreaterThan(570)
  for (let i = 0; i < x.rows; i++) expect(probabilities.row(i)[0] + probabilities.row(i)[1]).toBeCloseTo(1, 5)
})

test('weights and standard deviations of a planted mixture come back, far from the origin too', () => {
  for (const offset of [0, 20_000]) {
    const x = rows(4000, (i, rng) =>
      i % 4 === 0 ? [offset + rng.normal()] : [offset + 20 + 3 * rng.normal()],
    )
    const { mixture } = fit(x, 2)
    const [small, large] = mixture.weights[0] < mixture.weights[1] ? [0, 1] : [1, 0]
    expect(mixture.weights[small]).toBeCloseTo(0.25, 2)
    expect(Math.sqrt(mixture.covariances[small])).toBeCloseTo(1, 1)
    expect(Math.sqrt(mixture.covariances[large]) / 3).toBeCloseTo(1, 1)
    expect(meansOf(mixture).data[large]).toBeCloseTo(offset + 20, 0)
  }
})

test('responsibilities of the rows of the fit are those of the fit, to the bit', () => {
  const x = rows(500, (i, rng) => [(i % 3) * 2 + rng.normal(), 1000 + rng.normal()])
  for (const covariance of ['diagonal', 'full'] as const) {
    const { mixture, probabilities } = fit(x, 3, { covariance })
    expect(runSync(responsibilities(mixture, x)).data).toEqual(probabilities.data)
  }
})

test('constant columns and equal rows stay finite', () => {
  const constant = rows(60, (i, rng) => [12345.678, (i % 2) * 8 + rng.normal()])
  for (const covariance of ['diagonal', 'full'] as const) {
    const { labels } = fit(constant, 2, { covariance })
    expect(Array.from(labels)).toEqual(Array.from(labels, (_, i) => labels[i % 2]))
    const equal = fit(Matrix.from(Array.from({ length: 9 }, () => [2, 7])), 3, { covariance })
    expect(Number.isFinite(equal.logLikelihood)).toBe(true)
    expect([...equal.probabilities.data].every(Number.isFinite)).toBe(true)
  }
})

test('same seed, same bits; only the answer stays on the heap', () => {
  const x = rows(300, (i, rng) => [(i % 2) * 5 + rng.normal(), rng.normal()])
  const a = fit(x, 2)
  expect(fit(x, 2)).toEqual(a)
  heap.scope(() => {
    const before = heap.bytesInUse
    fit(x, 2)
    expect(heap.bytesInUse - before).toBeLessThan(8192)
  })
})
