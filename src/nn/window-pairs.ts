/** What skip-gram learns from: each node of a sentence with those around it. */
import type { Sentences } from '../graph/sentences.ts'
import type { Random } from '../random.ts'

export interface WindowPairs {
  /** Pair p: centres[p] should predict contexts[p]. Valid until the next batch is asked for. */
  readonly centres: Int32Array
  readonly contexts: Int32Array
  /** Tokens that were centres in this batch. */
  readonly tokens: number
}

/**
 * Pairs of each token with those at most b places away, b uniform in 1 … window for each centre (so near ones come more often, as
 * in word2vec), in batches of at least `size` pairs but the last. A centre's pairs are never divided.
 */
export function* windowPairs(
  sentences: Iterable<Sentences>,
  window: number,
  size: number,
  rng: Random,
): Generator<WindowPairs> {
  const centres = new Int32Array(size + 2 * window)
  const contexts = new Int32Array(size + 2 * window)
  let filled = 0
  let seen = 0
  for (const { tokens, offsets } of sentences) {
    for (let s = 0; s + 1 < offsets.length; s++) {
      const start = offsets[s]
      const end = offsets[s + 1]
      for (let t = start; t < end; t++) {
        const reach = 1 + rng.int(window)
        seen++
        for (let c = Math.max(start, t - reach); c < end && c <= t + reach; c++) {
          if (c === t) continue
          centres[filled] = tokens[t]
          contexts[filled++] = tokens[c]
        }
        if (filled < size) continue
        yield { centres: centres.subarray(0, filled), contexts: contexts.subarray(0, filled), tokens: seen }
        filled = 0
        seen = 0
      }
    }
  }
  if (filled > 0)
    yield { centres: centres.subarray(0, filled), contexts: contexts.subarray(0, filled), tokens: seen }
}
