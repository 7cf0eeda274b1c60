/**
 * Next item: from what someone did so far, is what they did next near the top? Leave-one-out with full ranking: the last event of
 * each sequence is held out before anything is trained, and every item that is not in the sequence is ranked.
 */
import { fail } from '../errors.ts'
import type { Sentences } from '../graph/sentences.ts'
import type { Sequences } from '../graph/sequences.ts'
import type { Scorer } from '../models/recommend/family/scorer.ts'
import { Sparse } from '../tensor/sparse.ts'
import type { Job } from '../train/run.ts'
import { evaluateRanking, type RankingOptions, type RankingResult } from './ranking.ts'

const nextItemRules: readonly string[] = [
  'Leave-one-out: the last event of each sequence of two or more is test, and methods are trained without it.',
  'With one test item per sequence, recall@K is HR@K.',
]

export interface NextItemSplit {
  /** Sequences without their last event; those of one event keep it. What methods are trained on, and what is asked with. */
  readonly train: Sequences
  /** users × items: what is in each training sequence. */
  readonly seen: Sparse
  /** users × items: the held-out items. */
  readonly test: Sparse
}

/** Holds out the last event of each sequence of at least two. Apply it again to `train` for a validation split. */
export function leaveLastItemOut(sequences: Sequences): NextItemSplit {
  const { tokens, offsets } = sequences.sentences
  const { users, items, times } = sequences
  const count = users.size
  const keptOffsets = new Uint32Array(count + 1)
  const testPtr = new Uint32Array(count + 1)
  for (let u = 0; u < count; u++) {
    const length = offsets[u + 1] - offsets[u]
    const held = length >= 2 ? 1 : 0
    keptOffsets[u + 1] = keptOffsets[u] + length - held
    testPtr[u + 1] = testPtr[u] + held
  }
  if (testPtr[count] === 0) {
    throw fail('EMPTY', {
      what: 'no sequence has two events, so there is nothing to hold out',
      todo: 'Give longer sequences.',
    })
  }
  const kept = new Int32Array(keptOffsets[count])
  const keptTimes = times && new Float64Array(kept.length)
  const targets = new Int32Array(testPtr[count])
  for (let u = 0; u < count; u++) {
    const end = offsets[u] + keptOffsets[u + 1] - keptOffsets[u]
    kept.set(tokens.subarray(offsets[u], end), keptOffsets[u])
    if (keptTimes) keptTimes.set(times.subarray(offsets[u], end), keptOffsets[u])
    if (end < offsets[u + 1]) targets[testPtr[u]] = tokens[end]
  }
  const sentences = { tokens: kept, offsets: keptOffsets }
  return {
    train: { users, items, sentences, times: keptTimes },
    seen: distinct(sentences, items.size),
    test: new Sparse(count, items.size, testPtr, targets, null),
  }
}

/** What each sentence has in it. */
function distinct({ tokens, offsets }: Sentences, width: number): Sparse {
  const rows = offsets.length - 1
  const indptr = new Uint32Array(rows + 1)
  const indices = new Int32Array(tokens.length)
  let at = 0
  for (let r = 0; r < rows; r++) {
    const row = tokens.slice(offsets[r], offsets[r + 1]).sort()
    for (let i = 0; i < row.length; i++) if (i === 0 || row[i] !== row[i - 1]) indices[at++] = row[i]
    indptr[r + 1] = at
  }
  return new Sparse(rows, width, indptr, indices.slice(0, at), null)
}

/** Anything that scores items from a sequence, the latest last. */
export interface SequenceScorer {
  readonly itemCount: number
  /** Writes the scores of all items after each of `recent` into `out`, sentences × itemCount, row-major, on the kernel heap. */
  scores(recent: Sentences, out: Float32Array): void
}

/** The scorer asked with the training sequences of the split: as a scorer of users. Each is asked with at most `last` events. */
export function scorerOfSequences(scorer: SequenceScorer, { train }: NextItemSplit, last = Infinity): Scorer {
  const { tokens, offsets } = train.sentences
  return {
    userCount: offsets.length - 1,
    itemCount: scorer.itemCount,
    scores(users, out) {
      const parts = Array.from(users, (u) =>
        tokens.subarray(Math.max(offsets[u], offsets[u + 1] - last), offsets[u + 1]),
      )
      const recent = {
        tokens: new Int32Array(parts.reduce((sum, part) => sum + part.length, 0)),
        offsets: new Uint32Array(parts.length + 1),
      }
      parts.forEach((part, i) => {
        recent.tokens.set(part, recent.offsets[i])
        recent.offsets[i + 1] = recent.offsets[i] + part.length
      })
      scorer.scores(recent, out)
    },
  }
}

export type NextItemOptions = Pick<RankingOptions, 'k' | 'isNew' | 'itemVectors' | 'blockSize'>

/**
 * Full ranking of all items for every held-out event. `scorer` goes by the rows of the split: a fitted recommender's, or
 * `scorerOfSequences`.
 */
export function* evaluateNextItem(
  scorer: Scorer,
  { seen, test }: NextItemSplit,
  options: NextItemOptions,
): Job<RankingResult> {
  const result = yield* evaluateRanking(scorer, { ...options, train: seen, test })
  const newness = 'newness: share of recommended places whose category is not among the latest of the user.'
  return { ...result, rules: [...nextItemRules, ...result.rules, ...(options.isNew ? [newness] : [])] }
}

/** How far back a category counts as seen: days before the latest event of a sequence, or its latest events. */
export type Lookback = { readonly days: number } | { readonly events: number }

/**
 * Whether an item's category is one that the user has not been at lately. `categoryOf`: of each item, −1 where it has none (never
 * new). Days count back from the user's latest training event.
 */
export function newCategories(
  { train }: NextItemSplit,
  categoryOf: Int32Array,
  lookback: Lookback,
): (user: number, item: number) => boolean {
  const { tokens, offsets } = train.sentences
  const { times } = train
  if (categoryOf.length !== train.items.size) {
    const expected = `a category for each of ${train.items.size} items`
    throw fail('SHAPE', { op: 'newCategories', expected, got: String(categoryOf.length) })
  }
  if ('days' in lookback && !times) {
    throw fail('ARGUMENT', {
      what: 'a lookback in days',
      expected: 'sequences with times',
      got: 'sequences without; count events instead',
    })
  }
  const recent = new Set<number>()
  let of = -1
  return (user, item) => {
    if (user !== of) {
      recent.clear()
      of = user
      const end = offsets[user + 1]
      for (let e = end - 1; e >= offsets[user]; e--) {
        const past =
          'days' in lookback ? times![end - 1] - times![e] > lookback.days * DAY : end - e > lookback.events
        if (past) break
        recent.add(categoryOf[tokens[e]])
      }
    }
    const category = categoryOf[item]
    return category >= 0 && !recent.has(category)
  }
}

const DAY = 86_400_000
