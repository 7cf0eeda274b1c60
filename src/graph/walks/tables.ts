/** What walks look things up in: neighbours, and for unequal weights an alias table per node, all in CSR shape. */
import { fail } from '../../errors.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { pairUp } from '../alias.ts'

export interface WalkTables {
  readonly nodes: number
  readonly indptr: Uint32Array
  /** Neighbours, ascending within a row; edges of weight zero are gone. */
  readonly indices: Int32Array
  /** Null where all weights are equal. */
  readonly weighted: WeightTables | null
  /** Whether every edge is there in both directions. */
  readonly symmetric: boolean
}

export interface WeightTables {
  /** A draw of entry e stays at e if a 32-bit number is below threshold[e]; it goes to entry alias[e] otherwise. */
  readonly threshold: Uint32Array
  readonly alias: Uint32Array
  readonly weights: Float32Array
  /** Sum of the weights of each row. */
  readonly strength: Float64Array
}

/**
 * Tables for walks on an adjacency matrix: 8 bytes per entry beside the matrix where weights differ, nothing where they are equal.
 * @throws DATA for a weight that is negative or not a finite number.
 */
export function walkTables(adjacency: Sparse, symmetric: boolean): WalkTables {
  if (adjacency.rows !== adjacency.cols) {
    throw fail('SHAPE', {
      op: 'walks',
      expected: 'a square adjacency matrix',
      got: `${adjacency.rows}×${adjacency.cols}`,
    })
  }
  const { rows: nodes, indptr, indices, values } = withoutZeros(adjacency)
  const equal = values === null || values.every((w) => w === values[0])
  return { nodes, indptr, indices, symmetric, weighted: equal ? null : weightTables(nodes, indptr, values) }
}

function weightTables(nodes: number, indptr: Uint32Array, weights: Float32Array): WeightTables {
  const threshold = new Uint32Array(weights.length)
  const alias = new Uint32Array(weights.length)
  const strength = new Float64Array(nodes)
  let longest = 0
  for (let v = 0; v < nodes; v++) longest = Math.max(longest, indptr[v + 1] - indptr[v])
  const probability = new Float64Array(longest)
  const place = new Int32Array(longest)
  const stack = new Int32Array(longest)
  for (let v = 0; v < nodes; v++) {
    const from = indptr[v]
    const n = indptr[v + 1] - from
    let total = 0
    for (let i = 0; i < n; i++) total += weights[from + i]
    strength[v] = total
    for (let i = 0; i < n; i++) probability[i] = (weights[from + i] * n) / total
    pairUp(probability, place, n, stack)
    for (let i = 0; i < n; i++) {
      threshold[from + i] = Math.min(0xffffffff, Math.round(probability[i] * 2 ** 32))
      alias[from + i] = from + place[i]
    }
  }
  return { threshold, alias, weights, strength }
}

/** The matrix without entries of weight zero; itself where there are none. */
function withoutZeros(a: Sparse): Sparse {
  const { values } = a
  if (!values) return a
  let zeros = 0
  for (let e = 0; e < values.length; e++) {
    const w = values[e]
    if (w === 0) zeros++
    if (!(w >= 0 && w < Infinity)) throw badWeight(a, w)
  }
  if (zeros === 0) return a
  const indptr = new Uint32Array(a.rows + 1)
  const indices = new Int32Array(a.nnz - zeros)
  const kept = new Float32Array(a.nnz - zeros)
  let at = 0
  for (let v = 0; v < a.rows; v++) {
    for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) {
      if (values[e] === 0) continue
      indices[at] = a.indices[e]
      kept[at++] = values[e]
    }
    indptr[v + 1] = at
  }
  return new Sparse(a.rows, a.cols, indptr, indices, kept)
}

function badWeight({ indptr, indices, values }: Sparse, weight: number): Error {
  const e = values!.findIndex((w) => Object.is(w, weight))
  const row = indptr.findLastIndex((start) => start <= e)
  return fail('ARGUMENT', {
    what: `weight of the edge from row ${row} to row ${indices[e]}`,
    expected: 'a number of 0 or more',
    got: String(weight),
  })
}
