/** One training and its evaluation, as `train`, `compare` and `demo` do it. */
import { evaluateRecommender } from '../evaluate/evaluate-recommender.ts'
import type { RankingResult } from '../evaluate/ranking.ts'
import { type TrainOptions, trainRecommender } from '../evaluate/train-recommender.ts'
import type { FittedRecommender } from '../models/recommend/family/fitted.ts'
import type { Context } from './context.ts'
import { bytes, counted, duration } from './text.ts'
import type { Parts } from './splitting.ts'

export interface Trial {
  readonly model: FittedRecommender
  /** Null without a test part. */
  readonly result: RankingResult | null
  /** Wall time of training. */
  readonly seconds: number
}

export type TrialOptions = Pick<
  TrainOptions,
  'method' | 'config' | 'preset' | 'seed' | 'resume' | 'onSnapshot'
>

/** The caller disposes of the model. */
export async function tryOut(
  context: Context,
  parts: Pick<Parts, 'train' | 'validation' | 'test'>,
  options: TrialOptions,
  k: readonly number[] | undefined,
): Promise<Trial> {
  const { train, validation, test } = parts
  const started = performance.now()
  const model = await trainRecommender(train, { ...options, ...context.runOptions, validation })
  const seconds = (performance.now() - started) / 1000
  try {
    const result =
      test &&
      (await evaluateRecommender(model, test, {
        ...context.runOptions,
        ...(k ? { k } : {}),
        exclude: validation,
      }))
    return { model, result, seconds }
  } catch (error) {
    model.dispose()
    throw error
  } finally {
    context.progress.clear()
  }
}

/** Peak memory of this process so far, in bytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024
}

/** `Trained in 2.1 s (40 epochs, the best of them 35); peak memory of this process 310 MiB`. */
export function describeTraining(model: FittedRecommender, seconds: number): string {
  const { epochs, epoch } = model.facts as { epochs?: number; epoch?: number }
  const best = epoch === epochs ? '' : `, kept the best, ${epoch}`
  const ran = epochs === undefined ? '' : ` (${counted(epochs, 'epoch')}${best})`
  return `Trained in ${duration(seconds)}${ran}; peak memory of this process ${bytes(peakMemory())}.`
}

/** What the parts hold. */
export function describeParts({
  train,
  validation,
  test,
}: Pick<Parts, 'train' | 'validation' | 'test'>): string {
  const parts = [
    `Trained on ${counted(train.matrix.nnz, 'interaction')} of ${counted(train.matrix.rows, 'user')} with ${counted(train.matrix.cols, 'item')}`,
  ]
  if (validation) parts.push(`validation ${counted(validation.matrix.nnz, 'interaction')}`)
  if (test) parts.push(`test ${counted(test.matrix.nnz, 'interaction')}`)
  return `${parts.join('; ')}.`
}

/** Sizes of the parts, for JSON. */
export function partSizes({ train, validation, test, description }: Parts): Record<string, unknown> {
  return {
    split: description,
    users: train.matrix.rows,
    items: train.matrix.cols,
    train: train.matrix.nnz,
    validation: validation?.matrix.nnz ?? 0,
    test: test?.matrix.nnz ?? 0,
  }
}
