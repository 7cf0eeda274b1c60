/** One thread of a wasm kernel pool: binds an instance to the shared memory and serves jobs until the process ends. */
import { workerData } from 'node:worker_threads'
import type { WasmExports, WorkerSetup } from './wasm-pool.ts'

const { module, memory, control, scratch, threads } = workerData as WorkerSetup
const instance = new WebAssembly.Instance(module, { env: { memory }, pool: { start: () => {} } })
const { attach, work, abandonChunk } = instance.exports as unknown as WasmExports

attach(control, scratch, threads)
for (;;) {
  try {
    work()
  } catch {
    // A chunk trapped, say on an index outside its matrix. The caller's own call fails for it; this thread serves on.
    abandonChunk()
  }
}
