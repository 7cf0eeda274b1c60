/** What an embedding method is: a method with the input it needs, an estimate and `fit`. */
import type { z } from 'zod'
import type { Attributes } from '../../../data/attributes.ts'
import type { Graph } from '../../../graph/graph.ts'
import type { Sequences } from '../../../graph/sequences.ts'
import type { HeldOutPairs } from '../../../nn/held-out.ts'
import type { Random } from '../../../random.ts'
import type { Job, Snapshot } from '../../../train/run.ts'
import type { Estimate, Method, Written } from '../../method.ts'
import type { EmbeddingState } from './state.ts'

/** Everything that a method can learn from. All of one input number the same nodes: `graph.nodes` is `sequences.items`. */
export interface EmbedderInputs {
  readonly graph: Graph
  /** Behaviour sequences. */
  readonly sequences: Sequences
  /** Side information. Row r is node r, with empty rows where nothing is known (see `alignAttributes`). */
  readonly attributes: Attributes
}
export type InputKind = keyof EmbedderInputs

export interface EmbedContext {
  readonly rng: Random
  /** Where to go on from, for methods that give snapshots. */
  readonly resume: Snapshot | null
  /** Pairs that are not in the input: after each epoch a note says how well they are told apart. */
  readonly heldOut: HeldOutPairs | null
}

/** The size of an input, before anything is built from it. */
export interface EmbedderShape {
  readonly nodes: number
  /** Stored entries of the adjacency matrix: an undirected edge counts twice. 0 without a graph. */
  readonly edges: number
  /** Tokens of the behaviour sequences. 0 without any. */
  readonly tokens: number
}

export interface EmbedderDefinition<C = unknown, N extends InputKind = InputKind> extends Method<C> {
  /** What `fit` must be given. */
  readonly needs: readonly N[]
  estimate(shape: EmbedderShape, config: C): Estimate
  /**
   * Learns a vector per node. A generator: every `yield` is progress (in words or edges, for rate and time left) and a point of
   * cancellation. Heap memory that it takes is given back by the caller when it ends.
   */
  fit(input: Pick<EmbedderInputs, N>, config: C, context: EmbedContext): Job<EmbeddingState>
}

/** Ties the type of the settings to their schema, and the input of `fit` to `needs`. */
export function defineEmbedder<S extends z.ZodType, const N extends InputKind>(
  definition: Written<EmbedderDefinition<z.output<S>, N>, S>,
): EmbedderDefinition<z.output<S>, N> {
  return { presets: {}, ...definition } as EmbedderDefinition<z.output<S>, N>
}
