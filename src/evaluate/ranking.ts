/**
 * Full-ranking evaluation of a fitted recommender: every item is ranked for every user with test items, train items masked,
 * nothing sampled. Numbers per user are kept, so that two models can be compared on the same users.
 */
import { fail } from '../errors.ts'
import { heap, Region } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { columnCounts } from '../metrics/beyond.ts'
import { mean, standardDeviation } from '../metrics/bootstrap.ts'
import { checkCutoff, markHits, measures, rankingMeasures } from '../metrics/ranking.ts'
import type { Scorer } from '../models/recommend/family/scorer.ts'
import type { Sparse } from '../tensor/sparse.ts'
import type { Job } from '../train/run.ts'
import { ListStatistics } from './lists.ts'
import type { ItemVectors } from './lists.ts'
import { rankingRules, rankingTask } from './split.ts'
import type { RankingCounts } from './split.ts'

export interface RankingOptions {
  /** users × items the model was fitted on; masked. */
  readonly train: Sparse
  /** users × items to be found. */
  readonly test: Sparse
  /** More pairs that must not be recommended, the validation split for one. */
  readonly exclude?: Sparse
  /** Cut-offs K. */
  readonly k: readonly number[]
  /**
   * For intra-list diversity; without them it is measured over who has both items in train. Models compare in diversity only
   * when all are measured over the same vectors, or all without.
   */
  readonly itemVectors?: ItemVectors
  /** Whether an item is something new to a user (rows), for the share of recommended places that are; users come in ascending order. */
  readonly isNew?: (user: number, item: number) => boolean
  /** Users scored at a time; as many as fit 32 MiB of scores unless told otherwise. Changes memory, not results. */
  readonly blockSize?: number
}

/** Names are `measure@K`: recall@20, ndcg@20, coverage@20 … */
export interface RankingResult {
  readonly kind: 'ranking'
  /** Cut-offs, ascending. */
  readonly k: readonly number[]
  /** Rows of the users that were evaluated; place p of every array in `perUser` belongs to users[p]. */
  readonly users: Int32Array
  /** recall, precision, ndcg, hitRate, mrr, map at each K. */
  readonly perUser: Readonly<Record<string, Float64Array>>
  readonly means: Readonly<Record<string, number>>
  /** Standard deviation over users / √users; NaN for one user. */
  readonly standardErrors: Readonly<Record<string, number>>
  /** coverage, novelty, diversity, gini at each K, and newness with `isNew`; NaN where undefined (diversity of lists of one item). */
  readonly beyond: Readonly<Record<string, number>>
  /** How diversity was measured: mean over `users` users, evenly drawn with a fixed seed where there are more. */
  readonly diversity: { readonly users: number; readonly over: 'item vectors' | 'train users in common' }
  /** Evaluated users whose list is shorter than it could be, because the model scored items −Infinity. */
  readonly shortLists: number
  readonly counts: RankingCounts
  readonly rules: readonly string[]
}

const SCORE_NUMBERS = 1 << 23

/**
 * Evaluates `scorer`; yields progress after every block of users. The kernel heap is as it was when the generator ends, also
 * where it is abandoned half-way.
 * Errors: SHAPE where the matrices do not belong together, ARGUMENT for bad cut-offs, EMPTY where no test pair is left,
 * DIVERGED where the model's scores are not numbers.
 */
export function* evaluateRanking(scorer: Scorer, options: RankingOptions): Job<RankingResult> {
  const { train, exclude, itemVectors, isNew } = options
  const k = cutoffs(options.k)
  const items = train.cols
  const popularity = columnCounts(train)
  const { mask, test, users, counts } = rankingTask(scorer, train, options.test, exclude, popularity)
  const blockSize = Math.min(users.length, blockRows(options.blockSize, items))
  const statistics = new ListStatistics(train, popularity, users.length, k, itemVectors, isNew)
  const places = Math.min(k[k.length - 1], items)
  const columns = k.flatMap((cut) =>
    rankingMeasures.map((name) => ({
      name: `${name}@${cut}`,
      cut,
      of: measures[name],
      values: new Float64Array(users.length),
    })),
  )
  const hits = new Uint8Array(places)
  let shortLists = 0

  const region = new Region()
  try {
    const block = heap.within(region, () => ({
      maskPtr: heap.place(mask.indptr),
      maskIndices: heap.place(mask.indices),
      users: heap.place(users),
      scores: heap.scratchF32(blockSize * items),
      index: heap.i32(blockSize * places),
      score: heap.f32(blockSize * places),
    }))
    yield { phase: 'evaluate', done: 0, of: users.length, unit: 'users' }
    for (let from = 0; from < users.length; from += blockSize) {
      const rows = Math.min(blockSize, users.length - from)
      const batch = block.users.subarray(from, from + rows)
      const scores = block.scores.subarray(0, rows * items)
      const index = block.index.subarray(0, rows * places)
      const score = block.score.subarray(0, rows * places)
      heap.scope(() => {
        scorer.scores(batch, scores)
        // A broken item shows in every row, a broken user in a short list (below): one row per block is enough.
        checkNumbers(scores, 0, items)
        kernels().topK(scores, rows, items, places, block.maskPtr, block.maskIndices, batch, index, score)
      })
      for (let j = 0; j < rows; j++) {
        const user = users[from + j]
        const testFrom = test.indptr[user]
        const testTo = test.indptr[user + 1]
        markHits(index, j * places, test.indices, testFrom, testTo, hits)
        for (const { of, cut, values } of columns) values[from + j] = of(hits, testTo - testFrom, cut)
        const filled = statistics.add(index, j * places, places, user)
        if (filled < Math.min(places, items - mask.degree(user))) {
          checkNumbers(scores, j * items, (j + 1) * items)
          shortLists++
        }
      }
      yield { phase: 'evaluate', done: from + rows, of: users.length, unit: 'users' }
    }
  } finally {
    heap.close(region)
  }

  const record = <T>(value: (values: Float64Array) => T): Record<string, T> =>
    Object.fromEntries(columns.map(({ name, values }) => [name, value(values)]))
  return {
    kind: 'ranking',
    k,
    users,
    perUser: record((values) => values),
    means: record(mean),
    standardErrors: record((values) => standardDeviation(values) / Math.sqrt(values.length)),
    ...statistics.finish(),
    shortLists,
    counts,
    rules: rankingRules,
  }
}

/** Ascending and distinct. */
function cutoffs(k: readonly number[]): number[] {
  if (k.length === 0) throw fail('ARGUMENT', { what: 'cut-offs K', expected: 'at least one', got: 'none' })
  for (const cut of k) checkCutoff(cut)
  return [...new Set(k)].sort((a, b) => a - b)
}

function blockRows(asked: number | undefined, items: number): number {
  if (asked === undefined) return Math.max(1, Math.min(1024, Math.floor(SCORE_NUMBERS / items)))
  if (!Number.isSafeInteger(asked) || asked < 1) {
    throw fail('ARGUMENT', {
      what: 'blockSize',
      expected: 'a whole number of at least 1',
      got: String(asked),
    })
  }
  return asked
}

function checkNumbers(scores: Float32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    if (Number.isNaN(scores[i])) {
      throw fail('DIVERGED', {
        what: 'the model scores items with values that are not numbers (NaN)',
        todo: 'Train it again with a smaller learning rate, or check its input for values that are not finite.',
      })
    }
  }
}
