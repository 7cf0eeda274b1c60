/**
 * Nearest neighbours among the rows of a table of vectors: exact over some of the rows, or by an approximate index whose search is as wide
 * as its calibration found it must be. Either way the scores are exact.
 */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { inverseNorms } from '../../nn/cosines.ts'
import { type Calibration, widthFor } from './calibration.ts'
import type { NeighbourEngine, Similarity, VectorTable } from './engine.ts'

/** Rows with their scores, best first. */
export interface Neighbours {
  readonly rows: Int32Array
  readonly scores: Float32Array
}

export interface Limits {
  /** Rows never to answer. */
  readonly banned: ReadonlySet<number>
  /** One byte per row, 1 for those that may be answered, and how many they are. All, when absent. */
  readonly allowed?: { readonly mask: Uint8Array; readonly count: number } | null
}

/** So many rows, or so small a share of them, are scored one by one faster than a search finds them among the others. */
const FEW = 50_000
const FEW_SHARE = 1 / 16
/** A wider search takes longer than scoring everything. */
const WIDEST = 16_384

export class NeighbourSpace {
  readonly #table: VectorTable
  readonly #rows: number
  readonly #engine: NeighbourEngine
  readonly #calibration: Calibration
  /** 1 / length of each row, for cosines. */
  readonly #inverse: Float32Array | null

  /** @param table on the kernel heap, as long as the space is used */
  constructor(table: VectorTable, similarity: Similarity, engine: NeighbourEngine, calibration: Calibration) {
    this.#table = table
    this.#rows = table.data.length / table.dim
    this.#engine = engine
    this.#calibration = calibration
    this.#inverse = similarity === 'cosine' ? inverseLengths(table) : null
  }

  /** The n best for `query`, or null where only scoring every row can tell. */
  best(query: Float32Array, n: number, { banned, allowed }: Limits): Neighbours | null {
    if (allowed && allowed.count <= Math.min(FEW, FEW_SHARE * this.#rows)) {
      return this.bestAmong(query, rowsOf(allowed.mask, allowed.count), n, banned)
    }
    const share = allowed ? this.#rows / allowed.count : 1
    const wanted = n + banned.size
    for (
      let width = Math.ceil(share * widthFor(this.#calibration, wanted));
      width <= WIDEST && 4 * width < this.#rows;
      width *= 4
    ) {
      const found = this.#engine.search(query, width)
      const passing = allowed ? found.filter((row) => allowed.mask[row] === 1) : found
      // As good as unfiltered: so many were found as would be looked at if there were no others.
      if (passing.length < widthFor(this.#calibration, Math.min(wanted, allowed?.count ?? wanted))) continue
      return this.bestAmong(query, passing, n, banned)
    }
    return null
  }

  /** The n best of these rows, by their exact scores; equal ones in the order of rows. */
  bestAmong(query: Float32Array, among: Int32Array, n: number, banned: ReadonlySet<number>): Neighbours {
    const rows = among.filter((row) => !banned.has(row)).sort()
    const { data, dim } = this.#table
    if (rows.length === 0) return { rows, scores: new Float32Array(0) }
    const k = Math.min(n, rows.length)
    return heap.scope(() => {
      const index = heap.place(rows)
      const vectors = heap.scratchF32(rows.length * dim)
      kernels().gatherRows(data, dim, index, vectors)
      const scores = heap.scratchF32(rows.length)
      kernels().gemm(
        false,
        true,
        1,
        rows.length,
        dim,
        1,
        heap.place(query),
        dim,
        vectors,
        dim,
        0,
        scores,
        rows.length,
      )
      this.#toCosines(query, rows, scores)
      const best = heap.i32(k)
      const bestScores = heap.scratchF32(k)
      kernels().topK(scores, 1, rows.length, k, null, null, null, best, bestScores)
      const found = best.indexOf(-1)
      const count = found < 0 ? k : found
      return {
        rows: Int32Array.from(best.subarray(0, count), (at) => rows[at]),
        scores: Float32Array.from(bestScores.subarray(0, count)),
      }
    })
  }

  #toCosines(query: Float32Array, rows: Int32Array, scores: Float32Array): void {
    if (!this.#inverse) return
    let square = 0
    for (const x of query) square += x * x
    const own = square > 0 ? 1 / Math.sqrt(square) : 0
    for (let at = 0; at < rows.length; at++) scores[at] *= own * this.#inverse[rows[at]]
  }
}

function inverseLengths({ data, dim }: VectorTable): Float32Array {
  return heap.scope(() => {
    const inverse = heap.scratchF32(data.length / dim)
    inverseNorms(data, dim, inverse)
    return Float32Array.from(inverse)
  })
}

function rowsOf(mask: Uint8Array, count: number): Int32Array {
  const rows = new Int32Array(count)
  let at = 0
  for (let row = mask.indexOf(1); row >= 0; row = mask.indexOf(1, row + 1)) rows[at++] = row
  return rows
}
