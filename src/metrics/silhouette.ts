/**
 * Silhouette (Rousseeuw 1987): s(i) = (b − a) / max(a, b), a the mean Euclidean distance of row i to the other rows of its
 * cluster, b the least mean distance to the rows of another one; 0 for a row alone in its cluster.
 */
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Random } from '../random.ts'
import { centred } from '../tensor/centring.ts'
import { allProducts, type Features, placeFeatures, productBlock, squaredNorms } from '../tensor/features.ts'

export interface Silhouette {
  /** Mean of s(i); null where it is undefined: all rows in one cluster. */
  readonly score: number | null
  /** Mean of s(i) per cluster; null for clusters of which no row was looked at. */
  readonly clusters: readonly (number | null)[]
  /** Rows whose s(i) was computed, each against all rows. */
  readonly sampled: number
  readonly exact: boolean
}

export interface SilhouetteOptions {
  /** Look at this many rows, drawn at random, when there are more. Default: all. The time grows with rows × this. */
  readonly sample?: number
  /** Draws the sample. */
  readonly rng?: Random
}

/**
 * The silhouette of `labels` (0 … clusters − 1) on the rows of x, in blocks; yields rows done. Its buffers are in the region
 * that is open.
 */
export function* silhouette(
  input: Features,
  labels: Int32Array,
  clusters: number,
  { sample = input.rows, rng }: SilhouetteOptions = {},
): Generator<{ done: number; of: number }, Silhouette, void> {
  const n = input.rows
  const order = Int32Array.from({ length: n }, (_, i) => i)
  const exact = sample >= n || !rng
  const chosen = exact ? order : rng.shuffle(order).slice(0, sample).sort()
  const sizes = new Float64Array(clusters)
  for (const label of labels) sizes[label]++
  const none = { clusters: Array.from(sizes, () => null), sampled: chosen.length, exact }
  if (sizes.filter((size) => size > 0).length < 2) return { score: null, ...none }

  const { x } = centred(placeFeatures(input))
  const norms = squaredNorms(x)
  const membership = heap.f32(n * clusters)
  for (let i = 0; i < n; i++) membership[i * clusters + labels[i]] = 1
  const step = productBlock(x)
  const distances = heap.scratchF32(Math.min(step, chosen.length) * n)
  const sums = heap.scratchF32(step * clusters)
  const totals = new Float64Array(clusters)
  const counts = new Float64Array(clusters)
  for (let from = 0; from < chosen.length; from += step) {
    const index = chosen.subarray(from, Math.min(chosen.length, from + step))
    const block = distances.subarray(0, index.length * n)
    allProducts(x, index, -2, block)
    kernels().addToRows(block, norms, index.length, n, block)
    for (let b = 0; b < index.length; b++) {
      const row = block.subarray(b * n, (b + 1) * n)
      const own = norms[index[b]]
      for (let j = 0; j < n; j++) row[j] = Math.max(0, row[j] + own)
      row[index[b]] = 0
    }
    kernels().unary('sqrt', block, block, 0)
    kernels().gemm(
      false,
      false,
      index.length,
      clusters,
      n,
      1,
      block,
      n,
      membership,
      clusters,
      0,
      sums,
      clusters,
    )
    for (let b = 0; b < index.length; b++) {
      const own = labels[index[b]]
      totals[own] += width(sums.subarray(b * clusters, (b + 1) * clusters), sizes, own)
      counts[own]++
    }
    yield { done: from + index.length, of: chosen.length }
  }
  const total = totals.reduce((sum, value) => sum + value, 0)
  return {
    score: total / chosen.length,
    clusters: Array.from(totals, (value, c) => (counts[c] > 0 ? value / counts[c] : null)),
    sampled: chosen.length,
    exact,
  }
}

/** s(i) from the sums of its distances to the rows of each cluster. */
function width(sums: Float32Array, sizes: Float64Array, own: number): number {
  if (sizes[own] === 1) return 0
  const a = sums[own] / (sizes[own] - 1)
  let b = Infinity
  for (let c = 0; c < sizes.length; c++) if (c !== own && sizes[c] > 0) b = Math.min(b, sums[c] / sizes[c])
  const most = Math.max(a, b)
  return most > 0 ? (b - a) / most : 0
}
