/** The exports of build/kernels.wasm; wasm.ts documents and calls them. */
export { abandonChunk, attach, work } from './pool'
export { gemm } from './gemm'
export { gatherRows, scatterAddRows, spmm } from './sparse'
export { affine, axpy, binary, fill, sum, unary, unaryGrad, uniform } from './elementwise'
export { addToRows, columnSum, rowDot, rowReduce, rowSoftmax, scaleRows, transpose } from './rows'
export { adam, sgd } from './optim'
export { topK } from './topk'
export { peakCopy, peakMultiplyAdd } from './peak'
