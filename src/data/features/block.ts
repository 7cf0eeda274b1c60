/** What one column of a table becomes: some columns of the matrix. */
import { Sparse } from '../../tensor/sparse.ts'

export interface Block {
  /** Row c: the entries of the column's text c; the last row: those of a cell of which nothing is known. */
  readonly entries: Sparse
  /** Texts with something that the plan has not seen. */
  readonly unseen: Uint8Array
}

/** Builds a {@link Block} text by text. */
export class BlockBuilder {
  readonly #width: number
  readonly #indptr: number[] = [0]
  readonly #indices: number[] = []
  readonly #values: number[] = []
  readonly #unseen: number[] = []

  constructor(width: number) {
    this.#width = width
  }

  /** The entries of the next text: columns in any order, each once; zeros are left out. */
  add(entries: Iterable<readonly [column: number, value: number]>, unseen = false): void {
    const kept = [...entries].filter(([, value]) => value !== 0).sort(([a], [b]) => a - b)
    for (const [column, value] of kept) {
      this.#indices.push(column)
      this.#values.push(value)
    }
    this.#indptr.push(this.#indices.length)
    this.#unseen.push(unseen ? 1 : 0)
  }

  /** After all texts: the entries of nothing. */
  finish(missing: Iterable<readonly [column: number, value: number]>): Block {
    this.add(missing)
    const rows = this.#indptr.length - 1
    return {
      entries: new Sparse(
        rows,
        this.#width,
        Uint32Array.from(this.#indptr),
        Int32Array.from(this.#indices),
        Float32Array.from(this.#values),
      ),
      unseen: Uint8Array.from(this.#unseen.slice(0, -1)),
    }
  }
}
