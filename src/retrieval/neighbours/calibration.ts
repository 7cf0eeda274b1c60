/**
 * How many candidates a search must look at depends on the vectors, so it is found out on the user's own: for several counts of answers, as
 * many as take to find nearly all of the true nearest neighbours of sampled queries. The recall that is told is measured on other queries
 * than those the number was chosen by.
 */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { cosines, inverseNorms } from '../../nn/cosines.ts'
import type { Random } from '../../random.ts'
import type { Job } from '../../train/run.ts'
import type { Cells, Similarity, VectorTable } from './cells.ts'

/** What an index must find of the true nearest neighbours to be used. */
export const RECALL = 0.95
/** What the width is chosen for: the margin keeps other queries above {@link RECALL}. */
const AIM = 0.98
const COUNTS = [20, 100] as const
/** Queries for choosing, and as many for measuring. */
const QUERIES = 250

/** One count of answers: how many candidates a search must look at, and the share of the true neighbours it then finds. */
export interface CalibratedWidth {
  readonly count: number
  readonly width: number
  readonly recall: number
}

export interface Calibration {
  /** By rising counts. */
  readonly widths: readonly CalibratedWidth[]
  /** Queries that the recall was measured on. */
  readonly queries: number
}

/** Candidates that a search for `n` answers must look at: between calibrated counts in proportion. */
export function widthFor({ widths }: Calibration, n: number): number {
  const [first] = widths
  const last = widths.at(-1)!
  if (n <= first.count) return first.width
  if (n >= last.count) return Math.ceil((n * last.width) / last.count)
  const after = widths.findIndex(({ count }) => count >= n)
  const [low, high] = [widths[after - 1], widths[after]]
  const part = (n - low.count) / (high.count - low.count)
  return Math.ceil(low.width + part * (high.width - low.width))
}

/** The least of the recalls. */
export function recallOf({ widths }: Calibration): number {
  return Math.min(...widths.map(({ recall }) => recall))
}

/**
 * Calibrates the search for neighbours among the rows of `table` with queries from the rows of `queries` (the same table, or of the same
 * dimension), both on the kernel heap. A row is no neighbour of itself.
 */
export function* calibrate(
  cells: Cells,
  table: VectorTable,
  similarity: Similarity,
  queries: VectorTable,
  rng: Random,
): Job<Calibration> {
  const { dim } = queries
  const chosen = sample(queries.data.length / dim, 2 * QUERIES, rng)
  const most = Math.min(COUNTS.at(-1)!, cells.size - 1)
  const own = queries.data === table.data
  // For each query how wide a search must be to find its nearest neighbour, the second nearest …: never infinite, all cells hold all rows.
  const widths: Int32Array[] = []
  const progress = () => ({ phase: 'recall', done: widths.length, of: chosen.length, unit: 'queries' })
  const cellOf = cells.cellOfRows()
  for (const { query, rows } of exact(table, similarity, queries, chosen, most + (own ? 1 : 0))) {
    const wanted = own ? rows.filter((row) => row !== query) : rows
    const before = cells.rowsBefore(queries.data.subarray(query * dim, (query + 1) * dim))
    // A search goes on as long as it has seen fewer rows than it is wide.
    widths.push(wanted.map((row) => before[cellOf[row]] + 1))
    if (widths.length % 10 === 0) yield progress()
  }
  const half = widths.length >> 1
  const first = (from: number, to: number, count: number): number[] =>
    widths.slice(from, to).flatMap((each) => [...each.subarray(0, count)])
  const counts = COUNTS.filter((count) => count <= most || count === COUNTS[0])
  return {
    widths: counts.map((count) => {
      const needed = first(0, half, count).sort((a, b) => a - b)
      const width = Math.max(count, needed[Math.ceil(AIM * needed.length) - 1] ?? 0)
      const others = first(half, widths.length, count)
      const found = others.filter((least) => least <= width).length
      return { count, width, recall: others.length === 0 ? 1 : found / others.length }
    }),
    queries: widths.length - half,
  }
}

/** Distinct rows, at most `count`, in random order. */
function sample(rows: number, count: number, rng: Random): Int32Array {
  if (rows <= count) return rng.shuffle(Int32Array.from({ length: rows }, (_, row) => row))
  const chosen = new Set<number>()
  while (chosen.size < count) chosen.add(rng.int(rows))
  return Int32Array.from(chosen)
}

/** Numbers of scratch for scores. */
const SCRATCH = 2 ** 23

/** The rows of `table` nearest to each chosen row of `queries`, nearest first, by scoring them all. */
function* exact(
  table: VectorTable,
  similarity: Similarity,
  queries: VectorTable,
  chosen: Int32Array,
  count: number,
): Generator<{ query: number; rows: Int32Array }> {
  const { data, dim } = table
  const rows = data.length / dim
  const block = Math.max(1, Math.min(64, Math.floor(SCRATCH / rows)))
  const k = Math.min(count, rows)
  const inverse = similarity === 'cosine' ? heap.scratchF32(rows) : null
  if (inverse) inverseNorms(data, dim, inverse)
  for (let start = 0; start < chosen.length; start += block) {
    const picked = chosen.subarray(start, start + block)
    const m = picked.length
    const found = heap.scope(() => {
      const batch = heap.scratchF32(m * dim)
      kernels().gatherRows(queries.data, dim, heap.place(picked), batch)
      const scores = heap.scratchF32(m * rows)
      // The query's own length is the same for all rows, and does not change their order.
      if (inverse) cosines(batch, data, dim, inverse, scores)
      else kernels().gemm(false, true, m, rows, dim, 1, batch, dim, data, dim, 0, scores, rows)
      const index = heap.i32(m * k)
      kernels().topK(scores, m, rows, k, null, null, null, index, heap.scratchF32(m * k))
      return Int32Array.from(index)
    })
    for (let q = 0; q < m; q++) yield { query: picked[q], rows: found.subarray(q * k, (q + 1) * k) }
  }
}
