/** What is asked of whom in a full-ranking evaluation: the rules on masks, overlap and users without test items. */
import { fail } from '../errors.ts'
import { shapeOf } from '../tensor/matrix.ts'
import type { Sparse } from '../tensor/sparse.ts'
import type { Scorer } from '../models/recommend/family/scorer.ts'
import { sameShape, subtractPairs, unionPairs } from './pairs.ts'

/** The rules, in words; they stand in every report. */
export const rankingRules: readonly string[] = [
  'Full ranking: every item is ranked for every user, except those the user has in train (or validation, when given).',
  'Test pairs that are also train or validation pairs cannot be recommended: they are counted as overlap and left out.',
  'Users with no test item left are left out of every mean.',
  'Users without train interactions and test items nobody has in train are kept: what is not found is a miss.',
]

export interface RankingCounts {
  /** All users of the split. */
  readonly users: number
  /** Those with at least one test item left: the means are over them. */
  readonly evaluated: number
  /** users − evaluated. */
  readonly withoutTest: number
  /** Evaluated users without train interactions. */
  readonly withoutTrain: number
  readonly items: number
  /** Test pairs evaluated, overlap excluded. */
  readonly testPairs: number
  /** Test pairs left out because they are also train or validation pairs. */
  readonly overlap: number
  /** Evaluated test pairs whose item nobody has in train. */
  readonly unseenItemPairs: number
}

export interface RankingTask {
  /** What must not be recommended: train, and validation where given. */
  readonly mask: Sparse
  /** Test without the masked pairs. */
  readonly test: Sparse
  /** Rows of the users that are evaluated, ascending. */
  readonly users: Int32Array
  readonly counts: RankingCounts
}

/** Applies the rules; throws where nothing is left to evaluate. `popularity`: train users per item. */
export function rankingTask(
  scorer: Scorer,
  train: Sparse,
  given: Sparse,
  exclude: Sparse | undefined,
  popularity: Uint32Array,
): RankingTask {
  if (scorer.userCount !== train.rows || scorer.itemCount !== train.cols) {
    const got = `a model of ${scorer.userCount} × ${scorer.itemCount}`
    throw fail('SHAPE', { op: 'evaluateRanking', expected: `users × items of train, ${shapeOf(train)}`, got })
  }
  sameShape('evaluateRanking, test', train, given)
  if (exclude) sameShape('evaluateRanking, exclude', train, exclude)

  const mask = exclude ? unionPairs(train, exclude) : train
  const test = subtractPairs(given, mask)
  const overlap = given.nnz - test.nnz
  if (test.nnz === 0) {
    throw overlap === 0
      ? fail('EMPTY', {
          what: 'the test set has no interactions, so there is nothing to evaluate',
          todo: 'Give a test file that shares users and items with train, or choose a split that holds some interactions out.',
        })
      : fail('EMPTY', {
          what: `all ${overlap} test interactions are also train or validation interactions, so there is nothing to evaluate`,
          todo: 'Give a test file that was held out from train, or let a split make one.',
        })
  }

  const users = new Int32Array(test.rows)
  let evaluated = 0
  let withoutTrain = 0
  for (let u = 0; u < test.rows; u++) {
    if (test.degree(u) === 0) continue
    users[evaluated++] = u
    if (train.degree(u) === 0) withoutTrain++
  }
  let unseenItemPairs = 0
  for (let e = 0; e < test.nnz; e++) if (popularity[test.indices[e]] === 0) unseenItemPairs++
  return {
    mask,
    test,
    users: users.slice(0, evaluated),
    counts: {
      users: test.rows,
      evaluated,
      withoutTest: test.rows - evaluated,
      withoutTrain,
      items: test.cols,
      testPairs: test.nnz,
      overlap,
      unseenItemPairs,
    },
  }
}
