/** A weighted undirected graph as community detection sees it, and the smaller graph whose nodes are its communities. */
import type { Sparse } from '../../tensor/sparse.ts'

export interface Level {
  readonly n: number
  /** Neighbours without self-loops. */
  readonly indptr: Uint32Array
  readonly indices: Int32Array
  readonly weights: Float64Array
  /** A_vv: twice the weight of a node's self-loop, or of all edges within it where it is a community of the graph below. */
  readonly loops: Float64Array
  /** k_v = Σ_w A_vw, its loops included. */
  readonly strength: Float64Array
  /** 2m = Σ k_v. */
  readonly total: number
}

/** @param a symmetric, with every self-loop once */
export function firstLevel(a: Sparse): Level {
  const n = a.rows
  const indptr = new Uint32Array(n + 1)
  const indices = new Int32Array(a.nnz)
  const weights = new Float64Array(a.nnz)
  const loops = new Float64Array(n)
  let at = 0
  for (let v = 0; v < n; v++) {
    for (let e = a.indptr[v]; e < a.indptr[v + 1]; e++) {
      const weight = a.values ? a.values[e] : 1
      if (a.indices[e] === v) loops[v] = 2 * weight
      else {
        indices[at] = a.indices[e]
        weights[at++] = weight
      }
    }
    indptr[v + 1] = at
  }
  return withStrengths(n, indptr, indices.subarray(0, at), weights.subarray(0, at), loops)
}

/** The graph of `count` groups: node v goes into group[v]. */
export function aggregate(level: Level, group: Int32Array, count: number): Level {
  const { starts, members } = membersOf(group, count)
  const indptr = new Uint32Array(count + 1)
  const indices = new Int32Array(level.indices.length)
  const weights = new Float64Array(level.indices.length)
  const loops = new Float64Array(count)
  const toGroup = new Float64Array(count)
  let at = 0
  for (let c = 0; c < count; c++) {
    const first = at
    for (let i = starts[c]; i < starts[c + 1]; i++) {
      const v = members[i]
      loops[c] += level.loops[v]
      for (let e = level.indptr[v]; e < level.indptr[v + 1]; e++) {
        const d = group[level.indices[e]]
        if (d === c) loops[c] += level.weights[e]
        else {
          if (toGroup[d] === 0) indices[at++] = d
          toGroup[d] += level.weights[e]
        }
      }
    }
    for (let e = first; e < at; e++) {
      weights[e] = toGroup[indices[e]]
      toGroup[indices[e]] = 0
    }
    indptr[c + 1] = at
  }
  return withStrengths(count, indptr, indices.slice(0, at), weights.slice(0, at), loops)
}

function withStrengths(
  n: number,
  indptr: Uint32Array,
  indices: Int32Array,
  weights: Float64Array,
  loops: Float64Array,
): Level {
  const strength = loops.slice()
  let total = 0
  for (let v = 0; v < n; v++) {
    for (let e = indptr[v]; e < indptr[v + 1]; e++) strength[v] += weights[e]
    total += strength[v]
  }
  return { n, indptr, indices, weights, loops, strength, total }
}

function membersOf(group: Int32Array, count: number): { starts: Uint32Array; members: Int32Array } {
  const starts = new Uint32Array(count + 1)
  for (const c of group) starts[c + 1]++
  for (let c = 0; c < count; c++) starts[c + 1] += starts[c]
  const next = starts.slice(0, count)
  const members = new Int32Array(group.length)
  for (let v = 0; v < group.length; v++) members[next[group[v]]++] = v
  return { starts, members }
}

/** Renumbers groups from 0 in the order in which nodes have them, in place; returns how many there are. */
export function renumber(group: Int32Array): number {
  const fresh = new Int32Array(group.length).fill(-1)
  let count = 0
  for (let v = 0; v < group.length; v++) {
    if (fresh[group[v]] < 0) fresh[group[v]] = count++
    group[v] = fresh[group[v]]
  }
  return count
}
