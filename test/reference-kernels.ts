/**
 * The kernels once more, as plain loops in float64: what the backends are compared with. Slow and obviously right.
 * Where types.ts leaves room, this file decides: NaN passes through activations; sqrt has gradient 0 at 0 (so the norm of
 * a zero row has gradient 0), log has gradient 0 below its clamp; an empty row has maximum and log-sum-exp −Infinity.
 */
import { sgnsStep, sgnsSteps } from './reference-sgns.ts'
import type { BinaryOp, Kernels, RowReduction, UnaryOp } from '../src/kernels/types.ts'

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const unaries: Record<UnaryOp, (x: number, a: number) => number> = {
  relu: (x) => (x < 0 ? 0 : x),
  leakyRelu: (x, a) => (x < 0 ? a * x : x),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
  sigmoid,
  tanh: Math.tanh,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  exp: Math.exp,
  log: (x) => Math.log(Math.max(x, 1e-38)),
  sqrt: Math.sqrt,
  square: (x) => x * x,
  reciprocal: (x) => 1 / x,
}

const derivatives: Record<UnaryOp, (x: number, y: number, a: number) => number> = {
  relu: (x) => (x > 0 ? 1 : 0),
  leakyRelu: (x, _, a) => (x > 0 ? 1 : a),
  elu: (x, y) => (x > 0 ? 1 : y + 1),
  sigmoid: (_, y) => y * (1 - y),
  tanh: (_, y) => 1 - y * y,
  softplus: (x) => sigmoid(x),
  exp: (_, y) => y,
  log: (x) => (x > 1e-38 ? 1 / x : 0),
  sqrt: (_, y) => (y === 0 ? 0 : 0.5 / y),
  square: (x) => 2 * x,
  reciprocal: (_, y) => -y * y,
}

const binaries: Record<BinaryOp, (x: number, y: number) => number> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
}

const total = (values: Iterable<number>): number => {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

const maximum = (row: Float32Array): number => row.reduce((best, value) => Math.max(best, value), -Infinity)

const reductions: Record<RowReduction, (row: Float32Array) => number> = {
  sum: total,
  sumSquares: (row) => total(Array.from(row, (value) => value * value)),
  max: maximum,
  logSumExp: (row) => {
    const top = maximum(row)
    return Number.isFinite(top)
      ? top + Math.log(total(Array.from(row, (value) => Math.exp(value - top))))
      : top
  },
}

/** A 32-bit finaliser with good avalanche (lowbias32 with Ellis' constants). */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return x ^ (x >>> 15)
}

const scaled = (beta: number, old: number): number => (beta === 0 ? 0 : beta * old)

export const referenceKernels: Kernels = {
  backend: 'wasm',
  isa: 'reference',
  threads: 1,

  gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let p = 0; p < k; p++) {
          sum += (transA ? a[p * lda + i] : a[i * lda + p]) * (transB ? b[j * ldb + p] : b[p * ldb + j])
        }
        c[i * ldc + j] = alpha * sum + scaled(beta, c[i * ldc + j])
      }
    }
  },

  spmm(indptr, indices, values, x, d, alpha, beta, y, rows, mask) {
    const count = rows ? rows.length : indptr.length - 1
    for (let i = 0; i < count; i++) {
      const r = rows ? rows[i] : i
      for (let j = 0; j < d; j++) {
        let sum = 0
        for (let e = indptr[r]; e < indptr[r + 1]; e++) {
          const column = indices[e]
          if (!mask || mask[column] !== 0) sum += (values ? values[e] : 1) * x[column * d + j]
        }
        y[i * d + j] = alpha * sum + scaled(beta, y[i * d + j])
      }
    }
  },

  gatherRows(x, d, index, out) {
    for (let i = 0; i < index.length; i++) {
      for (let j = 0; j < d; j++) out[i * d + j] = x[index[i] * d + j]!
    }
  },

  scatterAddRows(x, d, index, out) {
    for (let i = 0; i < index.length; i++) {
      for (let j = 0; j < d; j++) out[index[i] * d + j] += x[i * d + j]
    }
  },

  unary(op, x, out, a) {
    for (let i = 0; i < x.length; i++) out[i] = unaries[op](x[i], a)
  },

  unaryGrad(op, x, y, gy, gx, a) {
    for (let i = 0; i < x.length; i++) gx[i] += gy[i] * derivatives[op](x[i], y[i], a)
  },

  binary(op, x, y, out) {
    for (let i = 0; i < x.length; i++) out[i] = binaries[op](x[i], y[i])
  },

  axpy(alpha, x, y) {
    for (let i = 0; i < x.length; i++) y[i] += alpha * x[i]
  },

  fill(value, out) {
    out.fill(value)
  },

  affine(alpha, beta, x, out) {
    for (let i = 0; i < x.length; i++) out[i] = alpha * x[i] + beta
  },

  rowDot(a, b, rows, d, out) {
    for (let i = 0; i < rows; i++) {
      let sum = 0
      for (let j = 0; j < d; j++) sum += a[i * d + j] * b[i * d + j]
      out[i] = sum
    }
  },

  scaleRows(x, s, rows, d, beta, out) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < d; j++) out[i * d + j] = s[i] * x[i * d + j] + scaled(beta, out[i * d + j])
    }
  },

  addToRows(x, v, rows, d, out) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < d; j++) out[i * d + j] = x[i * d + j] + v[j]
    }
  },

  rowReduce(op, x, rows, d, out) {
    for (let i = 0; i < rows; i++) out[i] = reductions[op](x.subarray(i * d, (i + 1) * d))
  },

  rowSoftmax(x, rows, d, out) {
    for (let i = 0; i < rows; i++) {
      const row = x.subarray(i * d, (i + 1) * d)
      const top = maximum(row)
      const powers = Array.from(row, (value) => Math.exp(value - top))
      const sum = total(powers)
      for (let j = 0; j < d; j++) out[i * d + j] = powers[j] / sum
    }
  },

  columnSum(x, rows, d, beta, out) {
    for (let j = 0; j < d; j++) {
      let sum = 0
      for (let i = 0; i < rows; i++) sum += x[i * d + j]
      out[j] = sum + scaled(beta, out[j])
    }
  },

  sum: total,

  transpose(x, rows, cols, out) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) out[j * rows + i] = x[i * cols + j]!
    }
  },

  uniform(seed, out) {
    for (let i = 0; i < out.length; i++) {
      const bits = mix(mix((i + Math.imul(seed, 0x9e3779b9)) | 0) ^ seed)
      out[i] = (bits >>> 8) / 16777216
    }
  },

  adam(p, g, m, v, { rate, beta1, beta2, epsilon, l2, decay, step }) {
    for (let i = 0; i < p.length; i++) {
      const gradient = g[i] + l2 * p[i]
      m[i] = beta1 * m[i] + (1 - beta1) * gradient
      v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient
      const mean = m[i] / (1 - beta1 ** step)
      const variance = v[i] / (1 - beta2 ** step)
      p[i] = p[i] - rate * decay * p[i] - (rate * mean) / (Math.sqrt(variance) + epsilon)
    }
  },

  sgd(p, g, velocity, rate, momentum, l2) {
    for (let i = 0; i < p.length; i++) {
      velocity[i] = momentum * velocity[i] + g[i] + l2 * p[i]
      p[i] -= rate * velocity[i]
    }
  },

  nearestCentres(x, rows, d, centres, k, labels, scores, sums) {
    sums?.fill(0)
    for (let i = 0; i < rows; i++) {
      let best = Infinity
      for (let j = 0; j < k; j++) {
        let score = 0
        for (let p = 0; p < d; p++) score += centres[j * d + p] * (centres[j * d + p] - 2 * x[i * d + p])
        if (score < best) {
          best = score
          labels[i] = j
        }
      }
      scores[i] = best
      if (sums) for (let p = 0; p < d; p++) sums[labels[i] * d + p] += x[i * d + p]
    }
  },

  topK(scores, rows, n, k, maskPtr, maskIndices, maskRows, outIndex, outScore) {
    for (let i = 0; i < rows; i++) {
      const row = scores.subarray(i * n, (i + 1) * n)
      const masked = new Set<number>()
      if (maskPtr && maskIndices && maskRows) {
        const r = maskRows[i]
        for (let e = maskPtr[r]; e < maskPtr[r + 1]; e++) masked.add(maskIndices[e])
      }
      const order = Array.from(row.keys())
        .filter((j) => !masked.has(j) && row[j] > -Infinity)
        .sort((p, q) => row[q] - row[p] || p - q)
      for (let j = 0; j < k; j++) {
        outIndex[i * k + j] = order[j] ?? -1
        outScore[i * k + j] = j < order.length ? row[order[j]] : -Infinity
      }
    }
  },

  sgns(tokens, offsets, input, output, d, noise, keep, stats, s) {
    const base = offsets[0]
    const all = offsets[offsets.length - 1] - base
    for (let sentence = 0; sentence + 1 < offsets.length; sentence++) {
      const rate = s.rate + (all > 0 ? ((s.rateEnd - s.rate) * (offsets[sentence] - base)) / all : 0)
      const words = tokens.subarray(offsets[sentence], offsets[sentence + 1])
      const steps = sgnsSteps(words, noise, keep, s, s.first + sentence)
      stats[2 * sentence] = total(steps.map((step) => sgnsStep(step, input, output, d, rate)))
      stats[2 * sentence + 1] = steps.length
    }
  },
}
