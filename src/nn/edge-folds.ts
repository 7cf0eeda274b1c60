/** Cuts the edges of a bipartite graph into folds and hides one at a time: what is to be predicted is not in the graph. */
import { heap } from '../kernels/heap.ts'
import type { Random } from '../random.ts'
import type { Sparse } from '../tensor/sparse.ts'

export interface HeldOut {
  /** Rows of the users of the hidden interactions, ascending, on the kernel heap. */
  readonly users: Int32Array
  /** Rows of their items, counted from the first item, on the kernel heap. */
  readonly items: Int32Array
}

/**
 * Folds of `interactions` within `graph`, its normalised bipartite adjacency (see `normalizedBipartite`), whose values are
 * changed in place: `hide` zeroes both directions of the fold's edges and `restore` puts them back.
 */
export class EdgeFolds {
  readonly #interactions: Sparse
  readonly #values: Float32Array
  readonly #kept: Float32Array
  /** Place of interaction e in the item half of the graph. */
  readonly #mirror: Uint32Array
  readonly #userOf: Int32Array
  readonly #folds: number
  readonly #rng: Random
  #order: Uint32Array
  #hidden: Uint32Array | null = null

  constructor(interactions: Sparse, graph: Sparse, folds: number, rng: Random) {
    const { nnz } = interactions
    this.#interactions = interactions
    this.#values = graph.values!
    this.#kept = this.#values.slice()
    this.#folds = Math.min(folds, Math.max(2, nnz))
    this.#rng = rng
    this.#order = Uint32Array.from({ length: nnz }, (_, e) => e)
    this.#mirror = new Uint32Array(nnz)
    this.#userOf = new Int32Array(nnz)
    const next = interactions.transposed.indptr.slice()
    for (let u = 0; u < interactions.rows; u++) {
      for (let e = interactions.indptr[u]; e < interactions.indptr[u + 1]; e++) {
        this.#userOf[e] = u
        this.#mirror[e] = nnz + next[interactions.indices[e]]++
      }
    }
  }

  /** Hides the fold of this step and answers its interactions. Folds are drawn anew once all have been hidden. */
  hide(step: number): HeldOut {
    const fold = step % this.#folds
    if (fold === 0) this.#order = this.#rng.stream(step).shuffle(this.#order)
    const { nnz, indices } = this.#interactions
    const from = Math.floor((fold * nnz) / this.#folds)
    const to = Math.floor(((fold + 1) * nnz) / this.#folds)
    const edges = this.#order.slice(from, to).sort()
    const users = heap.i32(edges.length)
    const items = heap.i32(edges.length)
    edges.forEach((e, k) => {
      this.#values[e] = 0
      this.#values[this.#mirror[e]] = 0
      users[k] = this.#userOf[e]!
      items[k] = indices[e]!
    })
    this.#hidden = edges
    return { users, items }
  }

  restore(): void {
    for (const e of this.#hidden ?? []) {
      this.#values[e] = this.#kept[e]!
      this.#values[this.#mirror[e]] = this.#kept[this.#mirror[e]]!
    }
    this.#hidden = null
  }
}
