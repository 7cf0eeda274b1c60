/** Cosine similarities of vectors, exact and in blocks. Arrays are on the kernel heap. */
import { kernels } from '../kernels/index.ts'

/** 1 / ‖x_r‖ of each row of x (rows × dim) → out[rows]; 0 where a vector is zero. */
export function inverseNorms(x: Float32Array, dim: number, out: Float32Array): void {
  kernels().rowReduce('sumSquares', x, out.length, dim, out)
  for (let r = 0; r < out.length; r++) out[r] = out[r] > 0 ? 1 / Math.sqrt(out[r]) : 0
}

/**
 * q_b · x_r / ‖x_r‖ of each query with each row → out (queries × rows). With unit queries these are cosines; 0 where x_r is zero.
 * `inverse` are the {@link inverseNorms} of x.
 */
export function cosines(
  queries: Float32Array,
  x: Float32Array,
  dim: number,
  inverse: Float32Array,
  out: Float32Array,
): void {
  const rows = inverse.length
  const count = queries.length / dim
  kernels().gemm(false, true, count, rows, dim, 1, queries, dim, x, dim, 0, out, rows)
  for (let b = 0; b < count; b++) {
    const scores = out.subarray(b * rows, (b + 1) * rows)
    kernels().binary('mul', scores, inverse, scores)
  }
}
