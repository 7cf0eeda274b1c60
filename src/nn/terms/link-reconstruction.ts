/**
 * Reconstruction of a graph from the inner products of its nodes (Kipf & Welling 2016, https://arxiv.org/abs/1611.07308):
 *   Σ_ij [w·y_ij·softplus(−s_ij) + (1 − y_ij)·softplus(s_ij)] / n²,  s = Z Zᵀ,
 * y the stored entries of a symmetric graph. Exact; s exists only a block of rows at a time.
 */
import { fail } from '../../errors.ts'
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { type Matrix, shapeOf } from '../../tensor/matrix.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import { gradientOf, output } from '../../tensor/tape.ts'

/** Numbers of s that exist at a time. */
const BLOCK = 2 ** 22

/** Bytes that {@link linkReconstruction} takes beside its arguments. */
export function linkReconstructionBytes(nodes: number, width: number): number {
  return 8 * Math.max(nodes, Math.min(BLOCK, nodes * nodes)) + 4 * nodes * width
}

/** z: n × d; graph: n × n, symmetric, on the kernel heap, its entries taken as ones; `positive` is w. → 1 × 1. */
export function linkReconstruction(z: Matrix, graph: Sparse, positive = 1): Matrix {
  const [n, d] = [z.rows, z.cols]
  if (graph.rows !== n || graph.cols !== n)
    throw fail('SHAPE', { op: 'linkReconstruction', expected: `a graph of ${n} nodes`, got: shapeOf(graph) })
  if (graph.transposed !== graph) {
    throw fail('ARGUMENT', {
      what: 'linkReconstruction',
      expected: 'a graph declared symmetric',
      got: 'one that is not',
    })
  }
  const share = 1 / Math.max(1, n * n)
  const tracked = z.tape !== null
  // With the products at hand, the gradient costs one more product per block: it is taken now, not on the way back.
  const gradient = heap.scratchF32(tracked ? n * d : 0)
  const out = output(1, 1, [z], (g) => kernels().axpy(g[0], gradient, gradientOf(z)!))
  let total = 0
  const size = Math.max(1, Math.floor(BLOCK / n))
  heap.scope(() => {
    const products = heap.scratchF32(Math.min(size, n) * n)
    const soft = heap.scratchF32(products.length)
    for (let from = 0; from < n; from += size) {
      const rows = Math.min(size, n - from)
      const s = products.subarray(0, rows * n)
      const y = soft.subarray(0, rows * n)
      kernels().gemm(false, true, rows, n, d, 1, z.data.subarray(from * d), d, z.data, d, 0, s, n)
      kernels().unary('softplus', s, y, 0)
      total += kernels().sum(y)
      kernels().unary('sigmoid', s, y, 0)
      for (let r = 0; r < rows; r++) {
        for (let e = graph.indptr[from + r]; e < graph.indptr[from + r + 1]; e++) {
          const at = r * n + graph.indices[e]
          // softplus(−s) = softplus(s) − s, and σ(−s) = 1 − σ(s).
          const plus = Math.max(s[at], 0) + Math.log1p(Math.exp(-Math.abs(s[at])))
          total += positive * (plus - s[at]) - plus
          y[at] = positive * (y[at] - 1)
        }
      }
      // s is symmetric, so both of its factors pull alike.
      if (tracked)
        kernels().gemm(
          false,
          false,
          rows,
          d,
          n,
          2 * share,
          y,
          n,
          z.data,
          d,
          0,
          gradient.subarray(from * d),
          d,
        )
    }
  })
  out.data[0] = total * share
  return out
}
