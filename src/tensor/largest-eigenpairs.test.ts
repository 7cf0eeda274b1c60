import { expect, test } from 'vitest'
import { heap } from '../kernels/heap.ts'
import { Random } from '../random.ts'
import { symmetricEigen } from './eigen.ts'
import { type EigenpairOptions, type Eigenpairs, largestEigenpairs } from './largest-eigenpairs.ts'
import { Sparse } from './sparse.ts'

/** A copy of the answer, outside the heap. */
function solve(a: Sparse, options: Omit<EigenpairOptions, 'rng'>): Eigenpairs {
  return heap.scope(() => {
    const job = largestEigenpairs(a, { rng: new Random(2), ...options })
    for (;;) {
      const step = job.next()
      if (step.done) return { ...step.value, vectors: step.value.vectors.slice() }
    }
  })
}
function fromDense(m: Float64Array, n: number): Sparse {
  const indptr = new Uint32Array(n + 1)
  const indices: number[] = []
  const values: number[] = []
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) {
      if (m[r * n + c] === 0) continue
      indices.push(c)
      values.push(m[r * n + c])
    }
    indptr[r + 1] = indices.length
  }
  return new Sparse(n, n, indptr, Int32Array.from(indices), Float32Array.from(values)).declareSymmetric()
}
/** Cycles of the given lengths, each edge ½: eigenvalues cos(2πj / length). */
function cycles(...lengths: number[]): Sparse {
  const n = lengths.reduce((a, b) => a + b)
  const m = new Float64Array(n * n)
  let start = 0
  for (const length of lengths) {
    for (let i = 0; i < length; i++) {
      const [a, b] = [start + i, start + ((i + 1) % length)]
      m[a * n + b] = m[b * n + a] = 0.5
    }
    start += length
  }
  return fromDense(m, n)
}

test('a random matrix agrees with the dense solver', () => {
  const n = 90
  const rng = new Random(4)
  const m = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      if (rng.float() < 0.2) m[i * n + j] = m[j * n + i] = Math.fround((rng.float() - 0.5) / 10)
  const exact = symmetricEigen(m, n)
  const { values, vectors, converged } = solve(fromDense(m, n), { count: 6, bounds: [-1, 1] })
  expect(converged).toBe(true)
  for (let k = 0; k < 6; k++) {
    expect(values[k]).toBeCloseTo(exact.values[k], 5)
    let dot = 0
    for (let i = 0; i < n; i++) dot += vectors[i * 6 + k] * exact.vectors[i * n + k]
    expect(Math.abs(dot)).toBeCloseTo(1, 3)
  }
})

test('a long cycle, whose eigenvalues lie close: the ones of the formula', () => {
  const { values, converged } = solve(cycles(300), { count: 5, bounds: [-1, 1] })
  expect(converged).toBe(true)
  const angle = (2 * Math.PI) / 300
  ;[0, 1, 1, 2, 2].forEach((j, k) => expect(values[k]).toBeCloseTo(Math.cos(j * angle), 5))
})

test('an eigenvalue of multiplicity: one vector per component, constant on each', () => {
  const { values, vectors } = solve(cycles(40, 50, 60, 70), { count: 4, bounds: [-1, 1] })
  for (const value of values) expect(value).toBeCloseTo(1, 6)
  for (const [from, to] of [
    [0, 40],
    [40, 90],
    [90, 150],
    [150, 220],
  ])
    for (let i = from; i < to; i++)
      for (let k = 0; k < 4; k++) expect(vectors[i * 4 + k]).toBeCloseTo(vectors[from * 4 + k], 3)
})

test('all pairs of a small matrix, a zero matrix, and what is refused', () => {
  const { values } = solve(cycles(3), { count: 3, bounds: [-1, 1] })
  ;[1, -0.5, -0.5].forEach((value, k) => expect(values[k]).toBeCloseTo(value, 5))
  const none = new Sparse(5, 5, new Uint32Array(6), new Int32Array(0), null)
  expect(Array.from(solve(none, { count: 2, bounds: [-1, 1] }).values)).toEqual([0, 0])
  expect(() => solve(cycles(3), { count: 4, bounds: [-1, 1] })).toThrow(/from 1 to 3/)
  const wide = new Sparse(1, 2, Uint32Array.of(0, 0), new Int32Array(0), null)
  expect(() => solve(wide, { count: 1, bounds: [-1, 1] })).toThrow(/a square matrix/)
})
