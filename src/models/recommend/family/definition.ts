/** What a recommendation method is: a name, a schema of its settings, an estimate, and `fit`. */
import { z } from 'zod'
import { fail, quote } from '../../../errors.ts'
import type { Random } from '../../../random.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import type { Job, Snapshot } from '../../../train/run.ts'
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

export interface Estimate {
  /** Bytes needed at the peak, beside the interactions themselves. */
  readonly bytes: number
  /** Multiply-adds of the whole training, roughly: what the time is made of. */
  readonly operations: number
}

export interface RecommenderDefinition<C = unknown> {
  readonly name: string
  readonly title: string
  /** One sentence for lists and help. */
  readonly summary: string
  readonly paper?: string
  readonly config: z.ZodType<C>
  /** Named settings that differ from the defaults. */
  readonly presets: Readonly<
    Record<string, { readonly summary: string; readonly config: Readonly<Record<string, unknown>> }>
  >
  estimate(shape: DataShape, config: C): Estimate
  /**
   * Learns from users × items interactions. A generator: every `yield` is progress and a point of cancellation. Never sees test
   * interactions. Heap memory that it takes is given back by the caller when it ends.
   */
  fit(interactions: Sparse, config: C, context: FitContext): Job<FittedState>
}

/** Ties the type of the settings to their schema. */
export function defineRecommender<S extends z.ZodType>(
  definition: Omit<RecommenderDefinition<z.output<S>>, 'config' | 'presets'> & {
    readonly config: S
    readonly presets?: RecommenderDefinition['presets']
  },
): RecommenderDefinition<z.output<S>> {
  return { presets: {}, ...definition } as RecommenderDefinition<z.output<S>>
}

/** The full settings of a method from a preset and some values; every problem is named, with the valid names. */
export function resolveConfig<C>(
  definition: RecommenderDefinition<C>,
  values: Readonly<Record<string, unknown>>,
  preset?: string,
): C {
  let base: Readonly<Record<string, unknown>> = {}
  if (preset !== undefined) {
    const found = Object.hasOwn(definition.presets, preset) ? definition.presets[preset] : undefined
    if (!found)
      throw fail('UNKNOWN_NAME', {
        kind: `preset of ${definition.name}`,
        name: preset,
        known: Object.keys(definition.presets),
      })
    base = found.config
  }
  const parsed = definition.config.safeParse({ ...base, ...values })
  if (parsed.success) return parsed.data
  const known = settingNames(definition)
  const details = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `unknown setting ${issue.keys.map(quote).join(', ')}; it has ${known.join(', ') || 'none'}`
      : `${issue.path.join('.')}: ${issue.message}`,
  )
  throw fail('CONFIG', { what: `settings of ${definition.name}`, details: details.join('; ') })
}

/** Names of the settings of a method. */
export function settingNames(definition: RecommenderDefinition): string[] {
  return definition.config instanceof z.ZodObject ? Object.keys(definition.config.shape) : []
}
