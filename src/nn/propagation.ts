/**
 * LightGCN's propagation, for the rows that a batch needs. The result equals `gather(mean(E, AE, A²E, …), rows)` exactly; the
 * work that the batch cannot see is left out: the last product is taken on the batch's rows only, and so is the first product
 * of the backward pass, whose gradient is zero elsewhere.
 */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels, zeros } from '../kernels/index.ts'
import type { Matrix } from '../tensor/matrix.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { gradientOf, output } from '../tensor/tape.ts'

/**
 * Rows `rows` of Σ_k weights[k] · Aᵏ E, k = 0 … weights.length − 1. `a` is square and symmetric, on the kernel heap; `rows`
 * (distinct, on the kernel heap) → rows.length × E.cols.
 */
export function propagateRows<C extends string>(
  a: Sparse,
  e: Matrix<string, C>,
  weights: readonly number[],
  rows: Int32Array,
): Matrix<string, C> {
  if (a.transposed !== a) {
    throw fail('ARGUMENT', {
      what: 'propagateRows',
      expected: 'a matrix declared symmetric',
      got: 'one that is not',
    })
  }
  const d = e.cols
  const n = e.data.length
  const last = weights.length - 1
  const out = output(rows.length, d, [e], (g) => pullBack(a, weights, rows, g, d, gradientOf(e)!))
  heap.scope(() => {
    const part = heap.scratchF32(out.data.length)
    kernels().gatherRows(e.data, d, rows, out.data)
    kernels().affine(weights[0], 0, out.data, out.data)
    let x = e.data
    for (let k = 1; k <= last; k++) {
      if (k === last) {
        kernels().spmm(a.indptr, a.indices, a.values, x, d, weights[k], 1, out.data, rows, null)
      } else {
        const next = heap.scratchF32(n)
        kernels().spmm(a.indptr, a.indices, a.values, x, d, 1, 0, next, null, null)
        kernels().gatherRows(next, d, rows, part)
        kernels().axpy(weights[k], part, out.data)
        x = next
      }
    }
  })
  return out as Matrix<string, C>
}

/** Σ_k weights[k] · Aᵏ E for all rows: the propagation of LightGCN. `a` is square and symmetric, on the kernel heap. */
export function propagate<R extends string, C extends string>(
  a: Sparse,
  e: Matrix<R, C>,
  weights: readonly number[],
): Matrix<R, C> {
  const out = output(e.rows, e.cols, [e], (g) => {
    horner(a, weights, e.cols, gradientOf(e)!, null, (weight, to) => kernels().axpy(weight, g, to))
  })
  kernels().affine(weights[0], 0, e.data, out.data)
  heap.scope(() => {
    let x = e.data
    for (let k = 1; k < weights.length; k++) {
      const next = heap.scratchF32(x.length)
      kernels().spmm(a.indptr, a.indices, a.values, x, e.cols, 1, 0, next, null, null)
      kernels().axpy(weights[k], next, out.data)
      x = next
    }
  })
  return out as Matrix<R, C>
}

function pullBack(
  a: Sparse,
  weights: readonly number[],
  rows: Int32Array,
  g: Float32Array,
  d: number,
  gx: Float32Array,
): void {
  heap.scope(() => {
    const scaled = heap.scratchF32(g.length)
    const mask = heap.u8(a.rows)
    for (const r of rows) mask[r] = 1
    horner(a, weights, d, gx, mask, (weight, to) => {
      kernels().affine(weight, 0, g, scaled)
      kernels().scatterAddRows(scaled, d, rows, to)
    })
  })
}

/**
 * gx += Σ_k w_k Aᵏ G by Horner's rule: t ← w_k G + A t, from k = K − 1 down to 0, starting with t = w_K G. `addG(w, to)` adds
 * w·G to a buffer; `mask` marks the rows where G is not zero, null if all may be.
 */
function horner(
  a: Sparse,
  weights: readonly number[],
  d: number,
  gx: Float32Array,
  mask: Uint8Array | null,
  addG: (weight: number, to: Float32Array) => void,
): void {
  const last = weights.length - 1
  if (last === 0) {
    addG(weights[0], gx)
    return
  }
  heap.scope(() => {
    let t = zeros(gx.length)
    let next = heap.scratchF32(gx.length)
    addG(weights[last], t)
    for (let k = last - 1; k >= 0; k--) {
      const into = k === 0 ? gx : next
      kernels().spmm(
        a.indptr,
        a.indices,
        a.values,
        t,
        d,
        1,
        k === 0 ? 1 : 0,
        into,
        null,
        k === last - 1 ? mask : null,
      )
      if (weights[k] !== 0) addG(weights[k], into)
      next = t
      t = into
    }
  })
}
