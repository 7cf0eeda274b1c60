/** What someone did lately, as rows and weights that sum to one. */
import type { Vocabulary } from '../../../data/vocabulary.ts'
import { fail } from '../../../errors.ts'

/** An item, with how much it counts where that is not 1. */
export type Recent = string | { readonly id: string; readonly weight: number }

export interface Profile {
  readonly rows: Int32Array
  readonly weights: Float64Array
}

/**
 * w_k ∝ weight_k · decay^(steps from k to the latest), Σ w = 1. `recent` is in order, the latest last.
 * @throws EMPTY without items, UNKNOWN_NAME for one that has no vector, ARGUMENT for weights that are negative or all 0.
 */
export function profile(recent: readonly Recent[], nodes: Vocabulary, decay: number): Profile {
  if (!(decay > 0 && decay <= 1)) {
    throw fail('ARGUMENT', { what: 'decay', expected: 'a number above 0, at most 1', got: String(decay) })
  }
  if (recent.length === 0) {
    throw fail('EMPTY', { what: 'there is no sequence to recommend from', todo: 'Give at least one id.' })
  }
  const rows = new Int32Array(recent.length)
  const weights = new Float64Array(recent.length)
  let total = 0
  recent.forEach((each, k) => {
    const { id, weight } = typeof each === 'string' ? { id: each, weight: 1 } : each
    if (!(weight >= 0 && weight < Infinity)) {
      throw fail('ARGUMENT', {
        what: `weight of ${JSON.stringify(id)}`,
        expected: 'a number of at least 0',
        got: String(weight),
      })
    }
    rows[k] = nodes.rowOrThrow(id, 'node')
    weights[k] = weight * decay ** (recent.length - 1 - k)
    total += weights[k]
  })
  if (total === 0) {
    throw fail('ARGUMENT', { what: 'weights', expected: 'at least one above 0', got: 'none' })
  }
  return { rows, weights: weights.map((w) => w / total) }
}
