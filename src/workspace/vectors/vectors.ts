/** Vectors with ids, as files hold them; what every format writes and reads. */
import { isUtf8 } from 'node:buffer'
import { fail } from '../../errors.ts'
import { encode, Vocabulary } from '../../data/vocabulary.ts'
import { InternTable } from '../../data/interning.ts'
import { excerpt } from '../../data/report.ts'

export interface Vectors {
  readonly nodes: Vocabulary
  readonly dim: number
  /** nodes.size × dim. */
  readonly data: Float32Array
}

/** A place in a file, for messages: a line of text, or the number of a vector (both from 1). */
export interface Place {
  readonly file: string
  readonly line?: number
}

/** Gathers vectors one by one, refusing what cannot be one. */
export class VectorBuilder {
  readonly dim: number
  readonly #ids = new InternTable()
  #data: Float32Array<ArrayBuffer>
  #size = 0

  /** `expected`: how many there will be, where the file says so; memory is taken as they come. */
  constructor(dim: number, expected = 1024) {
    this.dim = dim
    this.#data = new Float32Array(dim * Math.max(1, Math.min(expected, 2 ** 16)))
  }

  get size(): number {
    return this.#size
  }

  /** Numbers the id, and answers where its vector goes: `dim` numbers, valid until the next id. */
  add(id: string, place: Place): Float32Array {
    const { bytes, length } = encode(id)
    if (this.#ids.intern(bytes, 0, length) !== this.#size) {
      throw fail('DATA', { ...place, expected: 'every id once', got: `${excerpt(id)} again` })
    }
    const from = this.#size * this.dim
    if (from === this.#data.length) {
      const grown = new Float32Array(this.#data.length * 2)
      grown.set(this.#data)
      this.#data = grown
    }
    this.#size++
    return this.#data.subarray(from, from + this.dim)
  }

  finish(file: string): Vectors {
    if (this.#size === 0) throw noVectors(file)
    return {
      nodes: Vocabulary.fromTable(this.#ids),
      dim: this.dim,
      data: this.#data.slice(0, this.#size * this.dim),
    }
  }
}

/** Vectors from whole tables, as the formats that have them store them. */
export function vectorsFromTable(
  file: string,
  ids: readonly string[],
  data: Float32Array,
  dim: number,
): Vectors {
  if (ids.length === 0) throw noVectors(file)
  checkDim(dim, { file })
  for (let k = 0; k < data.length; k++) {
    if (Number.isFinite(data[k])) continue
    const row = Math.floor(k / dim)
    throw notFinite({ file, line: row + 1 }, ids[row], k % dim, String(data[k]))
  }
  const table = new VectorBuilder(0)
  ids.forEach((id, row) => table.add(id, { file, line: row + 1 }))
  return { nodes: table.finish(file).nodes, dim, data }
}

/** The text of an id in a file, which must be UTF-8. */
export function idText(bytes: Uint8Array, place: Place): string {
  if (isUtf8(bytes)) return decoder.decode(bytes)
  throw fail('DATA', { ...place, expected: 'an id in UTF-8', got: excerpt(decoder.decode(bytes)) })
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export function checkDim(dim: number, place: Place): void {
  if (Number.isInteger(dim) && dim >= 1 && dim <= 2 ** 20) return
  throw fail('DATA', { ...place, expected: 'vectors of 1 to 1,048,576 numbers', got: String(dim) })
}

export function notFinite(place: Place, id: string, column: number, got: string): Error {
  return fail('DATA', {
    ...place,
    expected: `a finite number at place ${column + 1} of the vector of ${excerpt(id)}`,
    got,
  })
}

function noVectors(file: string): Error {
  return fail('EMPTY', { what: `${file} has no vectors`, todo: 'Give a file with at least one.' })
}
