/** The k nearest rows of each row, exactly, in blocks of all products. */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { centred } from '../tensor/centring.ts'
import { allProducts, type Features, placeFeatures, productBlock, squaredNorms } from '../tensor/features.ts'
import type { Matrix } from '../tensor/matrix.ts'

export const similarities = ['heat', 'cosine', 'dot'] as const
/** `heat`: the nearest by Euclidean distance, weight exp(−‖x − y‖² / 2σ²). `cosine`, `dot`: the greatest, which is the weight. */
export type Similarity = (typeof similarities)[number]

/** @throws ARGUMENT unless 1 ≤ k < rows. */
export function checkNeighbours(k: number, rows: number): void {
  if (Number.isInteger(k) && k >= 1 && k < rows) return
  throw fail('ARGUMENT', {
    what: 'neighbours',
    expected: `a whole number from 1 to ${rows - 1}, one less than the rows`,
    got: String(k),
  })
}

export interface Neighbours {
  /** rows × k: the nearest rows of each row. */
  readonly index: Int32Array
  /** rows × k: how far they are. */
  readonly distances: Float32Array
}

/**
 * The k nearest rows of each row by Euclidean distance, the row itself left out; of equally near ones the first. They are found by
 * distances in float32, then measured in float64, so that equal rows are at distance 0. In the open region. Yields rows done.
 *
 * @throws ARGUMENT unless 1 ≤ k < rows.
 */
export function* nearestNeighbours(
  input: Matrix,
  k: number,
): Generator<{ done: number; of: number }, Neighbours, void> {
  checkNeighbours(k, input.rows)
  const x = centred(placeFeatures(input)).x
  const { index, score } = yield* nearestRows(x, squaredNorms(x), k, 'heat')
  for (let e = 0; e < index.length; e++) score[e] = distance(input, Math.floor(e / k), index[e])
  return { index, distances: score }
}

function distance({ data, cols }: Matrix, i: number, j: number): number {
  let sum = 0
  for (let c = 0; c < cols; c++) sum += (data[i * cols + c] - data[j * cols + c]) ** 2
  return Math.sqrt(sum)
}

/** The k columns of the greatest score for each row, itself left out. Heat: 2 x·y − ‖y‖². */
export function* nearestRows(
  x: Features,
  norms: Float32Array,
  k: number,
  similarity: Similarity,
): Generator<{ done: number; of: number }, { index: Int32Array; score: Float32Array }, void> {
  const n = x.rows
  const rowNumbers = heap.place(Int32Array.from({ length: n }, (_, i) => i))
  const own = heap.place(Uint32Array.from({ length: n + 1 }, (_, i) => i))
  const minus = heap.scratchF32(n)
  kernels().affine(-1, 0, norms, minus)
  const lengths = Float32Array.from(norms, (norm) => (norm > 0 ? 1 / Math.sqrt(norm) : 0))
  const step = productBlock(x)
  const products = heap.scratchF32(step * n)
  const index = heap.i32(n * k)
  const score = heap.scratchF32(n * k)
  for (let from = 0; from < n; from += step) {
    const rows = rowNumbers.subarray(from, Math.min(n, from + step))
    const block = products.subarray(0, rows.length * n)
    allProducts(x, rows, similarity === 'heat' ? 2 : 1, block)
    if (similarity === 'heat') kernels().addToRows(block, minus, rows.length, n, block)
    if (similarity === 'cosine') {
      for (let b = 0; b < rows.length; b++) {
        const row = block.subarray(b * n, (b + 1) * n)
        for (let j = 0; j < n; j++) row[j] *= lengths[from + b] * lengths[j]
      }
    }
    const [to, at] = [from + rows.length, from * k]
    kernels().topK(
      block,
      rows.length,
      n,
      k,
      own,
      rowNumbers,
      rows,
      index.subarray(at, to * k),
      score.subarray(at, to * k),
    )
    yield { done: to, of: n }
  }
  return { index, score }
}
