/** Vectors of items as a scorer of sequences: what is near to what someone did lately. */
import { heap } from '../kernels/heap.ts'
import { cosines, inverseNorms } from '../nn/cosines.ts'
import type { Matrix } from '../tensor/matrix.ts'
import type { SequenceScorer } from './next-item.ts'

export interface VectorScorerOptions {
  /** Each item counts this many times what the one after it counts. Default 1: all the same. */
  readonly decay?: number
  /** Of each item, 0 where it has no vector: such items are never answered and count for nothing. Default: all have one. */
  readonly known?: Uint8Array
}

/**
 * Score of item i after items s_1 … s_n: x_i/‖x_i‖ · Σ_k decay^(n−k) x_k/‖x_k‖, the weighted sum of cosines, as
 * `recommendFrom` of an embedding has it. `vectors`: items × dim, on the kernel heap for as long as the scorer is used.
 */
export function vectorScorer(vectors: Matrix, options: VectorScorerOptions = {}): SequenceScorer {
  const { decay = 1, known } = options
  const { rows, cols: dim, data } = vectors
  const inverse = heap.f32(rows)
  inverseNorms(data, dim, inverse)
  return {
    itemCount: rows,
    scores({ tokens, offsets }, out) {
      const count = offsets.length - 1
      const queries = heap.f32(count * dim)
      for (let q = 0; q < count; q++) {
        let weight = 1
        for (let e = offsets[q + 1] - 1; e >= offsets[q]; e--, weight *= decay) {
          if (known?.[tokens[e]] === 0) continue
          const scale = weight * inverse[tokens[e]]
          for (let j = 0; j < dim; j++) queries[q * dim + j] += scale * data[tokens[e] * dim + j]
        }
      }
      cosines(queries, data, dim, inverse, out)
      if (!known) return
      for (let q = 0; q < count; q++)
        for (let i = 0; i < rows; i++) if (known[i] === 0) out[q * rows + i] = -Infinity
    },
  }
}
