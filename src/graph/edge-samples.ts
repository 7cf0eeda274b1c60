/** Edges drawn in proportion to their weights, as sentences of two nodes. */
import type { Random } from '../random.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { aliasTable } from './alias.ts'
import type { Sentences } from './sentences.ts'

/** Edges of a batch. */
const BATCH = 2 ** 16

/** Draws `count` entries of an adjacency matrix, with replacement. A batch is valid until the next is asked for. */
export function edgeSampler(
  adjacency: Sparse,
): (rng: Random, count: number) => Generator<Sentences, void, void> {
  const { indptr, indices, values, nnz, rows } = adjacency
  const sources = new Int32Array(nnz)
  for (let v = 0; v < rows; v++) sources.fill(v, indptr[v], indptr[v + 1])
  const draw = values ? aliasTable(Float64Array.from(values)) : (rng: Random) => rng.int(nnz)
  const tokens = new Int32Array(2 * BATCH)
  const offsets = Uint32Array.from({ length: BATCH + 1 }, (_, s) => 2 * s)
  return function* (rng, count) {
    for (let left = count; left > 0; left -= BATCH) {
      const size = Math.min(left, BATCH)
      for (let s = 0; s < size; s++) {
        const e = draw(rng)
        tokens[2 * s] = sources[e]
        tokens[2 * s + 1] = indices[e]
      }
      yield { tokens: tokens.subarray(0, 2 * size), offsets: offsets.subarray(0, size + 1) }
    }
  }
}
