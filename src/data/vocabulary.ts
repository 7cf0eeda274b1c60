/** Ids ↔ rows. Ids are strings of any content; rows are 0 … size − 1. */
import { fail, quote } from '../errors.ts'
import { runSync, type Steps } from '../steps.ts'
import { InternTable } from './interning.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
let scratch = new Uint8Array(1024)

/** Writes the UTF-8 of `text` into a shared buffer; valid until the next call. */
export function encode(text: string): { bytes: Uint8Array; length: number } {
  if (scratch.length < text.length * 3) scratch = new Uint8Array(text.length * 6)
  return { bytes: scratch, length: encoder.encodeInto(text, scratch).written }
}

/** Ids that are numbered in one step: about a millisecond's work. */
const STEP = 2048

/** An immutable numbering of ids, kept as UTF-8 (no JavaScript string per id). */
export class Vocabulary implements Iterable<string> {
  readonly #table: InternTable

  private constructor(table: InternTable) {
    this.#table = table
  }

  /** Numbers `ids` in the order given. An id that comes twice is an error. */
  static from(ids: Iterable<string>): Vocabulary {
    return runSync(Vocabulary.numbering(ids))
  }

  /** {@link from} in steps. */
  static *numbering(ids: Iterable<string>): Steps<Vocabulary> {
    const table = new InternTable(Array.isArray(ids) ? ids.length : undefined)
    let row = 0
    for (const id of ids) {
      const { bytes, length } = encode(id)
      const at = table.intern(bytes, 0, length)
      if (at !== row) {
        throw fail('ARGUMENT', {
          what: 'Vocabulary.from',
          expected: 'every id once',
          got: `${quote(id)} at positions ${at} and ${row}`,
        })
      }
      if (++row % STEP === 0) yield
    }
    return Vocabulary.fromTable(table)
  }

  /** @internal Takes over a filled table, which must not change any more. */
  static fromTable(table: InternTable): Vocabulary {
    table.trim()
    return new Vocabulary(table)
  }

  get size(): number {
    return this.#table.size
  }

  /** The id of a row. */
  id(row: number): string {
    if (!Number.isInteger(row) || row < 0 || row >= this.size) {
      throw fail('ARGUMENT', {
        what: 'Vocabulary.id',
        expected: `a row from 0 to ${this.size - 1}`,
        got: String(row),
      })
    }
    return decoder.decode(this.#table.text(row))
  }

  /** The row of an id, or −1 if it is unknown. */
  row(id: string): number {
    const { bytes, length } = encode(id)
    return this.#table.find(bytes, 0, length)
  }

  /** @internal The row of an id given as UTF-8, or −1. */
  rowOfBytes(source: Uint8Array, start: number, end: number): number {
    return this.#table.find(source, start, end)
  }

  /** The row of an id; an unknown one is an error that lists the nearest known ids. `kind`: "user", "item". */
  rowOrThrow(id: string, kind: string): number {
    const row = this.row(id)
    if (row < 0) throw fail('UNKNOWN_NAME', { kind, name: id, known: this })
    return row
  }

  *[Symbol.iterator](): Iterator<string> {
    for (let row = 0; row < this.size; row++) yield this.id(row)
  }

  /** All ids in the order of their rows. */
  ids(): string[] {
    return [...this]
  }
}
