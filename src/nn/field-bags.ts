/** Fields of side information as averages: an item's vector in a field is the mean of those of its values. */
import { heap } from '../kernels/heap.ts'
import { Sparse } from '../tensor/sparse.ts'
import { BatchNodes } from './pair-batches.ts'

/** The values that some items have, numbered locally. */
export interface LocalBag {
  /** Values by place. */
  readonly values: Int32Array
  /** Items × places, each row summing to one or empty; on the kernel heap, with its transpose. */
  readonly mean: Sparse
}

export class FieldBags {
  readonly #features: Sparse
  readonly #places: BatchNodes

  /** @param features items × values: which values each item has */
  constructor(features: Sparse) {
    this.#features = features
    this.#places = new BatchNodes(Int32Array.from({ length: features.cols }, (_, value) => value))
  }

  get values(): number {
    return this.#features.cols
  }

  has(item: number): boolean {
    return this.#features.degree(item) > 0
  }

  /** The bags of `items`, in the region that is open. */
  local(items: ArrayLike<number>): LocalBag {
    const f = this.#features
    const indptr = heap.u32(items.length + 1)
    for (let k = 0; k < items.length; k++) indptr[k + 1] = indptr[k] + f.degree(items[k])
    const indices = heap.i32(indptr[items.length])
    const weights = heap.f32(indptr[items.length])
    this.#places.clear()
    for (let k = 0; k < items.length; k++) {
      this.#places.local(f.row(items[k]), 0, indices.subarray(indptr[k], indptr[k + 1]))
      weights.fill(1 / f.degree(items[k]), indptr[k], indptr[k + 1])
    }
    const mean = new Sparse(items.length, this.#places.rows.length, indptr, indices, weights)
    // The backward pass needs the transpose where kernels can reach it.
    void mean.transposed
    return { values: heap.place(Int32Array.from(this.#places.rows)), mean: mean.placed() }
  }
}
