/**
 * Where tensors live: one shared WebAssembly memory that both backends read and write in place. Blocks are recycled through
 * free lists by size class, and belong to a {@link Region}; a region that is closed gives all its blocks back at once. A
 * training step runs in a region of its own, so a steady loop reuses the same blocks and allocates nothing.
 *
 * Memory of a closed region must not be touched again: what outlives a region is allocated outside it or copied out.
 */
import { fail } from '../errors.ts'
import type { Steps } from '../steps.ts'

const PAGE = 65536
const MAX_PAGES = 65536
/** Below this lie the WASM module's static data and control words. */
export const HEAP_BASE = 1 << 20
const GROWTH = 256
/** Numbers that are copied in one step. */
const STEP = 2 ** 18

interface Block {
  readonly offset: number
  readonly sizeClass: number
}

/** A set of blocks that are given back together. */
export class Region {
  /** @internal */ readonly blocks: Block[] = []
}

export class Heap {
  /** @internal */ readonly memory = new WebAssembly.Memory({
    initial: HEAP_BASE / PAGE + GROWTH,
    maximum: MAX_PAGES,
    shared: true,
  })
  /** Whether arrays beyond the 4 GiB of WebAssembly memory may be given out (the native backend can use them). */
  allowExternal = false
  #top = HEAP_BASE
  #bytesInUse = 0
  readonly #free = new Map<number, number[]>()
  readonly #root = new Region()
  #current = this.#root

  /** Bytes ever taken from the system; a steady loop leaves it unchanged. */
  get bytesReserved(): number {
    return this.#top - HEAP_BASE
  }
  /** The region that allocations go to now. */
  get region(): Region {
    return this.#current
  }
  /** Bytes in blocks that are allocated now. */
  get bytesInUse(): number {
    return this.#bytesInUse
  }

  f32(length: number): Float32Array {
    return this.scratchF32(length).fill(0)
  }
  /** Like {@link f32}, but with undefined contents. */
  scratchF32(length: number): Float32Array {
    const [buffer, offset] = this.#allocate(length * 4)
    return new Float32Array(buffer, offset, length)
  }
  i32(length: number): Int32Array {
    const [buffer, offset] = this.#allocate(length * 4)
    return new Int32Array(buffer, offset, length).fill(0)
  }
  u32(length: number): Uint32Array {
    const [buffer, offset] = this.#allocate(length * 4)
    return new Uint32Array(buffer, offset, length).fill(0)
  }
  u8(length: number): Uint8Array {
    const [buffer, offset] = this.#allocate(length)
    return new Uint8Array(buffer, offset, length).fill(0)
  }

  /** The array itself if kernels can reach it where it is, else a copy in the open region. */
  place<T extends Float32Array | Int32Array | Uint32Array | Uint8Array>(array: T): T {
    return array.buffer instanceof SharedArrayBuffer ? array : this.copy(array)
  }

  /** A copy in the open region, to outlive the region that `array` belongs to; arrays beyond 4 GiB belong to none and stay. */
  copy<T extends Float32Array | Int32Array | Uint32Array | Uint8Array>(array: T): T {
    const out = this.#like(array)
    if (out !== array) out.set(array)
    return out
  }

  /** Room for a copy of `array`, or `array` itself where it stays. */
  #like<T extends Float32Array | Int32Array | Uint32Array | Uint8Array>(array: T): T {
    if (array.buffer instanceof SharedArrayBuffer && array.byteOffset < HEAP_BASE && array.length > 0)
      return array
    const [buffer, offset] = this.#allocate(array.byteLength)
    const constructor = array.constructor as new (
      buffer: SharedArrayBuffer,
      offset: number,
      length: number,
    ) => T
    return new constructor(buffer, offset, array.length)
  }

  /** {@link copy} into `region`, in steps. */
  *copying<T extends Float32Array | Int32Array | Uint32Array | Uint8Array>(
    array: T,
    region: Region,
  ): Steps<T> {
    const out = this.within(region, () => this.#like(array))
    if (out === array) return out
    for (let from = 0; from < array.length; from += STEP) {
      out.set(array.subarray(from, from + STEP), from)
      yield
    }
    return out
  }

  /** {@link place}, with copies in `region`, in steps. */
  *placing<T extends Float32Array | Int32Array | Uint32Array | Uint8Array>(
    array: T,
    region: Region,
  ): Steps<T> {
    return array.buffer instanceof SharedArrayBuffer ? array : yield* this.copying(array, region)
  }

  /** Runs `work` with allocations going to `region`, which stays open. */
  within<T>(region: Region, work: () => T): T {
    const outer = this.#current
    this.#current = region
    try {
      return work()
    } finally {
      this.#current = outer
    }
  }

  /** Runs `work` in a region of its own and gives its blocks back; `work` must not return anything allocated inside. */
  scope<T>(work: () => T): T {
    const region = new Region()
    try {
      return this.within(region, work)
    } finally {
      this.close(region)
    }
  }

  /** Gives back all blocks of `region`, which can be used again. */
  close(region: Region): void {
    for (const { offset, sizeClass } of region.blocks) {
      this.#bytesInUse -= sizeClass
      const list = this.#free.get(sizeClass)
      if (list) list.push(offset)
      else this.#free.set(sizeClass, [offset])
    }
    region.blocks.length = 0
  }

  #allocate(bytes: number): [SharedArrayBuffer, number] {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw fail('ARGUMENT', { what: 'heap', expected: 'a size of 0 bytes or more', got: String(bytes) })
    }
    const sizeClass = roundUp(bytes)
    let offset = this.#free.get(sizeClass)?.pop()
    if (offset === undefined) {
      offset = this.#top
      if (offset + sizeClass > MAX_PAGES * PAGE) return [this.#external(bytes), 0]
      const missing = Math.ceil((offset + sizeClass - this.memory.buffer.byteLength) / PAGE)
      if (missing > 0) {
        const pages = Math.min(Math.max(missing, GROWTH), MAX_PAGES - this.memory.buffer.byteLength / PAGE)
        this.memory.grow(pages)
      }
      this.#top += sizeClass
    }
    this.#bytesInUse += sizeClass
    this.#current.blocks.push({ offset, sizeClass })
    return [this.memory.buffer, offset]
  }

  /** Beyond WebAssembly's reach: a buffer of its own, freed by the garbage collector. */
  #external(bytes: number): SharedArrayBuffer {
    if (!this.allowExternal) {
      throw fail('TOO_LARGE', {
        what: 'this job',
        needs: `another ${Math.ceil(bytes / 2 ** 20)} MiB`,
        has: 'a 4 GiB memory, now full, on the wasm backend',
        todo: 'Use the native backend (HOMOPHILY_BACKEND=native), which has no such limit, or a smaller embedding size.',
      })
    }
    return new SharedArrayBuffer(bytes)
  }
}

/** Size classes of 1, 1.25, 1.5, 1.75 × 2ᵏ, at least 64 bytes, all multiples of 64 from 256 up: under 25 % is lost. */
function roundUp(bytes: number): number {
  if (bytes <= 256) return Math.max(64, Math.ceil(bytes / 64) * 64)
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2)
  return Math.ceil(bytes / step) * step
}

/** The one heap of this thread. */
export const heap = new Heap()
