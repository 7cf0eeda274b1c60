/** Ops on the stored entries of a sparse matrix, one number per entry: what attention over a graph is made of. */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { type Matrix, shapeOf } from './matrix.ts'
import type { Sparse } from './sparse.ts'
import { gradientOf, output } from './tape.ts'

/** Where the entries of a sparse matrix lie, and those of its transpose. Entry e is the edge sources[e] → targets[e]. */
export class EdgePattern {
  readonly rows: number
  readonly cols: number
  readonly indptr: Uint32Array
  /** Column of each entry. */
  readonly targets: Int32Array
  /** Row of each entry. */
  readonly sources: Int32Array
  /** Row offsets and columns of the transpose, and which entry each of its entries is. */
  readonly transposed: {
    readonly indptr: Uint32Array
    readonly indices: Int32Array
    readonly entries: Int32Array
  }

  /** Arrays are in the open region. */
  constructor({ rows, cols, indptr, indices, nnz }: Sparse) {
    this.rows = rows
    this.cols = cols
    this.indptr = heap.place(indptr)
    this.targets = heap.place(indices)
    this.sources = heap.i32(nnz)
    const back = { indptr: heap.u32(cols + 1), indices: heap.i32(nnz), entries: heap.i32(nnz) }
    for (let e = 0; e < nnz; e++) back.indptr[indices[e] + 1]++
    for (let c = 0; c < cols; c++) back.indptr[c + 1] += back.indptr[c]
    const next = back.indptr.slice(0, cols)
    for (let r = 0; r < rows; r++) {
      for (let e = indptr[r]; e < indptr[r + 1]; e++) {
        this.sources[e] = r
        const at = next[indices[e]]++
        back.indices[at] = r
        back.entries[at] = e
      }
    }
    this.transposed = back
  }

  get count(): number {
    return this.targets.length
  }
}

/** s[i] + t[j] for every entry (i, j) → entries × 1; s is rows × 1 and t cols × 1. */
export function edgeSum(edges: EdgePattern, s: Matrix, t: Matrix): Matrix {
  if (s.rows !== edges.rows || s.cols !== 1 || t.rows !== edges.cols || t.cols !== 1) {
    throw fail('SHAPE', {
      op: 'edgeSum',
      expected: `${edges.rows} × 1 and ${edges.cols} × 1`,
      got: `${shapeOf(s)} and ${shapeOf(t)}`,
    })
  }
  const { sources, targets } = edges
  const out = output(edges.count, 1, [s, t], (g) => {
    const gs = gradientOf(s)
    if (gs) kernels().scatterAddRows(g, 1, sources, gs)
    const gt = gradientOf(t)
    if (gt) kernels().scatterAddRows(g, 1, targets, gt)
  })
  for (let e = 0; e < out.data.length; e++) out.data[e] = s.data[sources[e]] + t.data[targets[e]]
  return out
}

/** exp x[e] / Σ exp x[f] over the entries f of the row of e → entries × 1: softmax over the stored entries of each row. */
export function edgeSoftmax(edges: EdgePattern, x: Matrix): Matrix {
  checkEntries('edgeSoftmax', edges, x)
  const { indptr, rows } = edges
  const out = output(edges.count, 1, [x], (g) => {
    const gx = gradientOf(x)!
    const y = out.data
    for (let r = 0; r < rows; r++) {
      let dot = 0
      for (let e = indptr[r]; e < indptr[r + 1]; e++) dot += g[e] * y[e]
      for (let e = indptr[r]; e < indptr[r + 1]; e++) gx[e] += y[e] * (g[e] - dot)
    }
  })
  for (let r = 0; r < rows; r++) {
    let most = -Infinity
    for (let e = indptr[r]; e < indptr[r + 1]; e++) most = Math.max(most, x.data[e])
    let total = 0
    for (let e = indptr[r]; e < indptr[r + 1]; e++) total += Math.exp(x.data[e] - most)
    for (let e = indptr[r]; e < indptr[r + 1]; e++) out.data[e] = Math.exp(x.data[e] - most) / total
  }
  return out
}

/** S·X where the entries of S are w: Σ_j w[i,j]·x[j] → rows × d; the gradient reaches w and x. w is entries × 1. */
export function edgeProduct<C extends string>(
  edges: EdgePattern,
  w: Matrix,
  x: Matrix<string, C>,
): Matrix<string, C> {
  checkEntries('edgeProduct', edges, w)
  if (x.rows !== edges.cols) {
    throw fail('SHAPE', {
      op: 'edgeProduct',
      expected: `a right-hand side with ${edges.cols} rows`,
      got: shapeOf(x),
    })
  }
  const d = x.cols
  const { indptr, targets, transposed } = edges
  const out = output(edges.rows, d, [w, x], (g) =>
    heap.scope(() => {
      const gx = gradientOf(x)
      if (gx) {
        const turned = heap.scratchF32(w.data.length)
        kernels().gatherRows(w.data, 1, transposed.entries, turned)
        kernels().spmm(transposed.indptr, transposed.indices, turned, g, d, 1, 1, gx, null, null)
      }
      const gw = gradientOf(w)
      if (gw) addEntryDots(edges, g, x.data, d, gw)
    }),
  )
  kernels().spmm(indptr, targets, w.data, x.data, d, 1, 0, out.data, null, null)
  return out as Matrix<string, C>
}

/** Numbers that a block of entries may gather. */
const BLOCK = 1 << 20

/** out[e] += a[source of e] · b[target of e]. */
function addEntryDots(
  edges: EdgePattern,
  a: Float32Array,
  b: Float32Array,
  d: number,
  out: Float32Array,
): void {
  const size = Math.max(64, Math.floor(BLOCK / Math.max(1, d)))
  const left = heap.scratchF32(Math.min(size, edges.count) * d)
  const right = heap.scratchF32(left.length)
  const dots = heap.scratchF32(Math.min(size, edges.count))
  for (let from = 0; from < edges.count; from += size) {
    const to = Math.min(edges.count, from + size)
    const rows = to - from
    kernels().gatherRows(a, d, edges.sources.subarray(from, to), left.subarray(0, rows * d))
    kernels().gatherRows(b, d, edges.targets.subarray(from, to), right.subarray(0, rows * d))
    kernels().rowDot(left, right, rows, d, dots)
    kernels().axpy(1, dots.subarray(0, rows), out.subarray(from, to))
  }
}

function checkEntries(op: string, edges: EdgePattern, x: Matrix): void {
  if (x.rows !== edges.count || x.cols !== 1)
    throw fail('SHAPE', { op, expected: `a number for each of ${edges.count} entries`, got: shapeOf(x) })
}
