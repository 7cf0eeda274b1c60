/** For every row the nearest of a few centres, exactly, in blocks: ‖x − c‖² = ‖x‖² − 2 x·c + ‖c‖². */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { type Features, rowProducts, squaredNorms, turnedFor } from '../../tensor/features.ts'
import type { Matrix } from '../../tensor/matrix.ts'

/** Rows of a block: as many as keep its products in the cache. */
export function blockRows(k: number): number {
  return Math.max(64, Math.min(4096, Math.floor(2 ** 20 / Math.max(1, k))))
}

/** Where answers go, all on the kernel heap. */
export interface Nearest {
  /** n: number of the nearest centre; the first of equally near ones. */
  readonly labels: Int32Array
  /** n: ‖c‖² − 2 x·c of that centre; with ‖x‖² it is the squared distance. */
  readonly scores: Float32Array
}

/** Fills `out` for all rows of x, block by block; each yield is a number of rows done. `after` sees a block that is done. */
export function* nearestCentres(
  x: Features,
  centres: Matrix,
  out: Nearest,
  after?: (from: number, to: number) => void,
): Generator<number, void, void> {
  const k = centres.rows
  const step = blockRows(k)
  const turned = turnedFor(x, centres)
  const products = heap.scratchF32(Math.min(step, x.rows) * k)
  const norms = squaredNorms(centres)
  kernels().affine(-1, 0, norms, norms)
  for (let from = 0; from < x.rows; from += step) {
    const to = Math.min(x.rows, from + step)
    const block = products.subarray(0, (to - from) * k)
    rowProducts(x, from, to, centres, turned, 2, block)
    kernels().addToRows(block, norms, to - from, k, block)
    const labels = out.labels.subarray(from, to)
    const scores = out.scores.subarray(from, to)
    kernels().topK(block, to - from, k, 1, null, null, null, labels, scores)
    kernels().affine(-1, 0, scores, scores)
    after?.(from, to)
    yield to
  }
}

/** The `count` rows with the largest distances, the first of equal ones. */
export function farthest(distances: Float32Array, count: number): Int32Array {
  const order = Int32Array.from({ length: distances.length }, (_, i) => i)
  return order.sort((a, b) => distances[b] - distances[a] || a - b).slice(0, count)
}
