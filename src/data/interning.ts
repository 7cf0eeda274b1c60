/**
 * A growing set of byte strings numbered from 0 in order of insertion: all bytes in one array, their offsets in another, and an
 * open-addressing hash table (linear probing, at most four fifths full). 24 to 44 bytes per id on top of its text.
 */
import { fail } from '../errors.ts'

const MAX_BYTES = 0xffffffff

/** Texts up to this length stand in the hash table itself, so that a look-up waits for memory once. */
const SHORT = 8
/** Of a short text's first and last four bytes, those that belong to it, by its length. */
const FIRST = Int32Array.from([0, 0xff, 0xffff, 0xffffff, -1, -1, -1, -1, -1])
const LAST = Int32Array.from([0, 0, 0, 0, 0, 0xff, 0xffff, 0xffffff, -1])

export class InternTable {
  #size = 0
  #bytes: Uint8Array<ArrayBuffer>
  /** Row r's text is bytes[offsets[r] … offsets[r+1]). */
  #offsets: Uint32Array<ArrayBuffer>
  /**
   * Four words a slot, so that it lies in one cache line: row number + 1 (0 where free), the length of the text, and its bytes if it is
   * short, else its hash and its offset.
   */
  #slots: Int32Array<ArrayBuffer>

  constructor(expected = 512) {
    const capacity = Math.max(16, expected)
    this.#bytes = new Uint8Array(capacity * 12)
    this.#offsets = new Uint32Array(capacity + 1)
    this.#slots = new Int32Array(4 * 2 ** Math.ceil(Math.log2(capacity * 2)))
  }

  get size(): number {
    return this.#size
  }

  /** The row of source[start … end), or −1. */
  find(source: Uint8Array, start: number, end: number): number {
    return this.#slots[this.#probe(source, start, end)] - 1
  }

  /** The row of source[start … end), added if it is new. */
  intern(source: Uint8Array, start: number, end: number): number {
    const slot = this.#probe(source, start, end)
    const found = this.#slots[slot]
    return found > 0 ? found - 1 : this.#add(source, start, end, slot)
  }

  /** The text of a row as bytes (a view). */
  text(row: number): Uint8Array {
    return this.#bytes.subarray(this.#offsets[row], this.#offsets[row + 1])
  }

  /** Gives back what was reserved for growth. */
  trim(): void {
    this.#bytes = this.#bytes.slice(0, this.#offsets[this.#size])
    this.#offsets = this.#offsets.slice(0, this.#size + 1)
  }

  /** The slot that holds this text, or the free one where it belongs. */
  #probe(source: Uint8Array, start: number, end: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    const length = end - start
    if (length > SHORT) {
      const h = hash(source, start, end)
      for (let slot = (h << 2) & mask; ; slot = (slot + 4) & mask) {
        if (slots[slot] === 0) return slot
        if (slots[slot + 1] !== length || slots[slot + 2] !== h) continue
        const bytes = this.#bytes
        const offset = slots[slot + 3] >>> 0
        let i = 0
        while (i < length && bytes[offset + i] === source[start + i]) i++
        if (i === length) return slot
      }
    }
    const first = word(source, start) & FIRST[length]
    const last = word(source, start + 4) & LAST[length]
    for (let slot = (mix(length, first, last) << 2) & mask; ; slot = (slot + 4) & mask) {
      if (slots[slot] === 0) return slot
      if (slots[slot + 1] === length && slots[slot + 2] === first && slots[slot + 3] === last) return slot
    }
  }

  #add(source: Uint8Array, start: number, end: number, slot: number): number {
    const row = this.#size
    const offset = this.#offsets[row]
    const length = end - start
    if (offset + length > MAX_BYTES) {
      throw fail('TOO_LARGE', {
        what: 'The vocabulary',
        needs: 'more than 4 GiB for the text of its ids',
        has: '4 GiB',
        todo: 'Use shorter ids.',
      })
    }
    if (row + 1 === this.#offsets.length) this.#growRows()
    if (offset + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(MAX_BYTES, Math.max(this.#bytes.length * 2, offset + length)))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    for (let i = 0; i < length; i++) this.#bytes[offset + i] = source[start + i]
    this.#offsets[row + 1] = offset + length
    const slots = this.#slots
    slots[slot] = row + 1
    slots[slot + 1] = length
    slots[slot + 2] = length > SHORT ? hash(source, start, end) : word(source, start) & FIRST[length]
    slots[slot + 3] = length > SHORT ? offset : word(source, start + 4) & LAST[length]
    this.#size = row + 1
    if (this.#size * 5 > slots.length) this.#rehash()
    return row
  }

  #growRows(): void {
    const offsets = new Uint32Array(Math.max(16, this.#offsets.length * 2))
    offsets.set(this.#offsets)
    this.#offsets = offsets
  }

  #rehash(): void {
    const old = this.#slots
    const slots = new Int32Array(old.length * 2)
    const mask = slots.length - 1
    for (let from = 0; from < old.length; from += 4) {
      if (old[from] === 0) continue
      const length = old[from + 1]
      const h = length > SHORT ? old[from + 2] : mix(length, old[from + 2], old[from + 3])
      let slot = (h << 2) & mask
      while (slots[slot] !== 0) slot = (slot + 4) & mask
      for (let w = 0; w < 4; w++) slots[slot + w] = old[from + w]
    }
    this.#slots = slots
  }
}

/** Four bytes as a number; what lies behind the end is 0. */
function word(source: Uint8Array, at: number): number {
  return source[at] | (source[at + 1] << 8) | (source[at + 2] << 16) | (source[at + 3] << 24)
}

/** The hash of a short text. */
function mix(length: number, first: number, last: number): number {
  let h = Math.imul(length ^ first, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 15) ^ last, 0x9e3779b1)
  return finished(h ^ (h >>> 15))
}

/** Four bytes at a time, multiply and rotate, then a finaliser (multiplications carry only upwards). */
function hash(source: Uint8Array, start: number, end: number): number {
  let h = end - start
  let i = start
  for (; i + 4 <= end; i += 4) {
    h = Math.imul(h ^ word(source, i), 0x9e3779b1)
    h ^= h >>> 15
  }
  for (; i < end; i++) h = Math.imul(h ^ source[i], 0x01000193)
  return finished(h)
}

function finished(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x2c1b3c6d)
  return h ^ (h >>> 13)
}
