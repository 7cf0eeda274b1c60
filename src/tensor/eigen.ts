/** All eigenpairs of a small dense symmetric matrix, by cyclic Jacobi rotations (Golub & Van Loan, §8.5): slow but exact. */

export interface Eigen {
  /** Largest first. */
  readonly values: Float64Array
  /** n × n; column k belongs to values[k]. */
  readonly vectors: Float64Array
}

/** `a` is n × n, row-major, symmetric; it is not changed. */
export function symmetricEigen(a: Float64Array, n: number): Eigen {
  const m = a.slice()
  // Rows of v are the eigenvectors while rotating, so that both updates run along rows.
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  let total = 0
  for (const x of m) total += x * x
  const small = total * 1e-24
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) off += m[i * n + j] ** 2
    if (2 * off <= small) break
    const skip = (off / (n * n)) * 1e-6
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) if (m[p * n + q] ** 2 > skip) rotate(m, v, n, p, q)
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => m[j * n + j] - m[i * n + i])
  const values = Float64Array.from(order, (i) => m[i * n + i])
  const vectors = new Float64Array(n * n)
  order.forEach((from, k) => {
    for (let i = 0; i < n; i++) vectors[i * n + k] = v[from * n + i]!
  })
  return { values, vectors }
}

/** One rotation that makes m[p, q] zero. */
function rotate(m: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const pq = m[p * n + q]
  const theta = (m[q * n + q] - m[p * n + p]) / (2 * pq)
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  const rowP = p * n
  const rowQ = q * n
  for (let k = 0; k < n; k++) {
    const kp = m[rowP + k]
    const kq = m[rowQ + k]
    m[rowP + k] = c * kp - s * kq
    m[rowQ + k] = s * kp + c * kq
    const vp = v[rowP + k]
    const vq = v[rowQ + k]
    v[rowP + k] = c * vp - s * vq
    v[rowQ + k] = s * vp + c * vq
  }
  for (let k = 0; k < n; k++) {
    const pk = m[k * n + p]
    const qk = m[k * n + q]
    m[k * n + p] = c * pk - s * qk
    m[k * n + q] = s * pk + c * qk
  }
}
