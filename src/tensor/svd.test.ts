import { describe, expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { symmetricEigen } from './eigen.ts'
import { Sparse } from './sparse.ts'
import { orthonormalize, randomizedSvd } from './svd.ts'

/** A sparse matrix with about `share` of its entries, and the same as a dense array. */
function sample(
  rows: number,
  cols: number,
  share: number,
  seed: number,
): { sparse: Sparse; dense: number[][] } {
  const rng = new Random(seed)
  const dense = Array.from({ length: rows }, () =>
    Array.from({ length: cols }, () => (rng.float() < share ? rng.normal() : 0)),
  )
  const indptr = [0]
  const indices: number[] = []
  const values: number[] = []
  for (const row of dense) {
    row.forEach((x, c) => {
      if (x !== 0) {
        indices.push(c)
        values.push(x)
      }
    })
    indptr.push(indices.length)
  }
  const sparse = new Sparse(
    rows,
    cols,
    Uint32Array.from(indptr),
    Int32Array.from(indices),
    Float32Array.from(values),
  )
  void sparse.transposed
  return { sparse: sparse.placed(), dense }
}

function finish<T>(job: Generator<unknown, T, void>): T {
  for (;;) {
    const step = job.next()
    if (step.done) return step.value
  }
}

/** Singular values by the eigenvalues of AᵀA. */
function singularValues(dense: number[][]): number[] {
  const n = dense[0].length
  const gram = new Float64Array(n * n)
  for (const row of dense)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) gram[i * n + j] += row[i] * row[j]
  return [...symmetricEigen(gram, n).values].map((v) => Math.sqrt(Math.max(0, v)))
}

describe('symmetricEigen', () => {
  test('known answer', () => {
    const { values, vectors } = symmetricEigen(new Float64Array([2, 1, 1, 2]), 2)
    expect([...values]).toEqual([expect.closeTo(3, 12), expect.closeTo(1, 12)])
    expect(Math.abs(vectors[0])).toBeCloseTo(Math.SQRT1_2, 12)
  })

  test('A v = λ v and VᵀV = I on a random matrix', () => {
    const n = 40
    const rng = new Random(1)
    const a = new Float64Array(n * n)
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) a[i * n + j] = a[j * n + i] = rng.normal()
    const { values, vectors } = symmetricEigen(a, n)
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < n; i++) {
        let av = 0
        for (let j = 0; j < n; j++) av += a[i * n + j] * vectors[j * n + k]
        expect(av).toBeCloseTo(values[k] * vectors[i * n + k], 8)
      }
      let norm = 0
      for (let i = 0; i < n; i++) norm += vectors[i * n + k] ** 2
      expect(norm).toBeCloseTo(1, 10)
    }
    expect([...values]).toEqual([...values].sort((x, y) => y - x))
  })
})

describe('randomizedSvd', () => {
  test('reconstructs a matrix of full rank exactly when asked for all of it', () => {
    const { sparse, dense } = sample(30, 12, 0.5, 2)
    const { u, sigma, v } = finish(randomizedSvd(sparse, { rank: 12, rng: new Random(1) }))
    dense.forEach((row, i) =>
      row.forEach((x, j) => {
        let value = 0
        for (let k = 0; k < 12; k++) value += u[i * 12 + k] * sigma[k] * v[j * 12 + k]
        expect(value).toBeCloseTo(x, 4)
      }),
    )
  })

  test('finds the leading singular values of a larger matrix', () => {
    const { sparse, dense } = sample(300, 80, 0.1, 3)
    const expected = singularValues(dense)
    const { sigma } = finish(randomizedSvd(sparse, { rank: 8, rng: new Random(1), powerIterations: 12 }))
    sigma.forEach((s, k) => expect(Math.abs(s - expected[k]) / expected[k]).toBeLessThan(2e-3))
  })

  test('orthonormalize gives orthonormal columns, zero ones for dependent directions', () => {
    const x = heap.f32(200 * 3)
    const rng = new Random(4)
    for (let i = 0; i < 200; i++) {
      x[i * 3] = rng.normal()
      x[i * 3 + 1] = rng.normal() + 5 * x[i * 3]
      x[i * 3 + 2] = 0
    }
    orthonormalize(x, 200, 3)
    const dot = (a: number, b: number): number => {
      let sum = 0
      for (let i = 0; i < 200; i++) sum += x[i * 3 + a] * x[i * 3 + b]
      return sum
    }
    expect([dot(0, 0), dot(1, 1), dot(0, 1), dot(2, 2)]).toEqual(
      [1, 1, 0, 0].map((v) => expect.closeTo(v, 5)),
    )
  })

  test('refuses a rank that the matrix does not have', () => {
    const { sparse } = sample(5, 4, 0.9, 1)
    expect(() => finish(randomizedSvd(sparse, { rank: 5, rng: new Random(1) }))).toThrow('expected 1 to 4')
  })
})
