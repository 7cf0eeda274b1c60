/** The same behaviour seen another way: categories, brands or shops in the place of items. */
import type { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import type { Sequences } from './sequences.ts'

/** A value for every item, such as its category. */
export interface ItemValues {
  readonly names: Vocabulary
  /** Row of `names` for each item row; −1 where the item has none. */
  readonly of: Int32Array
}

/**
 * The sequences of the items' values: `transitionGraph` of it is the graph of that view (M2GRL, https://arxiv.org/abs/2005.10110,
 * section 4.1). Events of items without a value are left out.
 */
export function viewSequences(sequences: Sequences, values: ItemValues): Sequences {
  const {
    sentences: { tokens, offsets },
    times,
  } = sequences
  if (values.of.length !== sequences.items.size) {
    throw fail('SHAPE', {
      op: 'viewSequences',
      expected: `a value or −1 for each of ${sequences.items.size} items`,
      got: String(values.of.length),
    })
  }
  const seen = new Int32Array(tokens.length)
  const seenTimes = times && new Float64Array(tokens.length)
  const cuts = new Uint32Array(offsets.length)
  let at = 0
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let k = offsets[s]; k < offsets[s + 1]; k++) {
      const value = values.of[tokens[k]]
      if (value < 0) continue
      if (value >= values.names.size) {
        throw fail('ARGUMENT', {
          what: `value of item row ${tokens[k]}`,
          expected: `a row from 0 to ${values.names.size - 1}, or −1`,
          got: String(value),
        })
      }
      seen[at] = value
      if (seenTimes) seenTimes[at] = times[k]
      at++
    }
    cuts[s + 1] = at
  }
  return {
    users: sequences.users,
    items: values.names,
    sentences: { tokens: seen.slice(0, at), offsets: cuts },
    times: seenTimes && seenTimes.slice(0, at),
  }
}
