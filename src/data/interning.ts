/**
 * A growing set of byte strings numbered from 0 in order of insertion: all bytes in one array, their offsets in another, and an
 * open-addressing hash table (linear probing, at most half full) of row numbers. About 20 bytes per id on top of its text.
 */
import { fail } from '../errors.ts'

const MAX_BYTES = 0xffffffff

export class InternTable {
  #size = 0
  #bytes: Uint8Array<ArrayBuffer>
  /** Row r's text is bytes[offsets[r] … offsets[r+1]). */
  #offsets: Uint32Array<ArrayBuffer>
  /** Two words a slot, so that a look-up touches one cache line: row number + 1 (0 where free), and the hash. */
  #slots: Int32Array<ArrayBuffer>

  constructor(expected = 512) {
    const capacity = Math.max(16, expected)
    this.#bytes = new Uint8Array(capacity * 12)
    this.#offsets = new Uint32Array(capacity + 1)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2) + 1))
  }

  get size(): number {
    return this.#size
  }

  /** The row of source[start … end), or −1. */
  find(source: Uint8Array, start: number, end: number): number {
    return this.#slots[this.#probe(source, start, end, hash(source, start, end))] - 1
  }

  /** The row of source[start … end), added if it is new. */
  intern(source: Uint8Array, start: number, end: number): number {
    const h = hash(source, start, end)
    const slot = this.#probe(source, start, end, h)
    const found = this.#slots[slot]
    return found > 0 ? found - 1 : this.#add(source, start, end, h, slot)
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
  #probe(source: Uint8Array, start: number, end: number, h: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    const length = end - start
    for (let slot = (h << 1) & mask; ; slot = (slot + 2) & mask) {
      const row = slots[slot] - 1
      if (row < 0) return slot
      if (slots[slot + 1] !== h) continue
      const offset = this.#offsets[row]
      if (this.#offsets[row + 1] - offset !== length) continue
      const bytes = this.#bytes
      let i = 0
      while (i < length && bytes[offset + i] === source[start + i]) i++
      if (i === length) return slot
    }
  }

  #add(source: Uint8Array, start: number, end: number, h: number, slot: number): number {
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
    this.#slots[slot] = row + 1
    this.#slots[slot + 1] = h
    this.#size = row + 1
    if (this.#size * 4 > this.#slots.length) this.#rehash()
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
    for (let from = 0; from < old.length; from += 2) {
      if (old[from] === 0) continue
      let slot = (old[from + 1] << 1) & mask
      while (slots[slot] !== 0) slot = (slot + 2) & mask
      slots[slot] = old[from]
      slots[slot + 1] = old[from + 1]
    }
    this.#slots = slots
  }
}

/** Four bytes at a time, multiply and rotate, then a finaliser (multiplications carry only upwards). */
function hash(source: Uint8Array, start: number, end: number): number {
  let h = end - start
  let i = start
  for (; i + 4 <= end; i += 4) {
    const word = source[i] | (source[i + 1] << 8) | (source[i + 2] << 16) | (source[i + 3] << 24)
    h = Math.imul(h ^ word, 0x9e3779b1)
    h ^= h >>> 15
  }
  for (; i < end; i++) h = Math.imul(h ^ source[i], 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x2c1b3c6d)
  return h ^ (h >>> 13)
}
