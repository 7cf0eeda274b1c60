/** The kernels in WebAssembly: the floor that runs wherever Node runs. The work is in assembly/; this passes addresses. */
import { fail } from '../errors.ts'
import { heap, HEAP_BASE } from './heap.ts'
import type { BinaryOp, Kernels, RowReduction, UnaryOp } from './types.ts'
import { createPool } from './wasm-pool.ts'

// Numbers of the operations, as in assembly/elementwise.ts and assembly/rows.ts.
const unaryOps: Record<UnaryOp, number> = {
  relu: 0,
  leakyRelu: 1,
  elu: 2,
  sigmoid: 3,
  tanh: 4,
  softplus: 5,
  exp: 6,
  log: 7,
  sqrt: 8,
  square: 9,
  reciprocal: 10,
}
const binaryOps: Record<BinaryOp, number> = { add: 0, sub: 1, mul: 2, div: 3 }
const reductions: Record<RowReduction, number> = { sum: 0, sumSquares: 1, max: 2, logSumExp: 3 }
/** Ranges of rows that columnSum adds up separately, as in assembly/rows.ts. */
const COLUMN_SUM_CHUNKS = 64
/** Ranges of rows that nearestCentres adds up separately, as in assembly/centres.ts. */
const CENTRE_CHUNKS = 32

type HeapArray = Float32Array | Int32Array | Uint32Array | Uint8Array

let heapEnd = 0

/** The address of an array on the kernel heap; 0 for null. An array from elsewhere is refused with ARGUMENT. */
function at(array: HeapArray | null): number {
  if (array === null) return 0
  const { buffer, byteOffset, byteLength } = array
  const end = byteOffset + byteLength
  if (buffer instanceof SharedArrayBuffer && byteOffset >= HEAP_BASE && end <= heapEnd) return byteOffset
  heapEnd = heap.memory.buffer.byteLength
  if (buffer instanceof SharedArrayBuffer && byteOffset >= HEAP_BASE && end <= heapEnd) return byteOffset
  if (byteLength === 0) return HEAP_BASE
  throw fail('ARGUMENT', {
    what: 'wasm kernels',
    expected: 'arrays on the kernel heap (made by heap.f32 and its like, or moved there by heap.place)',
    got: `a ${array.constructor.name} of ${array.length} on ${buffer instanceof SharedArrayBuffer ? 'another SharedArrayBuffer' : 'an ArrayBuffer'}`,
  })
}

/** Kernels on the wasm backend with `threads` threads, the calling one included; 1 or more, else ARGUMENT. */
export function createWasmKernels(threads: number): Kernels {
  if (!Number.isInteger(threads) || threads < 1) {
    throw fail('ARGUMENT', { what: 'threads', expected: 'a whole number of 1 or more', got: String(threads) })
  }
  const { exports: wasm, gemmShared } = createPool(threads)
  return {
    backend: 'wasm',
    isa: 'relaxed-simd',
    threads,
    gemm: (transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) =>
      wasm.gemm(gemmShared, transA, transB, m, n, k, alpha, at(a), lda, at(b), ldb, beta, at(c), ldc),
    spmm(indptr, indices, values, x, d, alpha, beta, y, rows, mask) {
      const count = rows ? rows.length : indptr.length - 1
      wasm.spmm(count, at(indptr), at(indices), at(values), at(x), d, alpha, beta, at(y), at(rows), at(mask))
    },
    gatherRows: (x, d, index, out) => wasm.gatherRows(at(x), d, at(index), index.length, at(out)),
    scatterAddRows: (x, d, index, out) => wasm.scatterAddRows(at(x), d, at(index), index.length, at(out)),
    unary: (op, x, out, a) => wasm.unary(unaryOps[op], at(x), at(out), x.length, a),
    unaryGrad: (op, x, y, gy, gx, a) =>
      wasm.unaryGrad(unaryOps[op], at(x), at(y), at(gy), at(gx), x.length, a),
    binary: (op, x, y, out) => wasm.binary(binaryOps[op], at(x), at(y), at(out), x.length),
    axpy: (alpha, x, y) => wasm.axpy(alpha, at(x), at(y), x.length),
    fill: (value, out) => wasm.fill(value, at(out), out.length),
    affine: (alpha, beta, x, out) => wasm.affine(alpha, beta, at(x), at(out), x.length),
    rowDot: (a, b, rows, d, out) => wasm.rowDot(at(a), at(b), rows, d, at(out)),
    scaleRows: (x, s, rows, d, beta, out) => wasm.scaleRows(at(x), at(s), rows, d, beta, at(out)),
    addToRows: (x, v, rows, d, out) => wasm.addToRows(at(x), at(v), rows, d, at(out)),
    rowReduce: (op, x, rows, d, out) => wasm.rowReduce(reductions[op], at(x), rows, d, at(out)),
    rowSoftmax: (x, rows, d, out) => wasm.rowSoftmax(at(x), rows, d, at(out)),
    columnSum: (x, rows, d, beta, out) =>
      heap.scope(() => {
        const partial = heap.scratchF32(COLUMN_SUM_CHUNKS * d)
        wasm.columnSum(at(x), rows, d, beta, at(out), at(partial))
      }),
    sum: (x) => wasm.sum(at(x), x.length),
    transpose: (x, rows, cols, out) => wasm.transpose(at(x), rows, cols, at(out)),
    uniform: (seed, out) => wasm.uniform(seed, at(out), out.length),
    adam(p, g, m, v, { rate, beta1, beta2, epsilon, l2, decay, step }) {
      const stepRate = rate / (1 - beta1 ** step)
      const correction = 1 / (1 - beta2 ** step)
      // prettier-ignore
      wasm.adam(
        at(p), at(g), at(m), at(v), p.length, beta1, 1 - beta1, beta2, 1 - beta2,
        epsilon, l2, 1 - rate * decay, stepRate, correction,
      )
    },
    sgd: (p, g, velocity, rate, momentum, l2) =>
      wasm.sgd(at(p), at(g), at(velocity), p.length, rate, momentum, l2),
    nearestCentres: (x, rows, d, centres, k, labels, scores, sums) =>
      heap.scope(() => {
        const norms = heap.scratchF32(k)
        const parts = sums && heap.scratchF32(CENTRE_CHUNKS * k * d)
        wasm.nearestCentres(
          at(x),
          rows,
          d,
          at(centres),
          k,
          at(labels),
          at(scores),
          at(sums),
          at(norms),
          at(parts),
        )
      }),
    topK: (scores, rows, n, k, maskPtr, maskIndices, maskRows, outIndex, outScore) =>
      wasm.topK(
        at(scores),
        rows,
        n,
        k,
        at(maskPtr),
        at(maskIndices),
        at(maskRows),
        at(outIndex),
        at(outScore),
      ),
    sgns(tokens, offsets, input, output, d, noise, keep, stats, s) {
      // prettier-ignore
      wasm.sgns(
        offsets.length - 1, at(tokens), at(offsets), at(input), at(output), d, noise.length / 2, at(noise), at(keep), at(stats),
        s.window, s.negatives, s.shared, s.deterministic, s.seed, s.first, s.rate, s.rateEnd,
      )
    },
  }
}
