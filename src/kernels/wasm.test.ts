import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { heap } from './heap.ts'
import { createWasmKernels } from './wasm.ts'

const source = new URL('./wasm.ts', import.meta.url).href
const heapSource = new URL('./heap.ts', import.meta.url).href
/** Enough elements for several chunks, so that the pool is used. */
const LENGTH = 100_001

/** Runs a module in a Node process of its own; a process that hangs is killed and has no status. */
function runChild(code: string): { status: number | null; stdout: string; stderr: string } {
  const args = ['--input-type=module', '--eval', code]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 })
  return { status, stdout, stderr }
}

const useThePool = `
  const { heap } = await import(${JSON.stringify(heapSource)})
  const { createWasmKernels } = await import(${JSON.stringify(source)})
  const kernels = createWasmKernels(3)
  const x = heap.f32(${LENGTH}).fill(1)
  for (let i = 0; i < 50; i++) kernels.axpy(1, x, x)
  console.log(x.every((value) => value === 2 ** 50))`

describe('arguments', () => {
  const kernels = createWasmKernels(1)
  const inHeap = heap.f32(4)

  it('refuses an array outside shared memory and says where arrays must lie', () => {
    expect(() => kernels.axpy(1, new Float32Array(4), inHeap)).toThrow(
      /expected arrays on the kernel heap.*got a Float32Array of 4 on an ArrayBuffer/,
    )
  })

  it('refuses an array on a SharedArrayBuffer of its own', () => {
    expect(() => kernels.sum(new Float32Array(new SharedArrayBuffer(16)))).toThrow(
      /another SharedArrayBuffer/,
    )
  })

  it('writes nothing when one of the arrays is refused', () => {
    const out = heap.f32(4)
    expect(() => kernels.binary('add', inHeap.fill(1), new Float32Array(4), out)).toThrow(/kernel heap/)
    expect(Array.from(out)).toEqual([0, 0, 0, 0])
  })

  it('takes arrays made before the memory grew and after', () => {
    const early = heap.f32(4).fill(1)
    const bytes = heap.memory.buffer.byteLength
    heap.memory.grow(1)
    expect(heap.memory.buffer.byteLength).toBeGreaterThan(bytes)
    kernels.axpy(2, early, inHeap.fill(0))
    expect(Array.from(inHeap)).toEqual([2, 2, 2, 2])
  })

  it('takes empty arrays from anywhere', () => {
    expect(kernels.sum(new Float32Array(0))).toBe(0)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %d threads', (threads) => {
    expect(() => createWasmKernels(threads)).toThrow(/threads: expected a whole number of 1 or more/)
  })
})

describe('pool', () => {
  it('gives every one of many short jobs to exactly one thread, on two pools in turn', () => {
    const pools = [createWasmKernels(3), createWasmKernels(2)]
    const x = heap.f32(LENGTH).fill(1)
    const y = heap.f32(LENGTH)
    for (let i = 0; i < 500; i++) for (const pool of pools) pool.axpy(1, x, y)
    expect(y.every((value) => value === 1000)).toBe(true)
  })

  it('fails the call whose index leaves the memory, and only that one', () => {
    const kernels = createWasmKernels(3)
    const x = heap.f32(LENGTH).fill(1)
    const out = heap.f32(LENGTH)
    const index = heap.i32(LENGTH)
    for (let round = 0; round < 20; round++) {
      index[round * 5000] = 2 ** 29
      expect(() => kernels.gatherRows(x, 1, index, out)).toThrow(/out of bounds|unreachable/)
      index[round * 5000] = 0
      kernels.gatherRows(x, 1, index, out.fill(0))
      expect(out.every((value) => value === 1)).toBe(true)
    }
  })

  it('does not keep the process alive', () => {
    expect(runChild(useThePool)).toEqual({ status: 0, stdout: 'true\n', stderr: '' })
  })

  it('works inside a worker thread and lets it end', () => {
    const code = `
      import { Worker } from 'node:worker_threads'
      const worker = new Worker(${JSON.stringify(`import('node:worker_threads').then(async () => {${useThePool}})`)}, { eval: true })
      worker.on('exit', (code) => console.log('exit', code))`
    expect(runChild(code)).toEqual({ status: 0, stdout: 'true\nexit 0\n', stderr: '' })
  })
})
