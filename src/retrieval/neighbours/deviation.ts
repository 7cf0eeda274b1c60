/** How much the dot products of a query with all rows of a table differ, without taking them: √(qᵀ C q), C the covariance of the rows. */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import type { Job } from '../../train/run.ts'
import type { VectorTable } from './cells.ts'

/** Numbers that are read between two yields. */
const PIECE = 2 ** 18

/** A variance as a unit: 1 where all scores are the same. */
export function unitOf(variance: number): number {
  return Math.sqrt(Math.max(0, variance)) || 1
}

/** @returns the variance of a query's dot products */
export function* scoreVariance({ data, dim }: VectorTable): Job<(query: Float32Array) => number> {
  const rows = data.length / dim
  const products = new Float64Array(dim * dim)
  const mean = new Float64Array(dim)
  const step = Math.ceil(PIECE / dim)
  for (let from = 0; from < rows; from += step) {
    const count = Math.min(rows - from, step)
    const piece = data.subarray(from * dim, (from + count) * dim)
    heap.scope(() => {
      const own = heap.scratchF32(dim * dim)
      kernels().gemm(true, false, dim, dim, count, 1, piece, dim, piece, dim, 0, own, dim)
      own.forEach((x, at) => (products[at] += x / rows))
    })
    addRows(piece, dim, 1 / rows, mean)
    yield { phase: 'variance', done: from + count, of: rows, unit: 'vectors' }
  }
  const covariance = products.map((x, at) => x - mean[Math.floor(at / dim)] * mean[at % dim])
  return (query) => {
    let sum = 0
    for (let a = 0; a < dim; a++)
      for (let b = 0; b < dim; b++) sum += query[a] * query[b] * covariance[a * dim + b]
    return sum
  }
}

function addRows(x: Float32Array, dim: number, scale: number, sum: Float64Array): void {
  for (let at = 0; at < x.length; at += dim) for (let c = 0; c < dim; c++) sum[c] += scale * x[at + c]
}
