/**
 * Which kernels this process uses: native where build/kernels.node loads, else WebAssembly. Two environment variables switch:
 * HOMOPHILY_BACKEND (`native` or `wasm`) forces a backend, HOMOPHILY_THREADS sets the number of threads.
 */
import { availableParallelism } from 'node:os'
import { fail } from '../errors.ts'
import { heap } from './heap.ts'
import { createNativeKernels, oneArena } from './native.ts'
import type { Kernels } from './types.ts'
import { createWasmKernels } from './wasm.ts'

export interface BackendDescription {
  readonly backend: Kernels['backend']
  readonly isa: string
  readonly threads: number
  /** Why the native backend is not the one in use; null if it is. */
  readonly whyNotNative: string | null
}

let chosen: { readonly kernels: Kernels; readonly whyNotNative: string | null } | undefined

/** The kernels of this process, chosen at the first call. */
export function kernels(): Kernels {
  return (chosen ??= choose()).kernels
}

/** The backend in use (chosen now if it was not yet) and, where that is not the native one, the reason. */
export function describeBackend(): BackendDescription {
  const { backend, isa, threads } = kernels()
  return { backend, isa, threads, whyNotNative: chosen!.whyNotNative }
}

/**
 * A backend beside the one in use, for tests and benchmarks.
 * @throws MISSING if the backend is not built.
 */
export function loadKernels(backend: Kernels['backend'], threads: number): Kernels {
  return backend === 'native' ? createNativeKernels(threads) : createWasmKernels(threads)
}

/**
 * For processes that live long: memory of all threads comes from one arena of the C library. With an arena for each thread, what is resident
 * rises for hours, as requests that come to other threads touch further pages of theirs. To be called before there are many threads.
 *
 * @returns false without native kernels, or with another C library than glibc: MALLOC_ARENA_MAX=1 does the same there where anything does
 */
export function keepOneArena(): boolean {
  return kernels().backend === 'native' && oneArena()
}

/** Zeros on the kernel heap, cleared by all threads: for arrays too long for `heap.f32`'s one. */
export function zeros(length: number): Float32Array {
  const out = heap.scratchF32(length)
  kernels().fill(0, out)
  return out
}

function choose(): NonNullable<typeof chosen> {
  const forced = process.env['HOMOPHILY_BACKEND'] || undefined
  if (forced !== undefined && forced !== 'native' && forced !== 'wasm') {
    throw fail('ARGUMENT', { what: 'HOMOPHILY_BACKEND', expected: 'native or wasm', got: forced })
  }
  const threads = threadsFromEnvironment()
  let whyNotNative = 'HOMOPHILY_BACKEND=wasm'
  if (forced !== 'wasm') {
    try {
      const native = createNativeKernels(threads)
      heap.allowExternal = true
      return { kernels: native, whyNotNative: null }
    } catch (error) {
      if (forced === 'native') throw error
      whyNotNative = error instanceof Error ? error.message : String(error)
    }
  }
  return { kernels: createWasmKernels(threads), whyNotNative }
}

function threadsFromEnvironment(): number {
  const text = process.env['HOMOPHILY_THREADS'] || undefined
  if (text === undefined) return availableParallelism()
  const threads = Number(text)
  if (!Number.isInteger(threads) || threads < 1 || threads > 256) {
    throw fail('ARGUMENT', { what: 'HOMOPHILY_THREADS', expected: 'a whole number from 1 to 256', got: text })
  }
  return threads
}
