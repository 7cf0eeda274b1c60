/** For every row the nearest of a few centres, exactly, in blocks: ‖x − c‖² = ‖x‖² − 2 x·c + ‖c‖². */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { type Features, rowProducts, squaredNorms, turnedFor } from '../../tensor/features.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import type { CentreSums } from './centre-sums.ts'

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

/** Numbers in all centres up to which one pass over the rows does it all; more do not stay in the cache, and go block by block. */
const CACHED = 1 << 16

/**
 * Fills `out` for all rows of x, block by block; each yield is a number of rows done. `totals`, if given, gets the sums and sizes of the
 * clusters of these labels on top. A row's label and score do not depend on the rows around it.
 */
export function* nearestCentres(
  x: Features,
  centres: Matrix,
  out: Nearest,
  totals: CentreSums | null = null,
): Generator<number, void, void> {
  if (x instanceof Sparse || centres.data.length > CACHED) return yield* byProducts(x, centres, out, totals)
  const [n, d] = [x.rows, x.cols]
  const step = Math.max(4096, Math.floor(2 ** 23 / Math.max(1, d)))
  for (let from = 0; from < n; from += step) {
    const to = Math.min(n, from + step)
    const labels = out.labels.subarray(from, to)
    kernels().nearestCentres(
      x.data.subarray(from * d, to * d),
      to - from,
      d,
      centres.data,
      centres.rows,
      labels,
      out.scores.subarray(from, to),
      totals && totals.block,
    )
    totals?.addBlock(labels)
    yield to
  }
}

function* byProducts(
  x: Features,
  centres: Matrix,
  out: Nearest,
  totals: CentreSums | null,
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
    totals?.addRows(x, from, to, labels)
    yield to
  }
}

/** The `count` rows with the largest distances, the first of equal ones. */
export function farthest(distances: Float32Array, count: number): Int32Array {
  const order = Int32Array.from({ length: distances.length }, (_, i) => i)
  return order.sort((a, b) => distances[b] - distances[a] || a - b).slice(0, count)
}
