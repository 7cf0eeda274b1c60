/**
 * The approximate index: an inverted file (Jégou, Douze & Schmid 2011). Rows are grouped into cells by the direction of their vectors; a
 * search looks through the cells that promise most until it has seen enough rows. What it finds are candidates: their scores are taken from
 * the exact vectors. There are about 4√n cells, so that ranking cells takes no longer than ranking the rows of those that are looked through.
 */
import { heap, Region } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { Lease } from '../../models/lease.ts'
import { kMeans } from '../../nn/clustering/k-means.ts'
import { nearestCentres } from '../../nn/clustering/nearest-centre.ts'
import { inverseNorms } from '../../nn/cosines.ts'
import type { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { inRegion, type Job, pace } from '../../train/run.ts'

/** What is the nearest: the largest dot products, or the largest cosines. */
export type Similarity = 'dot' | 'cosine'

export interface VectorTable {
  /** Row-major. */
  readonly data: Float32Array
  readonly dim: number
}

/** What is kept of an index. */
export interface CellTensors {
  /**
   * cells × dim: the direction of each cell, as long as its longest row (1 for cosines). Its dot product with a query is what the best row of
   * the cell would score if it lay in the middle: long rows count, however few they are.
   */
  readonly peaks: Float32Array
  /** cells + 1: where the rows of each cell begin. */
  readonly offsets: Uint32Array
  /** Row numbers, cell by cell, ascending in each. */
  readonly members: Int32Array
}

const CELLS_PER_ROOT = 4
/** Rows of the sample that cells are found on, for each cell; and rounds of k-means. */
const SAMPLE = 32
const ROUNDS = 10

/** Groups the rows of `table`, which is on the kernel heap. A function of the vectors and the seed at any number of threads. */
export function buildCells(table: VectorTable, similarity: Similarity, rng: Random): Job<CellTensors> {
  return inRegion(build(table, similarity, rng), (tensors) => tensors)
}

function* build({ data, dim }: VectorTable, similarity: Similarity, rng: Random): Job<CellTensors> {
  const rows = data.length / dim
  const count = Math.min(rows, Math.ceil(CELLS_PER_ROOT * Math.sqrt(rows)))
  const progress = (phase: string, done: number) => ({ phase, done, of: rows, unit: 'vectors' })
  yield progress('cells', 0)
  const directions = yield* directionsOf({ data, dim }, count, rng)
  // Scores with unit centres are 1 − 2 x·c: the nearest is the one of the greatest cosine, however long x is.
  const labels = heap.i32(rows)
  const scores = heap.scratchF32(rows)
  const due = pace()
  for (const done of nearestCentres(new Matrix(rows, dim, data), directions, { labels, scores }))
    if (due()) yield progress('members', done)
  const lengths = heap.scratchF32(rows)
  kernels().rowReduce('sumSquares', data, rows, dim, lengths)

  const offsets = new Uint32Array(count + 1)
  for (let row = 0; row < rows; row++) offsets[labels[row] + 1]++
  for (let cell = 0; cell < count; cell++) offsets[cell + 1] += offsets[cell]
  const next = offsets.slice(0, count)
  const members = new Int32Array(rows)
  const longest = new Float64Array(count)
  labels.forEach((cell, row) => {
    members[next[cell]++] = row
    longest[cell] = Math.max(longest[cell], lengths[row])
  })
  const peaks = Float32Array.from(directions.data, (x, at) => {
    const length = similarity === 'dot' ? Math.sqrt(longest[Math.floor(at / dim)]) : 1
    return x * length
  })
  return { peaks, offsets, members }
}

/** Unit centres of the directions of a sample of rows: count × dim. */
function* directionsOf(
  { data, dim }: VectorTable,
  count: number,
  rng: Random,
): Job<Matrix<'cluster', 'latent'>> {
  const rows = data.length / dim
  const all = rng.stream('sample').shuffle(Int32Array.from({ length: rows }, (_, row) => row))
  const sample = heap.place(all.subarray(0, SAMPLE * count))
  const units = heap.scratchF32(sample.length * dim)
  const inverse = heap.scratchF32(sample.length)
  kernels().gatherRows(data, dim, sample, units)
  normalise(units, dim, inverse)
  const init = new Matrix(count, dim, units.slice(0, count * dim))
  const options = { rng: rng.stream('cells'), init, iterations: ROUNDS, tolerance: 1e-3 }
  const { centres } = yield* kMeans(new Matrix(sample.length, dim, units), count, options)
  normalise(centres.data, dim, inverse.subarray(0, count))
  return centres
}

/** Brings each row to length 1; one of zeros stays. */
function normalise(x: Float32Array, dim: number, inverse: Float32Array): void {
  inverseNorms(x, dim, inverse)
  kernels().scaleRows(x, inverse, inverse.length, dim, 0, x)
}

/** More cells than a search is likely to need, ranked at first. */
const SPARE = 2

/** An index in use. It holds its centres on the kernel heap until `dispose()` or until it is garbage. */
export class Cells {
  readonly #lease: Lease
  readonly #tensors: CellTensors
  readonly #dim: number

  constructor(tensors: CellTensors, dim: number) {
    const region = new Region()
    const peaks = heap.within(region, () => heap.copy(tensors.peaks))
    this.#tensors = { ...tensors, peaks }
    this.#dim = dim
    this.#lease = new Lease(region, [peaks])
  }

  /** Gives the memory back now. It must not be used afterwards. */
  dispose(): void {
    this.#lease.end()
  }
  [Symbol.dispose](): void {
    this.dispose()
  }

  /** Rows that are indexed. */
  get size(): number {
    return this.#tensors.members.length
  }

  get #count(): number {
    return this.#tensors.offsets.length - 1
  }

  /** The `count` most promising cells for `query`, best first; equal ones in their order. */
  #ranked(query: Float32Array, count: number): Int32Array {
    const { peaks } = this.#tensors
    const cells = this.#count
    const k = Math.min(count, cells)
    return heap.scope(() => {
      const scores = heap.scratchF32(cells)
      const dim = this.#dim
      kernels().gemm(false, true, 1, cells, dim, 1, heap.place(query), dim, peaks, dim, 0, scores, cells)
      const found = heap.i32(k)
      kernels().topK(scores, 1, cells, k, null, null, null, found, heap.scratchF32(k))
      return Int32Array.from(found)
    })
  }

  /** How many rows a search for `query` looks at before it comes to each cell. */
  rowsBefore(query: Float32Array): Int32Array {
    const before = new Int32Array(this.#count)
    let rows = 0
    for (const cell of this.#ranked(query, this.#count)) {
      before[cell] = rows
      rows += this.#membersOf(cell).length
    }
    return before
  }

  /** The cell of each row. */
  cellOfRows(): Int32Array {
    const cells = new Int32Array(this.size)
    for (let cell = 0; cell < this.#count; cell++) for (const row of this.#membersOf(cell)) cells[row] = cell
    return cells
  }

  /** The rows of a cell. */
  #membersOf(cell: number): Int32Array {
    const { offsets, members } = this.#tensors
    return members.subarray(offsets[cell], offsets[cell + 1])
  }

  /**
   * Rows of the most promising cells, of as many as it takes to have `enough` that pass `mask` (one byte per row; null: all pass). Null
   * where that takes looking at more than `most` rows.
   */
  search(
    query: Float32Array,
    enough: number,
    most: number,
    mask: Uint8Array | null = null,
  ): Int32Array | null {
    const cells = this.#count
    const found: Int32Array[] = []
    let [passed, seen, at] = [0, 0, 0]
    let wanted = Math.min(cells, SPARE + Math.ceil((SPARE * enough * cells) / this.size))
    for (; ; wanted = Math.min(cells, 4 * wanted)) {
      const ranked = this.#ranked(query, wanted)
      for (; at < wanted && passed < enough; at++) {
        const members = this.#membersOf(ranked[at])
        seen += members.length
        if (seen > most) return null
        const passing = mask ? members.filter((row) => mask[row] === 1) : members
        passed += passing.length
        found.push(passing)
      }
      if (passed >= enough || wanted === cells) return joined(found, passed)
    }
  }
}

function joined(parts: readonly Int32Array[], length: number): Int32Array {
  const all = new Int32Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
