/** From lists of edges to an adjacency matrix: two counting sorts, then equal neighbours are merged. */
import { fail } from '../errors.ts'
import { Sparse } from '../tensor/sparse.ts'

/** What becomes of several edges from one node to another: one with the sum of their weights, or with the greatest. */
export type Parallel = 'sum' | 'max'

export interface EdgeArrays {
  /** Node rows, one per edge. */
  readonly sources: Int32Array
  readonly targets: Int32Array
  /** Null: every edge weighs one. */
  readonly weights: Float32Array | null
}

export interface AdjacencyReport {
  /** Edges given that were merged into another. */
  readonly parallel: number
  /** Edges from a node to itself that are left after merging. */
  readonly selfLoops: number
  /** Edges of weight zero, which were left out. */
  readonly zero: number
}

/**
 * The adjacency matrix of n nodes. Undirected edges are entered in both directions, self-loops once; a → b and b → a are then
 * parallel. Edges of weight zero are left out and counted. Values are null where every weight is one.
 *
 * @throws ARGUMENT for a weight that is negative or not finite, or a row outside of 0 … n − 1.
 */
export function adjacencyOf(
  n: number,
  edges: EdgeArrays,
  { directed, parallel = 'sum' }: { readonly directed: boolean; readonly parallel?: Parallel },
): { readonly adjacency: Sparse; readonly report: AdjacencyReport } {
  const zero = check(n, edges)
  const { starts, sources, weights } = byTarget(n, edges, directed)
  const indptr = new Uint32Array(n + 1)
  for (let e = 0; e < sources.length; e++) indptr[sources[e] + 1]++
  for (let v = 0; v < n; v++) indptr[v + 1] += indptr[v]
  const indices = new Int32Array(sources.length)
  const values = new Float32Array(sources.length)
  const next = indptr.slice(0, n)
  // Targets come in ascending order, so every row does.
  for (let to = 0; to < n; to++) {
    for (let e = starts[to]; e < starts[to + 1]; e++) {
      const at = next[sources[e]]++
      indices[at] = to
      values[at] = weights ? weights[e] : 1
    }
  }
  return merge(n, indptr, indices, values, parallel, { directed, zero })
}

/** Checks weights and rows; returns how many weights are zero. */
function check(n: number, { sources, targets, weights }: EdgeArrays): number {
  let zero = 0
  for (let e = 0; e < sources.length; e++) {
    for (const row of [sources[e], targets[e]]) {
      if (row >= 0 && row < n) continue
      throw fail('ARGUMENT', { what: `edge ${e}`, expected: `nodes from 0 to ${n - 1}`, got: String(row) })
    }
    if (!weights) continue
    const w = weights[e]
    if (w === 0) zero++
    else if (!(w > 0 && w < Infinity)) {
      throw fail('ARGUMENT', {
        what: `weight of edge ${e}`,
        expected: 'a number of 0 or more',
        got: String(w),
      })
    }
  }
  return zero
}

/** Sources (and weights) of the edges in the order of their targets; undirected edges both ways. */
function byTarget(
  n: number,
  { sources, targets, weights }: EdgeArrays,
  directed: boolean,
): { starts: Float64Array; sources: Int32Array; weights: Float32Array | null } {
  // Float64, since twice the edges may pass 2³².
  const starts = new Float64Array(n + 1)
  const each = (visit: (from: number, to: number, e: number) => void): void => {
    for (let e = 0; e < sources.length; e++) {
      if (weights && weights[e] === 0) continue
      visit(sources[e], targets[e], e)
      if (!directed && sources[e] !== targets[e]) visit(targets[e], sources[e], e)
    }
  }
  each((_, to) => starts[to + 1]++)
  for (let v = 0; v < n; v++) starts[v + 1] += starts[v]
  if (starts[n] >= 2 ** 32) {
    throw fail('TOO_LARGE', {
      what: 'The graph',
      needs: `${starts[n]} entries`,
      has: 'room for 2³² − 1',
      todo: 'Take a part of it.',
    })
  }
  const from = new Int32Array(starts[n])
  const kept = weights && new Float32Array(starts[n])
  const next = starts.slice(0, n)
  each((source, to, e) => {
    const at = next[to]++
    from[at] = source
    if (kept) kept[at] = weights[e]
  })
  return { starts, sources: from, weights: kept }
}

/** Merges equal neighbours, in place. */
function merge(
  n: number,
  starts: Uint32Array,
  indices: Int32Array,
  values: Float32Array,
  parallel: Parallel,
  { directed, zero }: { directed: boolean; zero: number },
): { adjacency: Sparse; report: AdjacencyReport } {
  const indptr = new Uint32Array(n + 1)
  let at = 0
  let selfLoops = 0
  let mergedLoops = 0
  let plain = true
  for (let v = 0; v < n; v++) {
    for (let e = starts[v]; e < starts[v + 1];) {
      const to = indices[e]
      let weight = values[e]
      const first = e
      for (e++; e < starts[v + 1] && indices[e] === to; e++) {
        weight = parallel === 'sum' ? weight + values[e] : Math.max(weight, values[e])
      }
      if (Math.fround(weight) === Infinity) {
        const [expected, got] = ['a sum that float32 can hold', String(weight)]
        throw fail('ARGUMENT', { what: `weights of the edges from row ${v} to row ${to}`, expected, got })
      }
      indices[at] = to
      values[at++] = weight
      if (weight !== 1) plain = false
      if (to === v) {
        selfLoops++
        mergedLoops += e - first - 1
      }
    }
    indptr[v + 1] = at
  }
  const merged = indices.length - at
  const fit = at < indices.length
  const adjacency = new Sparse(
    n,
    n,
    indptr,
    fit ? indices.slice(0, at) : indices,
    plain ? null : fit ? values.slice(0, at) : values,
  )
  return {
    adjacency: directed ? adjacency : adjacency.declareSymmetric(),
    report: { parallel: directed ? merged : (merged + mergedLoops) / 2, selfLoops, zero },
  }
}
