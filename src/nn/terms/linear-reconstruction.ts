/**
 * The mean squared error of a decoder whose last layer is linear, against sparse rows, without writing out what it decodes. With
 * X̂ = H·W + 1·bᵀ, all that the error needs of X̂ are products of the size of the layer's input:
 *   ‖X̂ − X‖² = ⟨HᵀH, W Wᵀ⟩ + 2 (Hᵀ1)·(W b) + n ‖b‖² − 2 (⟨X Wᵀ, H⟩ + (Xᵀ1)·b) + ‖X‖².
 */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import type { Features } from '../../tensor/features.ts'
import { relu } from '../../tensor/elementwise.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { gradientOf, output } from '../../tensor/tape.ts'
import { dense, type Dense, stack } from '../layers/dense.ts'
import { meanSquaredError } from './reconstruction.ts'

/** Mean squared error of the stack `decoder` of codes z against x → 1 × 1. */
export function decodedError(decoder: readonly Dense[], z: Matrix, x: Features): Matrix {
  const last = decoder[decoder.length - 1]
  const h = decoder.length > 1 ? relu(stack(decoder.slice(0, -1), z)) : z
  if (x instanceof Sparse && isCheaper(x, h.cols)) return sparseLinearError(h, last, x)
  return meanSquaredError(dense(h, last, 'linear'), x)
}

/** Multiply-adds of forward and backward: 2 k² (n + d) against 3 n k d. */
function isCheaper({ rows: n, cols: d }: Sparse, k: number): boolean {
  return 2 * k * (n + d) < 3 * n * d
}

/** Σ (H·W + b − x)² / numbers → 1 × 1, as written above. x is on the kernel heap, its transpose too. */
export function sparseLinearError(h: Matrix, { weight, bias }: Dense, x: Sparse): Matrix {
  const [n, k, d] = [h.rows, weight.rows, weight.cols]
  const [w, b] = [weight.data, bias.data]
  const kernel = kernels()
  const scratch = (length: number): Float32Array => heap.scratchF32(length)
  const [gram, outer, crossed] = [scratch(k * k), scratch(k * k), scratch(n * k)]
  const [mass, turned, columns] = [scratch(k), scratch(k), scratch(d)]
  kernel.gemm(true, false, k, k, n, 1, h.data, k, h.data, k, 0, gram, k)
  kernel.gemm(false, true, k, k, d, 1, w, d, w, d, 0, outer, k)
  kernel.columnSum(h.data, n, k, 0, mass)
  kernel.gemm(false, false, k, 1, d, 1, w, d, b, 1, 0, turned, 1)
  columnTotals(x, columns)
  heap.scope(() => {
    const back = scratch(d * k)
    kernel.transpose(w, k, d, back)
    kernel.spmm(x.indptr, x.indices, x.values, back, k, 1, 0, crossed, null, null)
  })

  const share = 1 / Math.max(1, n * d)
  const out = output(1, 1, [h, weight, bias], (g) =>
    heap.scope(() => {
      const f = 2 * share * g[0]
      const gh = gradientOf(h)
      if (gh) {
        // H·W Wᵀ + 1·(W b)ᵀ − X Wᵀ
        kernel.gemm(false, false, n, k, k, f, h.data, k, outer, k, 1, gh, k)
        kernel.axpy(-f, crossed, gh)
        const row = scratch(k)
        kernel.affine(f, 0, turned, row)
        kernel.addToRows(gh, row, n, k, gh)
      }
      const gw = gradientOf(weight)
      if (gw) {
        // HᵀH·W + (Hᵀ1)·bᵀ − Hᵀ X
        kernel.gemm(false, false, k, d, k, f, gram, k, w, d, 1, gw, d)
        kernel.gemm(false, false, k, d, 1, f, mass, 1, b, d, 1, gw, d)
        const t = x.transposed
        const [seen, across] = [scratch(d * k), scratch(d * k)]
        kernel.spmm(t.indptr, t.indices, t.values, h.data, k, 1, 0, seen, null, null)
        kernel.transpose(seen, d, k, across)
        kernel.axpy(-f, across, gw)
      }
      const gb = gradientOf(bias)
      if (gb) {
        // Wᵀ Hᵀ1 + n b − Xᵀ1
        kernel.gemm(false, false, 1, d, k, f, mass, k, w, d, 1, gb, d)
        kernel.axpy(f * n, b, gb)
        kernel.axpy(-f, columns, gb)
      }
    }),
  )
  const decoded = dot(gram, outer) + 2 * dot(mass, turned) + n * dot(b, b)
  const squares = x.values ? dot(x.values, x.values) : x.nnz
  out.data[0] = share * (decoded - 2 * (dot(crossed, h.data) + dot(columns, b)) + squares)
  return out
}

function columnTotals(x: Sparse, out: Float32Array): void {
  out.fill(0)
  for (let e = 0; e < x.nnz; e++) out[x.indices[e]] += x.values ? x.values[e] : 1
}

function dot(a: Float32Array, b: Float32Array): number {
  return heap.scope(() => {
    const product = heap.scratchF32(a.length)
    kernels().binary('mul', a, b, product)
    return kernels().sum(product)
  })
}
