/**
 * How wide an approximate search must be depends on the vectors, so it is found out on the user's own: for several counts of answers, the
 * narrowest search that finds nearly all of the true nearest neighbours of sampled queries. The recall that is told is measured on other
 * queries than those the width was chosen by.
 */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { cosines, inverseNorms } from '../../nn/cosines.ts'
import type { Random } from '../../random.ts'
import type { NeighbourEngine, Similarity, VectorTable } from './engine.ts'

/** What an index must find of the true nearest neighbours to be used. */
export const RECALL = 0.95
/** What the width is chosen for: the margin keeps other queries above {@link RECALL}. */
const AIM = 0.97
const COUNTS = [20, 100] as const
/** Candidates looked at for each answer, from narrow to wide. */
const LADDER = [1, 1.25, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384] as const
/** Wider searches than this take too long to be worth it. */
const WIDEST = 8192
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
export function calibrate(
  engine: NeighbourEngine,
  table: VectorTable,
  similarity: Similarity,
  queries: VectorTable,
  rng: Random,
): Calibration {
  const chosen = sample(queries.data.length / queries.dim, 2 * QUERIES, rng)
  const most = Math.min(COUNTS.at(-1)!, engine.size - 1)
  const own = queries.data === table.data
  const truth = exact(table, similarity, queries, chosen, most + (own ? 1 : 0))
  const recall = (from: number, to: number, count: number, width: number): number => {
    let [hits, all] = [0, 0]
    for (let q = from; q < to; q++) {
      const row = chosen[q]
      const without = (rows: Int32Array): Int32Array => (own ? rows.filter((other) => other !== row) : rows)
      const wanted = without(truth[q]).subarray(0, count)
      const found = new Set(
        without(
          engine.search(
            queries.data.subarray(row * queries.dim, (row + 1) * queries.dim),
            width + (own ? 1 : 0),
          ),
        ),
      )
      all += wanted.length
      for (const other of wanted) if (found.has(other)) hits++
    }
    return all === 0 ? 1 : hits / all
  }
  const half = chosen.length >> 1
  const widths = COUNTS.filter((count) => count <= most || count === COUNTS[0]).map((count) => {
    const wider = LADDER.map((times) => Math.ceil(times * count)).filter((width) => width <= WIDEST)
    const width = wider.find((width) => recall(0, half, count, width) >= AIM) ?? wider.at(-1)!
    return { count, width, recall: recall(half, chosen.length, count, width) }
  })
  return { widths, queries: chosen.length - half }
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

/** The rows of `table` nearest to each chosen row of `queries`, by scoring them all. */
function exact(
  table: VectorTable,
  similarity: Similarity,
  queries: VectorTable,
  chosen: Int32Array,
  count: number,
): Int32Array[] {
  const { data, dim } = table
  const rows = data.length / dim
  const block = Math.max(1, Math.min(64, Math.floor(SCRATCH / rows)))
  const k = Math.min(count, rows)
  const truth: Int32Array[] = []
  heap.scope(() => {
    const inverse = similarity === 'cosine' ? heap.scratchF32(rows) : null
    if (inverse) inverseNorms(data, dim, inverse)
    for (let start = 0; start < chosen.length; start += block) {
      const picked = chosen.subarray(start, start + block)
      const m = picked.length
      heap.scope(() => {
        const batch = heap.scratchF32(m * dim)
        kernels().gatherRows(queries.data, dim, heap.place(picked), batch)
        const scores = heap.scratchF32(m * rows)
        // The query's own length is the same for all rows, and does not change their order.
        if (inverse) cosines(batch, data, dim, inverse, scores)
        else kernels().gemm(false, true, m, rows, dim, 1, batch, dim, data, dim, 0, scores, rows)
        const index = heap.i32(m * k)
        kernels().topK(scores, m, rows, k, null, null, null, index, heap.scratchF32(m * k))
        for (let q = 0; q < m; q++) truth.push(Int32Array.from(index.subarray(q * k, (q + 1) * k)))
      })
    }
  })
  return truth
}
