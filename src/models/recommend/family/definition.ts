/** What a recommendation method is: a method with an estimate and `fit`. */
import type { z } from 'zod'
import type { Random } from '../../../random.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import type { Job, Snapshot } from '../../../train/run.ts'
import type { Estimate, Method, Written } from '../../method.ts'
import type { FittedState, Scorer } from './scorer.ts'

export interface FitContext {
  readonly rng: Random
  /** The validation score of a scorer (higher is better), or null without a validation split. What the scorer takes is given back. */
  readonly validate: ((scorer: () => Scorer) => Job<number>) | null
  /** Where to go on from, for methods that give snapshots. */
  readonly resume: Snapshot | null
}

/** The size of a data set, before anything is loaded into a model. */
export interface DataShape {
  readonly users: number
  readonly items: number
  readonly interactions: number
}

export interface RecommenderDefinition<C = unknown> extends Method<C> {
  estimate(shape: DataShape, config: C): Estimate
  /**
   * Learns from users × items interactions. A generator: every `yield` is progress and a point of cancellation. Never sees test
   * interactions. Heap memory that it takes is given back by the caller when it ends.
   */
  fit(interactions: Sparse, config: C, context: FitContext): Job<FittedState>
}

/** Ties the type of the settings to their schema. */
export function defineRecommender<S extends z.ZodType>(
  definition: Written<RecommenderDefinition<z.output<S>>, S>,
): RecommenderDefinition<z.output<S>> {
  return { presets: {}, ...definition } as RecommenderDefinition<z.output<S>>
}
