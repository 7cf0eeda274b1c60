/** The job that measures a method on the events: trained on the earlier ones, evaluated on the latest. */
import type { Split } from '../data/split.ts'
import { evaluateRecommender } from '../evaluate/evaluate-recommender.ts'
import { trainRecommender } from '../evaluate/train-recommender.ts'
import type { FittedRecommender } from '../models/recommend/family/fitted.ts'
import type { JobContext } from './context.ts'
import { evaluateJob } from './schemas.ts'
import { snapshot, splitSnapshot } from './snapshot.ts'

/** A method with its settings. */
export interface Recipe {
  readonly method: string
  readonly config: Readonly<Record<string, unknown>>
  readonly preset?: string | undefined
  readonly seed: number
}

export async function evaluateMethod(context: JobContext): Promise<unknown> {
  const { test, weights, days, ...recipe } = evaluateJob.parse({
    kind: 'evaluate',
    ...(context.config as object),
  })
  const { interactions, upTo } = await snapshot(context, { weights, days })
  const split = splitSnapshot(interactions, test, recipe.seed)
  using model = await trainOn(context, split, recipe)
  return { upTo, warnings: split.warnings, metrics: await measure(context, model, split) }
}

export function trainOn(
  { signal, onProgress }: JobContext,
  { train }: Pick<Split, 'train'>,
  { method, config, preset, seed }: Recipe,
): Promise<FittedRecommender> {
  return trainRecommender(train, { method, config, preset, seed, signal, onProgress })
}

/** Figures on the test part; none where nothing of it can be evaluated. */
export async function measure(
  { signal, onProgress }: JobContext,
  model: FittedRecommender,
  { test }: Split,
): Promise<Record<string, number>> {
  if (!test || test.matrix.nnz === 0) return {}
  const { means, beyond } = await evaluateRecommender(model, test, { signal, onProgress })
  return Object.fromEntries(
    Object.entries({ ...means, ...beyond }).filter(([, value]) => Number.isFinite(value)),
  )
}
