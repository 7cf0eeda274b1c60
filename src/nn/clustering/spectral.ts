/**
 * Spectral clustering (Ng, Jordan & Weiss 2002): the rows of the K leading eigenvectors of D^-½ A D^-½, scaled to unit length, by
 * k-means. The same vectors are the ones of the K least eigenvalues of the normalised Laplacian I − D^-½ A D^-½.
 */
import { fail } from '../../errors.ts'
import { normalised } from '../../graph/normalise.ts'
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { largestEigenpairs } from '../../tensor/largest-eigenpairs.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { inRegion, type Job } from '../../train/run.ts'
import { checkClusters, kMeans } from './k-means.ts'

export interface SpectralOptions {
  readonly rng: Random
  /** Of k-means. Default 20. */
  readonly restarts?: number
  /** Error of the eigenvectors, ‖L v − λ v‖. Default 1e-5. */
  readonly tolerance?: number
  /** Filters of the eigensolver at most. Default 200. */
  readonly iterations?: number
}

export interface SpectralResult {
  readonly labels: Int32Array
  /** n × K, rows of length 1; 0 for isolated nodes. */
  readonly latent: Matrix<'node', 'latent'>
  /** K × K, of the rows of `latent`. */
  readonly centres: Matrix<'cluster', 'latent'>
  /** The K least eigenvalues of the normalised Laplacian, ascending; as many are 0 as there are components, up to K. */
  readonly eigenvalues: readonly number[]
  /** Nodes without an edge. */
  readonly isolated: number
  readonly converged: boolean
}

/**
 * Groups the nodes of a symmetric graph into k clusters. Components are not cut as long as there are k of them or more; which of
 * them share a cluster when there are more is left to k-means. Isolated nodes say nothing and join the largest cluster. The result lies in the
 * region that is open when the job ends.
 *
 * @throws ARGUMENT when k is below 1 or above the number of nodes that have edges; EMPTY for a graph without edges.
 */
export function spectralClusters(graph: Sparse, k: number, options: SpectralOptions): Job<SpectralResult> {
  return inRegion(solve(graph, k, options), (result) => ({
    ...result,
    labels: heap.copy(result.labels),
    latent: new Matrix(result.latent.rows, k, heap.copy(result.latent.data)),
    centres: new Matrix(k, k, heap.copy(result.centres.data)),
  }))
}

function* solve(
  graph: Sparse,
  k: number,
  { rng, restarts = 20, ...solver }: SpectralOptions,
): Job<SpectralResult> {
  const n = graph.rows
  checkClusters(k, n)
  const joined = Int32Array.from(Array.from({ length: n }, (_, v) => v).filter((v) => graph.degree(v) > 0))
  if (joined.length === 0)
    throw fail('EMPTY', {
      what: 'the graph has no edges',
      todo: 'Give one that has, or build one from features.',
    })
  if (k > joined.length) {
    throw fail('ARGUMENT', {
      what: 'clusters',
      expected: `a whole number from 1 to ${joined.length}, the number of nodes that have edges`,
      got: String(k),
    })
  }
  const matrix = normalised(joined.length === n ? graph : withoutIsolated(graph, joined), 'symmetric')
  const eigenpairs = largestEigenpairs(matrix, { count: k, bounds: [-1, 1], rng, ...solver })
  let step = eigenpairs.next()
  for (; !step.done; step = eigenpairs.next())
    yield { phase: 'eigenvectors', done: step.value, of: solver.iterations ?? 200, unit: 'filters' }
  const { values, vectors, converged } = step.value

  unitRows(vectors, k)
  const rows = new Matrix<'node', 'latent'>(joined.length, k, vectors)
  const found = yield* kMeans(rows, k, { rng: rng.stream('clusters'), restarts })
  const largest = indexOfLargest(found.labels, k)
  const labels = heap.i32(n).fill(largest)
  const latent = new Matrix<'node', 'latent'>(n, k, heap.f32(n * k))
  joined.forEach((v, i) => {
    labels[v] = found.labels[i]
    latent.row(v).set(rows.row(i))
  })
  return {
    labels,
    latent,
    centres: found.centres,
    eigenvalues: Array.from(values, (value) => Math.max(0, 1 - value)),
    isolated: n - joined.length,
    converged,
  }
}

/** The graph of the nodes `kept` (ascending), which have all the edges. */
function withoutIsolated(graph: Sparse, kept: Int32Array): Sparse {
  const place = new Int32Array(graph.rows)
  kept.forEach((v, i) => (place[v] = i))
  const indptr = Uint32Array.from({ length: kept.length + 1 }, (_, i) =>
    i === 0 ? 0 : graph.indptr[kept[i - 1] + 1],
  )
  const indices = graph.indices.map((v) => place[v])
  return new Sparse(kept.length, kept.length, indptr, indices, graph.values).declareSymmetric()
}

/** Scales rows of length above 0 to 1, in place. */
function unitRows(x: Float32Array, d: number): void {
  for (let at = 0; at < x.length; at += d) {
    const row = x.subarray(at, at + d)
    let squares = 0
    for (const value of row) squares += value * value
    if (squares > 0) for (let j = 0; j < d; j++) row[j] /= Math.sqrt(squares)
  }
}

function indexOfLargest(labels: Int32Array, k: number): number {
  const sizes = new Int32Array(k)
  for (const label of labels) sizes[label]++
  return sizes.indexOf(Math.max(...sizes))
}
