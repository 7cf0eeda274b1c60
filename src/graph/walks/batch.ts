/** Walks that are made together, in buffers that are used again. */
import type { Sentences } from '../sentences.ts'
import { seedWalk, type WalkKey } from './generator.ts'

/** Tokens of a batch, about. */
const TOKENS = 2 ** 17

export class WalkBatch {
  /** Nodes of a walk at most. */
  readonly length: number
  readonly key: WalkKey
  readonly capacity: number
  /** Start node and repetition of each walk: with the key, its identity. */
  readonly starts: Int32Array
  readonly repetitions: Int32Array
  /** Walk k is tokens[k · length] … before {@link sentences} moves them together. */
  readonly tokens: Int32Array
  readonly lengths: Int32Array
  readonly #offsets: Uint32Array
  count = 0

  constructor(length: number, key: WalkKey) {
    this.length = length
    this.key = key
    this.capacity = Math.max(1, Math.floor(TOKENS / length))
    this.starts = new Int32Array(this.capacity)
    this.repetitions = new Int32Array(this.capacity)
    this.tokens = new Int32Array(this.capacity * length)
    this.lengths = new Int32Array(this.capacity)
    this.#offsets = new Uint32Array(this.capacity + 1)
  }

  get full(): boolean {
    return this.count === this.capacity
  }

  add(start: number, repetition: number): void {
    this.starts[this.count] = start
    this.repetitions[this.count++] = repetition
  }

  /** Sets walks from … from + count − 1 to their starts: generator k of `states` and active[k] = k are those of walk from + k. */
  begin(from: number, count: number, states: Int32Array, active: Int32Array): void {
    for (let k = 0; k < count; k++) {
      const start = this.starts[from + k]
      seedWalk(states, k, this.key, start, this.repetitions[from + k])
      this.tokens[(from + k) * this.length] = start
      this.lengths[from + k] = this.length
      active[k] = k
    }
  }

  /** The walks as sentences, in these buffers, and an empty batch. */
  sentences(): Sentences {
    const { count, length, tokens, lengths } = this
    const offsets = this.#offsets
    let at = 0
    for (let k = 0; k < count; k++) {
      if (at !== k * length) tokens.copyWithin(at, k * length, k * length + lengths[k])
      at += lengths[k]
      offsets[k + 1] = at
    }
    this.count = 0
    return { tokens: tokens.subarray(0, at), offsets: offsets.subarray(0, count + 1) }
  }
}
