/** Parity of dense and sparse matrix products. */
import { betas, CaseList, old } from './case-list.ts'
import type { Body } from './case-list.ts'

const list = new CaseList()
export const products = list

// gemm

function gemm(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  beta: number,
  pad: number,
): Body {
  return (kernels, make) => {
    const lda = (transA ? m : k) + pad
    const ldb = (transB ? k : n) + pad
    const ldc = n + pad
    const a = make.floats((transA ? k : m) * lda)
    const b = make.floats((transB ? n : k) * ldb)
    const c = old(make, m * ldc, beta)
    kernels.gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
    return [c]
  }
}

const gemmShapes = [
  [1, 1, 1],
  [3, 17, 5],
  [17, 3, 65],
  [65, 130, 17],
  [130, 65, 3],
  [33, 31, 700],
  [1, 130, 65],
  [130, 1, 65],
  [5, 7, 3000],
  [0, 5, 5],
  [5, 0, 5],
  [5, 5, 0],
] as const
for (const [transA, transB] of [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const) {
  for (const [i, [m, n, k]] of gemmShapes.entries()) {
    const beta = betas[i % 3]
    list.add(
      `gemm ${m}×${n}×${k}${transA ? ' Aᵀ' : ''}${transB ? ' Bᵀ' : ''}`,
      gemm(transA, transB, m, n, k, 0.7, beta, i % 2 ? 5 : 0),
      1e-5,
      5e-5,
    )
  }
  for (const beta of betas) {
    list.add(
      `gemm 19×45×23 beta ${beta}${transA ? ' Aᵀ' : ''}${transB ? ' Bᵀ' : ''}`,
      gemm(transA, transB, 19, 45, 23, -1.5, beta, 3),
    )
  }
}
list.big('gemm 300×200×400', gemm(false, false, 300, 200, 400, 1, 1, 0))
list.big('gemm 40×5000×64 Bᵀ', gemm(false, true, 40, 5000, 64, 1, 0, 0))
list.big('gemm 64×48×6000 Aᵀ', gemm(true, false, 64, 48, 6000, 1, 0.5, 0))

// spmm

function spmm(
  rows: number,
  cols: number,
  mean: number,
  d: number,
  beta: number,
  valued: boolean,
  subset: number,
  masked: boolean,
): Body {
  return (kernels, make) => {
    const { indptr, indices } = make.sparse(rows, cols, mean)
    const chosen = subset < 0 ? null : make.index(subset, rows)
    const y = old(make, (chosen ? subset : rows) * d, beta)
    kernels.spmm(
      indptr,
      indices,
      valued ? make.floats(indices.length) : null,
      make.floats(cols * d),
      d,
      1.3,
      beta,
      y,
      chosen,
      masked ? make.bytes(cols, 0.4) : null,
    )
    return [y]
  }
}

for (const [i, d] of [1, 3, 16, 17, 64, 65, 130, 200].entries()) {
  const beta = betas[i % 3]
  list.add(`spmm d=${d} beta ${beta}`, spmm(130, 90, 9, d, beta, true, -1, false))
  list.add(`spmm d=${d} ones, masked, beta ${beta}`, spmm(65, 90, 9, d, beta, false, -1, true))
  list.add(`spmm d=${d} of some rows, masked, beta ${beta}`, spmm(65, 90, 9, d, beta, true, 80, true))
  list.add(`spmm d=${d} of some rows, ones, beta ${beta}`, spmm(65, 90, 9, d, beta, false, 80, false))
}
list.add('spmm without rows', spmm(0, 5, 2, 64, 0, true, -1, false))
list.add('spmm without entries', spmm(9, 5, 0, 64, 0.5, true, -1, false))
list.add('spmm without entries overwrites NaN', spmm(9, 5, 0, 17, 0, false, 4, false))
list.add('spmm without columns', spmm(3, 0, 2, 8, 0, true, -1, true))
list.add('spmm of no chosen rows', spmm(9, 5, 2, 8, 0, true, 0, false))
list.add('spmm d=0', spmm(9, 5, 2, 0, 0, true, -1, false))
list.big('spmm d=64', spmm(3000, 500, 30, 64, 0, true, -1, false))
list.big('spmm d=50 of some rows, masked', spmm(1000, 500, 30, 50, 1, false, 2000, true))
