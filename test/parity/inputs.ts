/** Seeded inputs for the parity tests, in the kernel heap. */
import { Random } from '../../src/random.ts'
import { heap } from '../../src/kernels/heap.ts'

export class Inputs {
  readonly #rng = new Random(7)

  /** Numbers in (−1.5, 1.5), thicker in the middle. */
  floats(length: number): Float32Array {
    return this.fill(length, () => this.#rng.float() + this.#rng.float() + this.#rng.float() - 1.5)
  }
  /** Numbers in [0.05, 1.05). */
  positive(length: number): Float32Array {
    return this.fill(length, () => 0.05 + this.#rng.float())
  }
  filled(length: number, value: number): Float32Array {
    return heap.f32(length).fill(value)
  }
  fill(length: number, value: (i: number) => number): Float32Array {
    const out = heap.f32(length)
    for (let i = 0; i < length; i++) out[i] = value(i)
    return out
  }
  /** Row numbers below `below`, in no order, with repeats. */
  index(length: number, below: number): Int32Array {
    const out = heap.i32(length)
    for (let i = 0; i < length; i++) out[i] = this.#rng.int(below)
    return out
  }
  bytes(length: number, share: number): Uint8Array {
    const out = heap.u8(length)
    for (let i = 0; i < length; i++) out[i] = this.#rng.float() < share ? 1 : 0
    return out
  }
  /** A CSR pattern with about `mean` entries a row; every fourth row has none. */
  sparse(rows: number, cols: number, mean: number): { indptr: Uint32Array; indices: Int32Array } {
    const indptr = heap.u32(rows + 1)
    const indices: number[] = []
    for (let r = 0; r < rows; r++) {
      const share = r % 4 === 3 ? 0 : (mean / Math.max(1, cols)) * (r % 7 === 0 ? 4 : 1)
      for (let c = 0; c < cols; c++) if (this.#rng.float() < share) indices.push(c)
      indptr[r + 1] = indices.length
    }
    return { indptr, indices: heap.place(Int32Array.from(indices)) }
  }
}
