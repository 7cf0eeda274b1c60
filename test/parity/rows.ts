/** Parity of kernels on rows, and of the choice of the best. */
import { heap } from '../../src/kernels/heap.ts'
import type { RowReduction } from '../../src/kernels/types.ts'
import { betas, CaseList, old } from './case-list.ts'
import type { Body } from './case-list.ts'

const list = new CaseList()
export const rows = list

// Rows

const rowShapes = [
  [0, 5],
  [5, 0],
  [1, 1],
  [3, 17],
  [17, 3],
  [65, 64],
  [130, 65],
  [7, 130],
  [3, 5000],
  [700, 33],
] as const

function rowKernels(rows: number, d: number, beta: number): Body {
  return (kernels, make) => {
    const size = rows * d
    const [a, b] = [make.floats(size), make.floats(size)]
    const s = make.floats(rows)
    const v = make.floats(d)
    const dot = heap.f32(rows)
    kernels.rowDot(a, b, rows, d, dot)
    const scaled = old(make, size, beta)
    kernels.scaleRows(a, s, rows, d, beta, scaled)
    const added = heap.f32(size)
    kernels.addToRows(a, v, rows, d, added)
    kernels.addToRows(b, v, rows, d, b)
    const columns = old(make, d, beta)
    kernels.columnSum(a, rows, d, beta, columns)
    return [dot, scaled, added, b, columns]
  }
}

function reductions(rows: number, d: number): Body {
  return (kernels, make) => {
    const x = make.fill(rows * d, (i) => ((i * 7919) % 1009) / 50 - 12)
    const outs = (['sum', 'sumSquares', 'max', 'logSumExp'] satisfies RowReduction[]).map((op) => {
      const out = heap.f32(rows)
      kernels.rowReduce(op, x, rows, d, out)
      return out
    })
    const soft = heap.f32(rows * d)
    kernels.rowSoftmax(x, rows, d, soft)
    kernels.rowSoftmax(x, rows, d, x)
    return [...outs, soft, x]
  }
}

function movers(rows: number, d: number, count: number): Body {
  return (kernels, make) => {
    const x = make.floats(rows * d)
    const index = make.index(rows === 0 ? 0 : count, rows)
    const gathered = heap.f32(index.length * d)
    kernels.gatherRows(x, d, index, gathered)
    const target = make.floats(rows * d)
    kernels.scatterAddRows(gathered, d, index, target)
    const turned = heap.f32(rows * d)
    kernels.transpose(x, rows, d, turned)
    return [gathered, target, turned]
  }
}

for (const [rows, d] of rowShapes) {
  for (const beta of betas)
    list.add(`row kernels ${rows}×${d}, beta ${beta}`, rowKernels(rows, d, beta), 1e-5, 5e-5)
  list.add(`reductions and softmax ${rows}×${d}`, reductions(rows, d), 5e-6, 1e-4)
  list.exact(`gather, scatter, transpose ${rows}×${d}`, movers(rows, d, 90))
}
list.add('log-sum-exp and maximum with infinities', (kernels, make) => {
  const x = make.filled(4 * 21, -Infinity)
  x[0] = 3
  x[21 + 20] = Infinity
  x.fill(-1000, 42, 63)
  const outs = [heap.f32(4), heap.f32(4)]
  kernels.rowReduce('logSumExp', x, 4, 21, outs[0])
  kernels.rowReduce('max', x, 4, 21, outs[1])
  return outs
})
list.big('row kernels', rowKernels(5000, 65, 1))
list.big('reductions and softmax', reductions(5000, 65))
list.big('gather, scatter, transpose', movers(500, 130, 5000))

// Top K

function topK(rows: number, n: number, k: number, levels: number, masked: boolean, strange: boolean): Body {
  return (kernels, make) => {
    // Few levels make many equal scores.
    const scores = make.fill(rows * n, (i) => ((i * 7919 + (i >> 3) * 31) % levels) / levels)
    if (strange) {
      for (let i = 0; i < scores.length; i += 3) scores[i] = -Infinity
      for (let i = 1; i < scores.length; i += 5) scores[i] = NaN
      for (let i = 2; i < scores.length; i += 17) scores[i] = Infinity
    }
    const { indptr, indices } = make.sparse(40, n, n / 4)
    const which = make.index(rows, 40)
    const index = heap.i32(rows * k).fill(77)
    const score = make.filled(rows * k, NaN)
    kernels.topK(
      scores,
      rows,
      n,
      k,
      masked ? indptr : null,
      masked ? indices : null,
      masked ? which : null,
      index,
      score,
    )
    return [index, score]
  }
}

for (const [rows, n, k] of [
  [0, 5, 3],
  [3, 0, 2],
  [3, 5, 0],
  [1, 1, 1],
  [3, 17, 5],
  [17, 65, 100],
  [5, 130, 130],
  [9, 1000, 20],
  [4, 300, 1],
] as const) {
  for (const levels of [3, 100_003]) {
    for (const masked of [false, true]) {
      list.exact(
        `topK ${k} of ${rows}×${n}, ${levels} levels${masked ? ', masked' : ''}`,
        topK(rows, n, k, levels, masked, false),
      )
    }
  }
  list.exact(`topK ${k} of ${rows}×${n} with infinities and NaN`, topK(rows, n, k, 100_003, true, true))
}
list.big('topK', topK(100, 3000, 20, 1009, true, true))

// Nearest centres. Small whole numbers: every sum is exact, so equal scores are equal everywhere.

function nearestCentres(rows: number, d: number, k: number, summing: boolean): Body {
  return (kernels, make) => {
    const x = make.fill(rows * d, (i) => ((i * 7919 + (i >> 4) * 31) % 15) - 7)
    const centres = make.fill(k * d, (i) => ((i * 104_729 + (i >> 3)) % 15) - 7)
    const labels = heap.i32(rows).fill(77)
    const scores = make.filled(rows, NaN)
    const sums = summing ? make.filled(k * d, NaN) : null
    kernels.nearestCentres(x, rows, d, centres, k, labels, scores, sums)
    return [labels, scores, ...(sums ? [sums] : [])]
  }
}

for (const [rows, d, k] of [
  [0, 3, 2],
  [1, 1, 1],
  [2, 17, 3],
  [5, 16, 4],
  [7, 3, 5],
  [300, 33, 9],
  [40, 784, 10],
] as const) {
  for (const summing of [false, true])
    list.exact(
      `nearest of ${k} centres, ${rows}×${d}${summing ? ', with sums' : ''}`,
      nearestCentres(rows, d, k, summing),
    )
}
list.big('nearest centres', nearestCentres(5003, 37, 11, true))
