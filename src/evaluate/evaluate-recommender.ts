/** Evaluates a fitted recommender on held-out interactions. */
import type { Interactions } from '../data/interactions.ts'
import { fail } from '../errors.ts'
import type { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { run, type RunOptions } from '../train/run.ts'
import { evaluateRanking, type RankingResult } from './ranking.ts'

export interface EvaluateOptions extends RunOptions {
  /** Cut-offs. Default 10 and 20. */
  readonly k?: readonly number[]
  /** Interactions that must not be recommended though the model was not trained on them, such as the validation split. */
  readonly exclude?: Interactions | null
}

/**
 * Full ranking of all items for every user of `test`, items of the training interactions masked. `test` must share the model's
 * vocabularies: split one data set, or read the test file with `vocabularies` of the training data.
 */
export async function evaluateRecommender(
  model: FittedRecommender,
  test: Interactions | null,
  options: EvaluateOptions = {},
): Promise<RankingResult> {
  if (!test) {
    throw fail('EMPTY', {
      what: 'there is no test split to evaluate on',
      todo: 'Split the data with a test share above 0.',
    })
  }
  const { users, items, matrix } = model.interactions
  for (const other of [test, options.exclude ?? null]) {
    if (other && (other.users.size !== users.size || other.items.size !== items.size)) {
      throw fail('ARGUMENT', {
        what: 'evaluateRecommender',
        expected: `interactions over the model's ${users.size} users and ${items.size} items`,
        got: `${other.users.size} users and ${other.items.size} items`,
      })
    }
  }
  const job = evaluateRanking(model.scorer, {
    train: matrix,
    test: test.matrix,
    k: options.k ?? [10, 20],
    ...(options.exclude ? { exclude: options.exclude.matrix } : {}),
  })
  return run(job, options)
}
