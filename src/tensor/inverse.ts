/** The inverse of a symmetric positive definite matrix, in place, by blocks. */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'

/**
 * Overwrites a (n × n, row-major, both triangles filled, on the kernel heap) with its inverse by blocked Gauss–Jordan
 * elimination without pivoting, which is stable for positive definite matrices: n³ operations, no second matrix. Pivot
 * blocks are inverted in float64. Yields how many columns are done.
 */
export function* invertSymmetric(a: Float32Array, n: number, block = 256): Generator<number, void, void> {
  for (let start = 0; start < n; start += block) {
    const width = Math.min(block, n - start)
    heap.scope(() => eliminate(a, n, start, width))
    yield start + width
  }
  mirror(a, n)
}

/**
 * Sweeps the pivot block k (the symmetric sweep operator, whose end state is −A⁻¹). With P = A_kk and R = A_k*:
 *   A_ij ← A_ij − R_iᵀ P⁻¹ R_j,  A_kj ← P⁻¹ R_j,  A_kk ← −P⁻¹.
 * Only the upper triangle is kept current, which saves half of the work; R left of k is read from the column above.
 */
function eliminate(a: Float32Array, n: number, start: number, width: number): void {
  const end = start + width
  // R: width × n.
  const panel = heap.scratchF32(width * n)
  for (let r = 0; r < width; r++) {
    for (let j = 0; j < start; j++) panel[r * n + j] = a[j * n + start + r]!
    for (let j = end; j < n; j++) panel[r * n + j] = a[(start + r) * n + j]!
    panel.fill(0, r * n + start, r * n + end)
  }
  const inverse = heap.scratchF32(width * width)
  invertSmall(a, n, start, width, inverse)
  // Q = P⁻¹ R
  const q = heap.scratchF32(width * n)
  kernels().gemm(false, false, width, n, width, 1, inverse, width, panel, n, 0, q, n)
  // R is zero in the pivot's own columns, so these strips leave row and column k alone.
  const strip = 512
  for (let i = 0; i < n; i += strip) {
    const rows = Math.min(strip, n - i)
    kernels().gemm(
      true,
      false,
      rows,
      n - i,
      width,
      -1,
      panel.subarray(i),
      n,
      q.subarray(i),
      n,
      1,
      a.subarray(i * n + i),
      n,
    )
  }
  for (let r = 0; r < width; r++) {
    for (let j = 0; j < start; j++) a[j * n + start + r] = q[r * n + j]!
    for (let j = end; j < n; j++) a[(start + r) * n + j] = q[r * n + j]!
    for (let c = r; c < width; c++) a[(start + r) * n + start + c] = -inverse[r * width + c]
  }
}

/** out = inverse of the pivot block (upper triangle of a at `start`), in float64. */
function invertSmall(a: Float32Array, n: number, start: number, width: number, out: Float32Array): void {
  const m = new Float64Array(width * width)
  for (let r = 0; r < width; r++) {
    for (let c = r; c < width; c++) m[r * width + c] = m[c * width + r] = a[(start + r) * n + start + c]!
  }
  for (let k = 0; k < width; k++) {
    const pivot = m[k * width + k]
    if (!(pivot > 0)) {
      throw fail('ARGUMENT', {
        what: 'invertSymmetric',
        expected: 'a positive definite matrix',
        got: `a pivot of ${pivot} in column ${start + k}`,
      })
    }
    m[k * width + k] = 1
    for (let c = 0; c < width; c++) m[k * width + c] /= pivot
    for (let r = 0; r < width; r++) {
      if (r === k) continue
      const factor = m[r * width + k]
      if (factor === 0) continue
      m[r * width + k] = 0
      for (let c = 0; c < width; c++) m[r * width + c] -= factor * m[k * width + c]
    }
  }
  out.set(m)
}

/** The sweep operator ends with −A⁻¹ in the upper triangle: turn the sign and fill the lower one. */
function mirror(a: Float32Array, n: number): void {
  const tile = 64
  for (let bi = 0; bi < n; bi += tile) {
    for (let bj = bi; bj < n; bj += tile) {
      for (let i = bi; i < Math.min(n, bi + tile); i++) {
        for (let j = Math.max(i, bj); j < Math.min(n, bj + tile); j++)
          a[j * n + i] = a[i * n + j] = -a[i * n + j]
      }
    }
  }
}
