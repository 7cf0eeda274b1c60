/** Hides edges of a bipartite graph while they are to be predicted: what is asked for is not in the graph. */
import { heap } from '../kernels/heap.ts'
import type { Random } from '../random.ts'
import type { Sparse } from '../tensor/sparse.ts'

/**
 * Edges of `interactions` within `graph`, its normalised bipartite adjacency (see `normalizedBipartite`), whose values are changed
 * in place: `hide` zeroes both directions of edges and `restore` puts them back.
 */
export class EdgeMask {
  readonly #values: Float32Array
  readonly #kept: Float32Array
  /** Where the two directions of interaction e stand in the graph. */
  readonly #forth: Uint32Array
  readonly #back: Uint32Array
  #hidden: Uint32Array = new Uint32Array(0)

  /** @param rowOf the row of the graph that stands for each node, users first; nodes stand in their order if left out */
  constructor(interactions: Sparse, graph: Sparse, rowOf: Int32Array | null = null) {
    const { rows: users, nnz } = interactions
    this.#values = graph.values!
    this.#kept = this.#values.slice()
    this.#forth = new Uint32Array(nnz)
    this.#back = new Uint32Array(nnz)
    const row = (node: number): number => rowOf?.[node] ?? node
    for (let u = 0; u < users; u++) {
      const from = row(u)
      for (let e = interactions.indptr[u]; e < interactions.indptr[u + 1]; e++) {
        const to = row(users + interactions.indices[e])
        this.#forth[e] = graph.find(from, to)
        this.#back[e] = graph.find(to, from)
      }
    }
  }

  /** Hides these interactions, given by their places; they may repeat. */
  hide(entries: Uint32Array): void {
    this.#hidden = entries.slice()
    for (const e of entries) this.#values[this.#forth[e]] = this.#values[this.#back[e]] = 0
  }

  restore(): void {
    for (const e of this.#hidden) {
      this.#values[this.#forth[e]] = this.#kept[this.#forth[e]]
      this.#values[this.#back[e]] = this.#kept[this.#back[e]]
    }
    this.#hidden = new Uint32Array(0)
  }
}

export interface HeldOut {
  /** Rows of the users of the hidden interactions, ascending, on the kernel heap. */
  readonly users: Int32Array
  /** Rows of their items, counted from the first item, on the kernel heap. */
  readonly items: Int32Array
}

/** Cuts the edges of a graph into folds and hides one at a time. */
export class EdgeFolds {
  readonly #interactions: Sparse
  readonly #mask: EdgeMask
  readonly #userOf: Int32Array
  readonly #folds: number
  readonly #rng: Random
  #order: Uint32Array

  constructor(interactions: Sparse, graph: Sparse, folds: number, rng: Random) {
    const { nnz } = interactions
    this.#interactions = interactions
    this.#mask = new EdgeMask(interactions, graph)
    this.#folds = Math.min(folds, Math.max(2, nnz))
    this.#rng = rng
    this.#order = Uint32Array.from({ length: nnz }, (_, e) => e)
    this.#userOf = new Int32Array(nnz)
    for (let u = 0; u < interactions.rows; u++)
      this.#userOf.fill(u, interactions.indptr[u], interactions.indptr[u + 1])
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
      users[k] = this.#userOf[e]!
      items[k] = indices[e]!
    })
    this.#mask.hide(edges)
    return { users, items }
  }

  restore(): void {
    this.#mask.restore()
  }
}
