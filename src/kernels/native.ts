/** The native backend: build/kernels.node (C++ behind Node-API, see native/), wrapped into {@link Kernels}. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { fail } from '../errors.ts'
import type { BinaryOp, Kernels, RowReduction, UnaryOp } from './types.ts'

/** The package root is two levels up from here, both in src/ and in dist/. */
const library = fileURLToPath(new URL('../../build/kernels.node', import.meta.url))

/** In the order of the enums of native/kernels.h. */
const unaries: readonly UnaryOp[] = [
  'relu',
  'leakyRelu',
  'elu',
  'sigmoid',
  'tanh',
  'softplus',
  'exp',
  'log',
  'sqrt',
  'square',
  'reciprocal',
]
const binaries: readonly BinaryOp[] = ['add', 'sub', 'mul', 'div']
const reductions: readonly RowReduction[] = ['sum', 'sumSquares', 'max', 'logSumExp']

type Call<T = void> = (isa: number, threads: number, ...rest: unknown[]) => T
interface Addon extends Record<Exclude<keyof Kernels, 'backend' | 'isa' | 'threads' | 'sum'>, Call> {
  readonly isas: readonly string[]
  readonly sum: Call<number>
  growPool(threads: number): void
  oneArena(): boolean
  measurePeak(isa: number, threads: number, to: Float32Array, from: Float32Array): [number, number, number]
}

let loaded: Addon | undefined

function load(): Addon {
  try {
    return (loaded ??= createRequire(import.meta.url)(library) as Addon)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw fail(
      'MISSING',
      {
        what: `the native kernels cannot be loaded: ${reason}`,
        todo: 'Build them with a C++ compiler and `homophily info --build-native`, or use HOMOPHILY_BACKEND=wasm.',
      },
      { cause: error },
    )
  }
}

/** The instruction sets that the library has and this machine can run, best first. Throws MISSING if there is no library. */
export function nativeIsas(): readonly string[] {
  return load().isas
}

/** Tells the C library to serve all threads from one arena. False where it cannot be told. Throws MISSING if there is no library. */
export function oneArena(): boolean {
  return load().oneArena()
}

/** Native kernels on at most `threads` threads, with the best instruction set or the given one. */
export function createNativeKernels(threads: number, isa = nativeIsas()[0]): Kernels {
  if (!Number.isInteger(threads) || threads < 1) {
    throw fail('ARGUMENT', { what: 'threads', expected: 'a whole number of 1 or more', got: String(threads) })
  }
  const addon = load()
  const i = addon.isas.indexOf(isa)
  if (i < 0) throw fail('ARGUMENT', { what: 'instruction set', expected: addon.isas.join(', '), got: isa })
  const t = threads
  addon.growPool(t)
  return {
    backend: 'native',
    isa,
    threads,
    gemm: (transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) =>
      addon.gemm(i, t, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc),
    spmm: (indptr, indices, values, x, d, alpha, beta, y, rows, mask) =>
      addon.spmm(i, t, indptr, indices, values, x, d, alpha, beta, y, rows, mask),
    gatherRows: (x, d, index, out) => addon.gatherRows(i, t, x, d, index, out),
    scatterAddRows: (x, d, index, out) => addon.scatterAddRows(i, t, x, d, index, out),
    unary: (op, x, out, a) => addon.unary(i, t, unaries.indexOf(op), x, out, a),
    unaryGrad: (op, x, y, gy, gx, a) => addon.unaryGrad(i, t, unaries.indexOf(op), x, y, gy, gx, a),
    binary: (op, x, y, out) => addon.binary(i, t, binaries.indexOf(op), x, y, out),
    axpy: (alpha, x, y) => addon.axpy(i, t, alpha, x, y),
    fill: (value, out) => addon.fill(i, t, value, out),
    affine: (alpha, beta, x, out) => addon.affine(i, t, alpha, beta, x, out),
    rowDot: (a, b, rows, d, out) => addon.rowDot(i, t, a, b, rows, d, out),
    scaleRows: (x, s, rows, d, beta, out) => addon.scaleRows(i, t, x, s, rows, d, beta, out),
    addToRows: (x, v, rows, d, out) => addon.addToRows(i, t, x, v, rows, d, out),
    rowReduce: (op, x, rows, d, out) => addon.rowReduce(i, t, reductions.indexOf(op), x, rows, d, out),
    rowSoftmax: (x, rows, d, out) => addon.rowSoftmax(i, t, x, rows, d, out),
    columnSum: (x, rows, d, beta, out) => addon.columnSum(i, t, x, rows, d, beta, out),
    sum: (x) => addon.sum(i, t, x),
    transpose: (x, rows, cols, out) => addon.transpose(i, t, x, rows, cols, out),
    uniform: (seed, out) => addon.uniform(i, t, seed, out),
    adam: (p, g, m, v, s) =>
      addon.adam(i, t, p, g, m, v, s.rate, s.beta1, s.beta2, s.epsilon, s.l2, s.decay, s.step),
    sgd: (p, g, velocity, rate, momentum, l2) => addon.sgd(i, t, p, g, velocity, rate, momentum, l2),
    topK: (scores, rows, n, k, maskPtr, maskIndices, maskRows, outIndex, outScore) =>
      addon.topK(i, t, scores, rows, n, k, maskPtr, maskIndices, maskRows, outIndex, outScore),
    // prettier-ignore
    nearestCentres: (x, rows, d, centres, k, labels, scores, sums) =>
      addon.nearestCentres(i, t, x, rows, d, centres, k, labels, scores, sums),
    sgns: (tokens, offsets, input, output, d, noise, keep, stats, s) =>
      addon.sgns(
        i,
        t,
        tokens,
        offsets,
        input,
        output,
        d,
        noise,
        keep,
        stats,
        s.window,
        s.negatives,
        s.shared,
        s.deterministic,
        s.seed,
        s.first,
        s.rate,
        s.rateEnd,
      ),
  }
}

/** What a machine can do, for benchmarks. */
export interface Peak {
  readonly gflops: number
  readonly copyGBs: number
  /** GFLOP in a second of one processor: what others do on the machine hardly moves it. */
  readonly processorGflops: number
}

/**
 * For benchmarks: GFLOP/s of multiply-adds on registers, and GB/s (read + written) of copying `from` to `to`, both the best
 * of ten on `threads` threads. The arrays should be much larger than the caches, and of equal length. `processorGflops` is the
 * former by processor time, that of all threads together.
 */
export function measurePeak(threads: number, from: Float32Array, to: Float32Array): Peak {
  const addon = load()
  addon.growPool(threads)
  const [gflops, copyGBs, processorGflops] = addon.measurePeak(0, threads, to, from)
  return { gflops, copyGBs, processorGflops }
}
