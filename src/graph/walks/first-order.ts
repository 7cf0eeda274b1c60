/** Walks whose next step depends on the node they are at: uniform over its edges, or in proportion to their weights. */
import type { WalkBatch } from './batch.ts'
import { nextBelow, nextUint32 } from './generator.ts'
import type { WalkTables } from './tables.ts'

/** Walks that are under way together: while one waits for memory, the others go on. */
const GROUP = 64

/**
 * Fills `batch`. `tables` holds the neighbours to choose from at each step of a cycle: one table for plain walks, one per
 * step of the path for metapaths.
 */
export function firstOrderWalks(tables: readonly WalkTables[], batch: WalkBatch): void {
  for (let from = 0; from < batch.count; from += GROUP) {
    walkGroup(tables, batch, from, Math.min(GROUP, batch.count - from))
  }
}

const states = new Int32Array(2 * GROUP)
const active = new Int32Array(GROUP)

function walkGroup(cycle: readonly WalkTables[], batch: WalkBatch, from: number, count: number): void {
  const { length, tokens, lengths } = batch
  batch.begin(from, count, states, active)
  let walking = count
  for (let step = 1; step < length && walking > 0; step++) {
    const { indptr, indices, weighted } = cycle[(step - 1) % cycle.length]
    let still = 0
    for (let j = 0; j < walking; j++) {
      const k = active[j]
      const to = (from + k) * length + step
      const v = tokens[to - 1]
      const first = indptr[v]
      const degree = indptr[v + 1] - first
      if (degree === 0) {
        lengths[from + k] = step
        continue
      }
      let e = first + nextBelow(states, k, degree)
      if (weighted && nextUint32(states, k) >= weighted.threshold[e]) e = weighted.alias[e]
      tokens[to] = indices[e]
      active[still++] = k
    }
    walking = still
  }
}
