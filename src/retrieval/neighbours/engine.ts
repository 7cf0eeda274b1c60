/**
 * The approximate index: a graph of near neighbours (HNSW, Malkov & Yashunin 2018) by usearch, in half precision, mapped from its file. What
 * it finds are candidates: their scores are taken again from the exact vectors.
 */
import { fail } from '../../errors.ts'

/**
 * `dot`: the largest dot products; `cosine`: the largest cosines. A graph of neighbours needs a distance, which a dot product is not: what is
 * long is near to everything. So every vector gets one component more that brings all to the same length, √(max ‖y‖² − ‖x‖²), and every
 * query a zero there: the order of the cosines is then the order of the dot products (Bachrach et al. 2014).
 */
export type Similarity = 'dot' | 'cosine'

/** Links of a node, and candidates looked at for each when it is added. */
const CONNECTIVITY = 16
const EXPANSION = 96
/** Vectors added between two reports of progress. */
const BATCH = 5000

export interface VectorTable {
  /** Row-major. */
  readonly data: Float32Array
  readonly dim: number
}

export interface NeighbourEngine {
  readonly size: number
  /** Rows of the vectors nearest to `query`, about nearest first, at most `count`: the larger `count`, the fewer are missed. */
  search(query: Float32Array, count: number): Int32Array
}

type Library = typeof import('usearch').default

/** @throws MISSING where the library has no binary for this platform. */
async function library(): Promise<Library> {
  try {
    return (await import('usearch')).default
  } catch (error) {
    throw fail(
      'MISSING',
      {
        what: `the approximate index (usearch) does not load: ${error instanceof Error ? error.message : String(error)}`,
        todo: `It has binaries for Linux (glibc), macOS and Windows; here (${process.platform} ${process.arch}) every answer is exact.`,
      },
      { cause: error },
    )
  }
}

function empty({ Index, MetricKind, ScalarKind }: Library, dim: number, similarity: Similarity) {
  return new Index({
    dimensions: similarity === 'dot' ? dim + 1 : dim,
    metric: MetricKind.Cos,
    quantization: ScalarKind.F16,
    connectivity: CONNECTIVITY,
    expansion_add: EXPANSION,
    // The search looks at as many candidates as are asked for, and no fewer than this.
    expansion_search: 1,
    multi: false,
  })
}

/**
 * Builds the index of all rows and writes it to `path`. With one thread the file is a function of the vectors; with more it depends on who
 * comes first, and only its recall is the same.
 */
export async function* buildEngine(
  path: string,
  table: VectorTable,
  similarity: Similarity,
  threads: number,
): AsyncGenerator<{ readonly done: number; readonly of: number }, void, void> {
  const usearch = await library()
  const index = empty(usearch, table.dim, similarity)
  const rows = table.data.length / table.dim
  const square = similarity === 'dot' ? greatestSquare(table) : 0
  for (let start = 0; start < rows; start += BATCH) {
    const end = Math.min(rows, start + BATCH)
    const keys = BigUint64Array.from({ length: end - start }, (_, at) => BigInt(start + at))
    const part = table.data.subarray(start * table.dim, end * table.dim)
    index.add(keys, similarity === 'dot' ? lengthened(part, table.dim, square) : part, threads)
    yield { done: end, of: rows }
  }
  index.save(path)
}

function greatestSquare({ data, dim }: VectorTable): number {
  let greatest = 0
  for (let start = 0; start < data.length; start += dim)
    greatest = Math.max(greatest, squareOf(data, start, dim))
  return greatest
}

function squareOf(data: Float32Array, start: number, dim: number): number {
  let sum = 0
  for (let c = start; c < start + dim; c++) sum += data[c] * data[c]
  return sum
}

/** The rows with the component that brings each to length √square. */
function lengthened(data: Float32Array, dim: number, square: number): Float32Array {
  const rows = data.length / dim
  const out = new Float32Array(rows * (dim + 1))
  for (let row = 0; row < rows; row++) {
    out.set(data.subarray(row * dim, (row + 1) * dim), row * (dim + 1))
    out[row * (dim + 1) + dim] = Math.sqrt(Math.max(0, square - squareOf(data, row * dim, dim)))
  }
  return out
}

/** Maps the index at `path`, which must be whole: the library trusts it. */
export async function openEngine(
  path: string,
  dim: number,
  similarity: Similarity,
): Promise<NeighbourEngine> {
  const index = empty(await library(), dim, similarity)
  index.view(path)
  const size = index.size()
  return {
    size,
    search(query, count) {
      const extended = similarity === 'dot' ? Float32Array.of(...query, 0) : query
      const { keys } = index.search(extended, Math.min(count, size), 1)
      return Int32Array.from(keys, Number)
    },
  }
}
