/**
 * Nearest neighbours among the rows of a table of vectors: exact over some of the rows, or by an approximate index that looks at as many
 * candidates as its calibration found it must. Either way the scores are exact.
 */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { inverseNorms } from '../../nn/cosines.ts'
import type { Job } from '../../train/run.ts'
import { type Calibration, widthFor } from './calibration.ts'
import type { Cells, Similarity, VectorTable } from './cells.ts'
import { scoreVariance, unitOf } from './deviation.ts'

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
/** Banned rows that are thought to be among the nearest. */
const NEAR = 100
/** Looking at a greater share of the rows one by one takes longer than scoring everything. */
const MOST_SHARE = 1 / 4

export class NeighbourSpace {
  readonly #table: VectorTable
  readonly #cells: Cells
  readonly #calibration: Calibration
  /** 1 / length of each row, for cosines. */
  readonly #inverse: Float32Array | null
  /** Of a query's dot products with all rows. */
  readonly #variance: (query: Float32Array) => number

  private constructor(
    table: VectorTable,
    cells: Cells,
    calibration: Calibration,
    inverse: Float32Array | null,
    variance: (query: Float32Array) => number,
  ) {
    this.#table = table
    this.#cells = cells
    this.#calibration = calibration
    this.#inverse = inverse
    this.#variance = variance
  }

  /** @param table on the kernel heap, as long as the space is used */
  static *of(
    table: VectorTable,
    similarity: Similarity,
    cells: Cells,
    calibration: Calibration,
  ): Job<NeighbourSpace> {
    const inverse = similarity === 'cosine' ? yield* inverseLengths(table) : null
    return new NeighbourSpace(table, cells, calibration, inverse, yield* scoreVariance(table))
  }

  /** The standard deviation of a query's dot products with all rows. */
  unitFor(query: Float32Array): number {
    return unitOf(this.#variance(query))
  }

  /** The n best for `query`, or null where only scoring every row can tell. */
  best(query: Float32Array, n: number, { banned, allowed }: Limits): Neighbours | null {
    const rows = this.#cells.size
    if (allowed && allowed.count <= Math.min(FEW, FEW_SHARE * rows)) {
      return this.bestAmong(query, rowsOf(allowed.mask, allowed.count), n, banned)
    }
    // What is banned may lie near the query, as what the user has seen does, or anywhere, as what was deleted does: where more of it comes
    // before the last answer than was thought, the search is too narrow.
    for (let near = Math.min(banned.size, NEAR); ;) {
      // As good as unfiltered: so many that pass are looked at as would be if there were no others.
      const width = widthFor(this.#calibration, Math.min(n + near, allowed?.count ?? rows))
      const found = this.#cells.search(query, width, MOST_SHARE * rows, allowed?.mask)
      if (!found) return null
      const { passedOver, ...best } = this.#bestOf(query, found, n, banned)
      if (passedOver <= near) return best
      near = passedOver
    }
  }

  /** The n best of these rows, each named once, by their exact scores; equal ones in the order of rows. */
  bestAmong(query: Float32Array, among: Int32Array, n: number, banned: ReadonlySet<number>): Neighbours {
    const { rows, scores } = this.#bestOf(query, among, n, banned)
    return { rows, scores }
  }

  /** {@link bestAmong}, and how many banned rows score more than the last of them. */
  #bestOf(
    query: Float32Array,
    among: Int32Array,
    n: number,
    banned: ReadonlySet<number>,
  ): Neighbours & { readonly passedOver: number } {
    const { data, dim } = this.#table
    const count = among.length
    if (count === 0) return { rows: among, scores: new Float32Array(0), passedOver: 0 }
    // What is banned takes places of its own: to look for it among the best is less than among all.
    const k = Math.min(n + banned.size, count)
    return heap.scope(() => {
      const vectors = heap.scratchF32(count * dim)
      kernels().gatherRows(data, dim, heap.place(among), vectors)
      const scores = heap.scratchF32(count)
      kernels().gemm(false, true, 1, count, dim, 1, heap.place(query), dim, vectors, dim, 0, scores, count)
      this.#toCosines(query, among, scores)
      const best = heap.i32(k)
      kernels().topK(scores, 1, count, k, null, null, null, best, heap.scratchF32(k))
      const ranked = Array.from(best.filter((at) => at >= 0)).sort(
        (a, b) => scores[b] - scores[a] || among[a] - among[b],
      )
      const found: number[] = []
      let passedOver = 0
      for (const at of ranked) {
        if (found.length === n) break
        if (banned.has(among[at])) passedOver++
        else found.push(at)
      }
      return {
        rows: Int32Array.from(found, (at) => among[at]),
        scores: Float32Array.from(found, (at) => scores[at]),
        passedOver,
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

/** Numbers that are read between two yields. */
const PIECE = 2 ** 21

function* inverseLengths({ data, dim }: VectorTable): Job<Float32Array> {
  const lengths = new Float32Array(data.length / dim)
  const step = Math.ceil(PIECE / dim)
  for (let from = 0; from < lengths.length; from += step) {
    const to = Math.min(lengths.length, from + step)
    heap.scope(() => {
      const piece = heap.scratchF32(to - from)
      inverseNorms(data.subarray(from * dim, to * dim), dim, piece)
      lengths.set(piece, from)
    })
    yield { phase: 'lengths', done: to, of: lengths.length, unit: 'vectors' }
  }
  return lengths
}

function rowsOf(mask: Uint8Array, count: number): Int32Array {
  const rows = new Int32Array(count)
  let at = 0
  for (let row = mask.indexOf(1); row >= 0; row = mask.indexOf(1, row + 1)) rows[at++] = row
  return rows
}
