/** Singular value decomposition of a small dense square matrix, by one-sided Jacobi rotations (Hestenes 1958): slow but exact, in float64. */

export interface SquareSvd {
  /** n × n, orthonormal columns, also where the matrix lacks rank. */
  readonly u: Float64Array
  /** Largest first. */
  readonly sigma: Float64Array
  /** n × n, orthonormal columns. A = U diag(σ) Vᵀ. */
  readonly v: Float64Array
}

/** `a` is n × n, row-major; it is not changed. */
export function squareSvd(a: Float64Array, n: number): SquareSvd {
  // Rows of w are the columns of A, so that rotations run along rows; they end as the columns of U, scaled by σ.
  const w = transposed(a, n)
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  for (let sweep = 0, rotated = true; rotated && sweep < 60; sweep++) {
    rotated = false
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotated = rotate(w, v, n, p, q) || rotated
  }
  const lengths = Float64Array.from({ length: n }, (_, k) => Math.hypot(...w.subarray(k * n, (k + 1) * n)))
  const order = Array.from(lengths.keys()).sort((i, j) => lengths[j] - lengths[i])
  const sigma = Float64Array.from(order, (k) => lengths[k])
  const columns = new Float64Array(n * n)
  const right = new Float64Array(n * n)
  order.forEach((from, k) => {
    for (let i = 0; i < n; i++) {
      columns[k * n + i] = sigma[k] > 0 ? w[from * n + i] / sigma[k] : 0
      right[k * n + i] = v[from * n + i]
    }
  })
  complete(columns, n, sigma)
  return { u: transposed(columns, n), sigma, v: transposed(right, n) }
}

/** Makes rows p and q of w orthogonal; false where they are. */
function rotate(w: Float64Array, v: Float64Array, n: number, p: number, q: number): boolean {
  let [pp, qq, pq] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const [x, y] = [w[p * n + i], w[q * n + i]]
    pp += x * x
    qq += y * y
    pq += x * y
  }
  if (Math.abs(pq) <= 1e-15 * Math.sqrt(pp * qq)) return false
  const zeta = (qq - pp) / (2 * pq)
  const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta))
  const c = 1 / Math.sqrt(1 + t * t)
  const s = c * t
  for (const m of [w, v]) {
    for (let i = 0; i < n; i++) {
      const [x, y] = [m[p * n + i], m[q * n + i]]
      m[p * n + i] = c * x - s * y
      m[q * n + i] = s * x + c * y
    }
  }
  return true
}

/** Rows that belong to no length are replaced by directions that are orthogonal to all others (Gram & Schmidt, twice). */
function complete(rows: Float64Array, n: number, sigma: Float64Array): void {
  const least = sigma[0] * n * 2 ** -52
  let next = 0
  for (let k = 0; k < n; k++) {
    if (sigma[k] > least) continue
    const row = rows.subarray(k * n, (k + 1) * n)
    for (let length = 0; length < 1e-3;) {
      row.fill(0)
      row[next++] = 1
      for (let round = 0; round < 2; round++) {
        for (let j = 0; j < k; j++) {
          let dot = 0
          for (let i = 0; i < n; i++) dot += row[i] * rows[j * n + i]
          for (let i = 0; i < n; i++) row[i] -= dot * rows[j * n + i]
        }
        length = Math.hypot(...row)
        if (length >= 1e-3) for (let i = 0; i < n; i++) row[i] /= length
      }
    }
  }
}

function transposed(a: Float64Array, n: number): Float64Array {
  return Float64Array.from(a, (_, at) => a[(at % n) * n + Math.floor(at / n)])
}
