/** Marks for the benchmarks: what this machine can do with 128-bit vectors from WebAssembly. */
import { performance } from 'node:perf_hooks'
import { heap } from './heap.ts'
import type { Peak } from './native.ts'
import { createPool } from './wasm-pool.ts'

const CHUNKS = 64
/** As PEAK_STEPS in assembly/peak.ts, rounded up to whole turns of its loop; 4 floats, 2 operations each. */
const CHUNK_FLOPS = Math.ceil(2 ** 20 / 12) * 12 * 8
const COPY_BYTES = 2 ** 27
const ROUNDS = 5

/**
 * Best rounds: GFLOP/s of fused multiply-adds that stay in registers, and GB/s of a copy of 128 MiB (bytes read plus bytes
 * written) with `threads` threads; and the former by processor time.
 */
export function measureWasmPeak(threads: number): Peak {
  const { exports: wasm } = createPool(threads)
  return heap.scope(() => {
    const from = heap.f32(COPY_BYTES / 4).byteOffset
    const to = heap.f32(COPY_BYTES / 4).byteOffset
    const multiplyAdd = fastest(() => wasm.peakMultiplyAdd(CHUNKS))
    const copy = fastest(() => wasm.peakCopy(from, to, COPY_BYTES))
    const flops = CHUNKS * CHUNK_FLOPS
    return {
      gflops: flops / multiplyAdd.wall / 1e6,
      copyGBs: (2 * COPY_BYTES) / copy.wall / 1e6,
      processorGflops: flops / multiplyAdd.processor / 1e6,
    }
  })
}

/** Milliseconds, and of processor time, of the fastest rounds, over at least half a second: the workers need a while to start. */
function fastest(work: () => void): { wall: number; processor: number } {
  const best = { wall: Infinity, processor: Infinity }
  const end = performance.now() + 500
  for (let round = 0; round < ROUNDS || performance.now() < end; round++) {
    const start = performance.now()
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    best.wall = Math.min(best.wall, performance.now() - start)
    best.processor = Math.min(best.processor, (user + system) / 1000)
  }
  return best
}
