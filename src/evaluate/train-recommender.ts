/** Trains a recommender by name: settings, memory check, validation, and a fitted model whose memory is its own. */
import type { Interactions } from '../data/interactions.ts'
import { fail } from '../errors.ts'
import { type Estimate, resolveConfig } from '../models/method.ts'
import type { DataShape } from '../models/recommend/family/definition.ts'
import { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { findRecommender } from '../models/recommend/index.ts'
import type { Scorer } from '../models/recommend/family/scorer.ts'
import { Random } from '../random.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { inRegion, type Job, run, type RunOptions, type Snapshot } from '../train/run.ts'
import { evaluateRanking } from './ranking.ts'

export interface TrainOptions extends RunOptions {
  /** A method of `recommenders`, by name. */
  readonly method: string
  /** Settings that differ from the preset's or the defaults. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly preset?: string | undefined
  /** Same data, settings, seed and backend: same model. Default 1. */
  readonly seed?: number
  /** For early stopping; same vocabularies as the training data. Never the test split. */
  readonly validation?: Interactions | null
  /** A snapshot of the same training (data, settings, seed) to go on from. */
  readonly resume?: Snapshot | null
}

/** The measure that early stopping watches. */
const VALIDATION_CUT = 20

/**
 * Trains `method` on `interactions`. Rejects with CONFIG or UNKNOWN_NAME before any work, with TOO_LARGE when the estimate does
 * not fit the memory that is free, with CANCELLED when the signal fires.
 */
export async function trainRecommender(
  interactions: Interactions,
  options: TrainOptions,
): Promise<FittedRecommender> {
  const definition = findRecommender(options.method)
  const config = resolveConfig(definition, options.config ?? {}, options.preset)
  const { seed = 1, validation = null, resume = null } = options
  if (!Number.isSafeInteger(seed)) {
    throw fail('ARGUMENT', { what: 'seed', expected: 'a whole number', got: String(seed) })
  }
  const { matrix } = interactions
  if (matrix.nnz === 0) {
    throw fail('EMPTY', {
      what: 'there are no interactions to train on',
      todo: 'Check the columns, filters and the split.',
    })
  }
  if (validation && (validation.users !== interactions.users || validation.items !== interactions.items)) {
    throw fail('ARGUMENT', {
      what: 'validation',
      expected: 'the vocabularies of the training data',
      got: 'others',
    })
  }
  checkMemory(
    definition.title,
    estimateTraining(options.method, shapeOfData(interactions), config as Record<string, unknown>),
  )
  const origin = { method: definition.name, config: config as Record<string, unknown>, seed }
  const job = inRegion(fitJob(), (state) => new FittedRecommender(origin, interactions, state))
  return run(job, options)

  function* fitJob(): ReturnType<typeof definition.fit> {
    const placed = matrix.placed()
    return yield* definition.fit(placed, config, {
      rng: new Random(seed),
      validate: validation ? (scorer) => validationScore(scorer, matrix, validation.matrix) : null,
      resume,
    })
  }
}

/** NDCG@20 on the validation split, train items masked. */
function validationScore(scorer: () => Scorer, train: Sparse, validation: Sparse): Job<number> {
  function* evaluate(): Job<number> {
    const result = yield* evaluateRanking(scorer(), { train, test: validation, k: [VALIDATION_CUT] })
    return result.means[`ndcg@${VALIDATION_CUT}`]
  }
  return inRegion(evaluate(), (score) => score)
}

export function shapeOfData({ matrix }: Interactions): DataShape {
  return { users: matrix.rows, items: matrix.cols, interactions: matrix.nnz }
}

/** What training `method` on data of this shape takes. */
export function estimateTraining(
  method: string,
  shape: DataShape,
  config: Readonly<Record<string, unknown>>,
  preset?: string,
): Estimate {
  const definition = findRecommender(method)
  return definition.estimate(shape, resolveConfig(definition, config, preset))
}

/** Throws TOO_LARGE when the estimate exceeds the memory that the system has left. */
export function checkMemory(what: string, { bytes }: Estimate, available = process.availableMemory()): void {
  if (bytes <= available) return
  throw fail('TOO_LARGE', {
    what: `training ${what}`,
    needs: gibibytes(bytes),
    has: gibibytes(available),
    todo: 'Use a machine with more memory, fewer items (a k-core filter), or another method.',
  })
}

function gibibytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
