/** Matrices, sparse matrices, differentiable ops and optimisers. */
export { Matrix } from './matrix.ts'
export { Sparse } from './sparse.ts'
export { type Params, valueAndGrad } from './tape.ts'
export { addBias, matmul, matmulTransposed, spmm, transpose } from './linear.ts'
export {
  add,
  columnSum,
  div,
  dropout,
  elu,
  exp,
  leakyRelu,
  log,
  mean,
  mul,
  neg,
  reciprocal,
  relu,
  scale,
  sigmoid,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  tanh,
} from './elementwise.ts'
export { EdgePattern, edgeProduct, edgeSoftmax, edgeSum } from './edges.ts'
export {
  concatColumns,
  gather,
  logSumExp,
  normalizeRows,
  rowDot,
  rowSum,
  rowSumSquares,
  scaleRows,
  softmax,
  squaredDistances,
} from './rowwise.ts'
export { adam, type AdamOptions, type Optimiser, sgd, type SgdOptions } from './optimiser.ts'
export { constant, cosine, linear, type Schedule, stepped, warmup } from './schedule.ts'
