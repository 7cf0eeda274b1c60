/**
 * An instance of build/kernels.wasm over the heap's memory, and the worker threads that share its jobs (see assembly/pool.ts).
 * Workers start at the first job that is worth it, take no part in keeping the process alive, and end with it.
 */
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { fail } from '../errors.ts'
import { heap, Region } from './heap.ts'

/** Control words, arguments and partial sums of one set of kernels. */
const CONTROL_BYTES = 4096
/** Packed rows of A and one tile: 66 × 512 and 6 × 8 floats, as assembly/gemm.ts divides it. */
const THREAD_FLOATS = 66 * 512 + 48
/** Packed block of B, as in assembly/gemm.ts. */
const GEMM_SHARED_FLOATS = 1 << 20

type Kernel = (...args: (number | boolean)[]) => void

/** What assembly/index.ts exports. */
export interface WasmExports {
  attach(control: number, scratch: number, threads: number): void
  work(): never
  abandonChunk(): void
  sum(x: number, n: number): number
  readonly gemm: Kernel
  readonly spmm: Kernel
  readonly gatherRows: Kernel
  readonly scatterAddRows: Kernel
  readonly unary: Kernel
  readonly unaryGrad: Kernel
  readonly binary: Kernel
  readonly axpy: Kernel
  readonly fill: Kernel
  readonly affine: Kernel
  readonly uniform: Kernel
  readonly rowDot: Kernel
  readonly scaleRows: Kernel
  readonly addToRows: Kernel
  readonly rowReduce: Kernel
  readonly rowSoftmax: Kernel
  readonly columnSum: Kernel
  readonly transpose: Kernel
  readonly adam: Kernel
  readonly sgd: Kernel
  readonly topK: Kernel
  readonly sgns: Kernel
  readonly nearestCentres: Kernel
  readonly peakCopy: Kernel
  readonly peakMultiplyAdd: Kernel
}

export interface WorkerSetup {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly control: number
  readonly scratch: number
  readonly threads: number
}

export interface WasmPool {
  readonly exports: WasmExports
  /** Address of the packed block of B. */
  readonly gemmShared: number
}

let compiled: WebAssembly.Module | undefined

/** Both src/kernels and dist/kernels lie two levels below the package root. */
function wasmModule(): WebAssembly.Module {
  if (compiled) return compiled
  const url = new URL('../../build/kernels.wasm', import.meta.url)
  let bytes: Buffer<ArrayBuffer>
  try {
    bytes = readFileSync(url)
  } catch (cause) {
    const todo = 'Run `npm run build:wasm`, or install the package again.'
    throw fail('MISSING', { what: `the wasm kernels cannot be read from ${url.pathname}`, todo }, { cause })
  }
  return (compiled = new WebAssembly.Module(bytes))
}

export function createPool(threads: number): WasmPool {
  const module = wasmModule()
  const memory = heap.memory
  // A region that is never closed: these blocks live as long as the thread.
  const [control, scratch, gemmShared] = heap.within(new Region(), () => [
    heap.u8(CONTROL_BYTES).byteOffset,
    Array.from({ length: threads }, () => heap.scratchF32(THREAD_FLOATS).byteOffset),
    heap.scratchF32(GEMM_SHARED_FLOATS).byteOffset,
  ])
  const start = (): void => {
    for (let thread = 1; thread < threads; thread++) {
      startWorker({ module, memory, control, scratch: scratch[thread], threads })
    }
  }
  const instance = new WebAssembly.Instance(module, { env: { memory }, pool: { start } })
  const exports = instance.exports as unknown as WasmExports
  exports.attach(control, scratch[0], threads)
  return { exports, gemmShared }
}

function startWorker(workerData: WorkerSetup): void {
  const file = import.meta.url.endsWith('.ts') ? './wasm-worker.ts' : './wasm-worker.js'
  // Without the parent's flags: loaders and inspectors of a test runner have no business here.
  const worker = new Worker(new URL(file, import.meta.url), { workerData, execArgv: [], name: 'kernels' })
  worker.unref()
}
