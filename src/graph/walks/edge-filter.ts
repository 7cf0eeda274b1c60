/**
 * A quick no to whether there is an edge: a bit per hash value, 8 to 16 bits per entry of the matrix (a Bloom filter with one hash
 * function). A pair whose bit is not set is no edge; the others, at most one pair in eight of those that are none, have to be looked up.
 */
import { mix } from '../../random.ts'

export class EdgeFilter {
  readonly #bits: Int32Array
  readonly #mask: number

  constructor(indptr: Uint32Array, indices: Int32Array) {
    const bits = 2 ** Math.min(32, Math.ceil(Math.log2(Math.max(32, indices.length * 8))))
    this.#bits = new Int32Array(bits / 32)
    this.#mask = bits / 32 - 1
    for (let v = 0; v + 1 < indptr.length; v++) {
      for (let e = indptr[v]; e < indptr[v + 1]; e++) {
        const h = hash(v, indices[e])
        this.#bits[(h >>> 5) & this.#mask] |= 1 << h
      }
    }
  }

  /** False: there is no edge from v to w. True: there may be one. */
  mayHold(v: number, w: number): boolean {
    const h = hash(v, w)
    return ((this.#bits[(h >>> 5) & this.#mask] >>> h) & 1) === 1
  }
}

function hash(v: number, w: number): number {
  return mix(Math.imul(v, 0x9e3779b1) ^ (w + 0x7f4a7c15))
}
