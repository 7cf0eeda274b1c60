/**
 * What a clustering method is: a method with the input it needs, an estimate and `fit`.
 *
 * True labels have no way in: neither the input nor the context has a place for them, and what `observe` answers is nothing.
 * They belong to the evaluator (`src/evaluate/`), which models cannot import.
 */
import type { z } from 'zod'
import type { Pretrained } from '../../../nn/training/pretraining.ts'
import type { Random } from '../../../random.ts'
import type { Features } from '../../../tensor/features.ts'
import type { Matrix } from '../../../tensor/matrix.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import type { Job, Snapshot } from '../../../train/run.ts'
import type { Estimate, Method, Written } from '../../method.ts'
import type { Assignment, ClusterState } from './state.ts'

export interface ClusterInput {
  /** n × d. Sparse ones stay sparse as far as the method can keep them so. */
  readonly features: Features | null
  /** n × n, symmetric, without self-loops: the weights of the edges (values null: all 1). */
  readonly graph: Sparse | null
  /** Further graphs of the same nodes, by name. */
  readonly views?: Readonly<Record<string, Sparse>>
}

/** What a method must be given. */
export type ClusterNeed = 'features' | 'graph'

/** A look at a running training: read-only, live until the job goes on. */
export interface ClusterObservation {
  readonly epoch: number
  readonly labels: Int32Array
  readonly latent?: Matrix
}

export interface ClusterContext {
  readonly rng: Random
  /** Told at stages of the training, such as epochs. It cannot influence it. */
  readonly observe?: (observation: ClusterObservation) => void
  /** Where autoencoders of this input and seed are found that another method has pre-trained already. */
  readonly pretrained?: Pretrained
  /** Where to go on from, for methods that give snapshots. */
  readonly resume: Snapshot | null
  /** Centres to begin from, K × d, on the kernel heap; only for methods that say they take them (see {@link ClustererDefinition.takesCentres}). */
  readonly start?: Matrix<'cluster', 'latent'> | null
}

/** The size of an input, before anything is built from it. */
export interface ClusterShape {
  /** n. */
  readonly rows: number
  /** d; 0 without features. */
  readonly columns: number
  /** Stored feature values: rows × columns where they are dense. */
  readonly entries: number
  /** Stored entries of the graph: an undirected edge counts twice. 0 without a graph. */
  readonly edges: number
}

export interface ClustererDefinition<C = unknown> extends Method<C> {
  readonly needs: readonly ClusterNeed[]
  /** True where `fit` takes centres in the space of the rows to begin from. */
  readonly takesCentres?: boolean
  estimate(shape: ClusterShape, config: C): Estimate
  /**
   * Groups the n rows. A generator: every `yield` is progress and a point of cancellation. The input is on the kernel heap, has at
   * least one row, finite values only, and what `needs` lists. Heap memory that it takes is given back by the caller when it ends.
   */
  fit(input: ClusterInput, config: C, context: ClusterContext): Job<ClusterState>
  /**
   * Only on methods that can assign rows they were not fitted on (see {@link isInductive}). The rows and the arrays of the state are
   * on the kernel heap; the duties are those of `fit`. For the rows of the fit itself it answers the labels of the fit.
   */
  predict?(rows: Features, state: ClusterState, config: C): Job<Assignment>
}

/** A method that can assign new rows. */
export interface InductiveClusterer<C = unknown> extends ClustererDefinition<C> {
  predict(rows: Features, state: ClusterState, config: C): Job<Assignment>
}

export function isInductive<C>(definition: ClustererDefinition<C>): definition is InductiveClusterer<C> {
  return definition.predict !== undefined
}

/** Ties the type of the settings to their schema. */
export function defineClusterer<S extends z.ZodType>(
  definition: Written<ClustererDefinition<z.output<S>>, S>,
): ClustererDefinition<z.output<S>> {
  return { presets: {}, ...definition } as ClustererDefinition<z.output<S>>
}
