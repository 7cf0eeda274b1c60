/** The fuzzy simplicial set of UMAP: how much each row belongs with each of its neighbours (McInnes, Healy & Melville 2018, §3.1). */
import type { Neighbours } from '../../graph/nearest.ts'
import { Sparse } from '../../tensor/sparse.ts'

export interface Smoothing {
  /** ρ: the distance to the nearest neighbour that is not at the same place; 0 where there is none. */
  readonly rho: Float64Array
  /** σ: with it, Σⱼ exp(−max(0, dᵢⱼ − ρᵢ) / σᵢ) is log₂ k, as far as the bounds of σ allow. */
  readonly sigma: Float64Array
}

const HALVINGS = 64
const TOLERANCE = 1e-5
/** σ is at least this much of the mean distance. */
const LEAST = 1e-3

/** Each row's own measure of distance. `distances` is rows × k. */
export function smoothDistances(distances: Float32Array, k: number): Smoothing {
  const n = distances.length / k
  const rho = new Float64Array(n)
  const sigma = new Float64Array(n)
  const target = Math.log2(k)
  const mean = meanOf(distances)
  for (let i = 0; i < n; i++) {
    const own = distances.subarray(i * k, (i + 1) * k)
    let nearest = Infinity
    for (const d of own) if (d > 0 && d < nearest) nearest = d
    rho[i] = nearest === Infinity ? 0 : nearest
    let [low, high, middle] = [0, Infinity, 1]
    for (let halving = 0; halving < HALVINGS; halving++) {
      const sum = membershipSum(own, rho[i], middle)
      if (Math.abs(sum - target) < TOLERANCE) break
      if (sum > target) high = middle
      else low = middle
      middle = high === Infinity ? middle * 2 : (low + high) / 2
    }
    sigma[i] = Math.max(middle, LEAST * (rho[i] > 0 ? meanOf(own) : mean))
  }
  return { rho, sigma }
}

function membershipSum(distances: Float32Array, rho: number, sigma: number): number {
  let sum = 0
  for (const d of distances) sum += d > rho ? Math.exp(-(d - rho) / sigma) : 1
  return sum
}

function meanOf(values: Float32Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/**
 * The symmetric n × n memberships: from each row's own a = exp(−max(0, d − ρ) / σ), the probabilistic union a + b − ab of both
 * directions. Memberships of 0 (underflow) are left out.
 */
export function fuzzySet({ index, distances }: Neighbours, k: number): Sparse {
  const n = index.length / k
  const { rho, sigma } = smoothDistances(distances, k)
  const indptr = Uint32Array.from({ length: n + 1 }, (_, i) => i * k)
  const columns = new Int32Array(index.length)
  const values = new Float32Array(index.length)
  const order = Array.from({ length: k }, (_, j) => j)
  for (let i = 0; i < n; i++) {
    const at = i * k
    order.sort((p, q) => index[at + p] - index[at + q])
    for (let j = 0; j < k; j++) {
      const e = at + order[j]
      const beyond = distances[e] - rho[i]
      columns[at + j] = index[e]
      values[at + j] = beyond > 0 && sigma[i] > 0 ? Math.exp(-beyond / sigma[i]) : 1
    }
  }
  return union(new Sparse(n, n, indptr, columns, values))
}

/** A + Aᵀ − A ∘ Aᵀ of a matrix whose rows are in the order of their columns. */
function union(a: Sparse): Sparse {
  const n = a.rows
  const t = a.transposed
  const indptr = new Uint32Array(n + 1)
  const indices = new Int32Array(2 * a.nnz)
  const values = new Float32Array(2 * a.nnz)
  let e = 0
  for (let i = 0; i < n; i++) {
    let [p, q] = [a.indptr[i], t.indptr[i]]
    const [pEnd, qEnd] = [a.indptr[i + 1], t.indptr[i + 1]]
    while (p < pEnd || q < qEnd) {
      const left = p < pEnd ? a.indices[p] : n
      const right = q < qEnd ? t.indices[q] : n
      const column = Math.min(left, right)
      const x = left === column ? a.values![p++] : 0
      const y = right === column ? t.values![q++] : 0
      const both = x + y - x * y
      if (both === 0) continue
      indices[e] = column
      values[e++] = both
    }
    indptr[i + 1] = e
  }
  return new Sparse(n, n, indptr, indices.slice(0, e), values.slice(0, e)).declareSymmetric()
}
