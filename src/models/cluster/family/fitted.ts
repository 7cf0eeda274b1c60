/**
 * A fitted clustering: the same surface for every method. Its arrays are copies in ordinary memory: nothing needs to be given
 * back. Whether it can say something of new rows depends on the method.
 */
import {
  applyFeatures,
  type ApplyOptions,
  type Features as EncodedRows,
} from '../../../data/features/apply.ts'
import type { FeaturePlan } from '../../../data/features/plan.ts'
import type { Table } from '../../../data/table.ts'
import type { Vocabulary } from '../../../data/vocabulary.ts'
import { fail } from '../../../errors.ts'
import { heap, Region } from '../../../kernels/heap.ts'
import { clusterSizes } from '../../../metrics/clustering.ts'
import { checkFinite, type Features, placeFeatures } from '../../../tensor/features.ts'
import { Matrix } from '../../../tensor/matrix.ts'
import { inRegion, type Job, run, type RunOptions } from '../../../train/run.ts'
import type { ModelOrigin } from '../../state.ts'
import { type ClustererDefinition, type ClusterShape, isInductive } from './definition.ts'
import { type Assignment, type ClusterState, copied, moved, withArray } from './state.ts'

/** How far the same clusters come back when the method runs again: 1 is always. See `clusteringStability`. */
export interface ClusterStability {
  /** What the other runs were: new seeds, or resampled rows. */
  readonly over: 'seeds' | 'bootstrap'
  readonly runs: number
  /** Mean adjusted Rand index of the other runs with this clustering. */
  readonly ari: number
  /** Mean greatest Jaccard overlap of each cluster with one of another run; null for an empty cluster. */
  readonly clusters: readonly (number | null)[]
}

export interface ClusteringInfo {
  readonly origin: ModelOrigin
  /** What it was fitted on. */
  readonly shape: ClusterShape
  /** The ids of the rows, where they have any. */
  readonly nodes: Vocabulary | null
  readonly stability?: ClusterStability | null
  /** How a table became the columns of the input, where one did: new rows become the same columns by it. */
  readonly features?: FeaturePlan | null
}

export class FittedClustering {
  readonly origin: ModelOrigin
  readonly shape: ClusterShape
  readonly nodes: Vocabulary | null
  readonly stability: ClusterStability | null
  readonly features: FeaturePlan | null
  /** n cluster numbers, 0 … clusters − 1. */
  readonly labels: Int32Array
  readonly clusters: number
  /** Rows per cluster. */
  readonly sizes: Int32Array
  /** n × K, where the method is probabilistic. */
  readonly probabilities: Matrix<'node', 'cluster'> | null
  /** n × d, where the method clusters a space of its own. */
  readonly latent: Matrix<'node', 'latent'> | null
  readonly centres: Matrix<'cluster', 'latent'> | null
  readonly facts: Readonly<Record<string, unknown>>
  /** @internal Everything, for saving. */
  readonly state: ClusterState
  readonly #definition: ClustererDefinition

  /** Use `trainClusterer` or `loadClustering`. @internal */
  constructor(definition: ClustererDefinition, info: ClusteringInfo, state: ClusterState) {
    const kept = moved(state, copied)
    checkState(definition, info, kept)
    this.#definition = definition
    this.origin = info.origin
    this.shape = info.shape
    this.nodes = info.nodes
    this.stability = info.stability ?? null
    this.features = info.features ?? null
    this.state = kept
    this.labels = kept.labels
    this.clusters = kept.clusters
    this.sizes = clusterSizes(kept.labels, kept.clusters)
    this.probabilities = kept.probabilities
    this.latent = kept.latent
    this.centres = kept.centres
    this.facts = kept.facts
  }

  /** The same clustering with what was found about its stability. */
  withStability(stability: ClusterStability): FittedClustering {
    return new FittedClustering(this.#definition, { ...this, stability }, this.state)
  }

  /** Whether {@link predict} works. */
  get inductive(): boolean {
    return isInductive(this.#definition)
  }

  /** The cluster of a row by its id. @throws MISSING where rows have no ids, UNKNOWN_NAME for an unknown one. */
  clusterOf(id: string): number {
    if (!this.nodes)
      throw fail('MISSING', {
        what: 'the rows of this clustering have no ids',
        todo: 'Use `labels`, by row number.',
      })
    return this.labels[this.nodes.rowOrThrow(id, 'node')]
  }

  /**
   * The clusters of rows that it was not fitted on, with the columns of the training.
   *
   * @throws ARGUMENT where the method has no answer for new rows, the columns differ or a value is not finite.
   */
  predict(rows: Features, options: RunOptions = {}): Promise<Assignment> {
    const definition = this.#definition
    if (!isInductive(definition)) {
      throw fail('ARGUMENT', {
        what: `predict of ${definition.title}`,
        expected: 'a method that can assign new rows',
        got: 'one that only groups the rows it was fitted on: fit again with the new rows among them',
      })
    }
    if (rows.cols !== this.shape.columns) {
      throw fail('SHAPE', {
        op: 'predict',
        expected: `rows of ${this.shape.columns} columns, as in training`,
        got: String(rows.cols),
      })
    }
    checkFinite(rows, 'rows to predict')
    const { state } = this
    const { config } = this.origin
    const predict = definition.predict.bind(definition)
    function* work(): Job<Assignment> {
      const placed = moved(state, (array) => heap.place(array))
      return yield* predict(placeFeatures(rows), placed, config)
    }
    const job = inRegion(work(), ({ labels, probabilities }) => ({
      labels: copied(labels),
      probabilities: probabilities && withArray(probabilities, copied),
    }))
    return run(job, options)
  }

  /**
   * The clusters of the rows of a table with the columns of the one it was fitted on, encoded by the same plan.
   *
   * @throws MISSING where it was not fitted on a table; what `applyFeatures` and {@link predict} throw.
   */
  async predictTable(
    table: Table,
    { absent, ...options }: RunOptions & ApplyOptions = {},
  ): Promise<{ readonly assignment: Assignment; readonly encoding: Omit<EncodedRows, 'matrix'> }> {
    const plan = this.features
    if (!plan)
      throw fail('MISSING', {
        what: 'this clustering was not fitted on a table, but on numbers',
        todo: 'Give new rows as numbers, with the same columns.',
      })
    const region = new Region()
    try {
      const encode = (): EncodedRows => applyFeatures(plan, table, absent === undefined ? {} : { absent })
      const { matrix, ...encoding } = heap.within(region, encode)
      return { assignment: await this.predict(matrix, options), encoding }
    } finally {
      heap.close(region)
    }
  }
}

/** No NaN reaches a model, and a label for every row does. */
function checkState(
  definition: ClustererDefinition,
  { shape, nodes }: ClusteringInfo,
  state: ClusterState,
): void {
  const { labels, clusters, probabilities, latent } = state
  const sizes = [labels.length, probabilities?.rows, latent?.rows, nodes?.size]
  if (sizes.some((size) => size !== undefined && size !== shape.rows)) {
    throw fail('SHAPE', {
      op: `the result of ${definition.title}`,
      expected: `labels (and probabilities, latent, ids) of ${shape.rows} rows`,
      got: sizes.join(', '),
    })
  }
  clusterSizes(labels, clusters)
  const arrays = {
    probabilities: probabilities?.data,
    latent: latent?.data,
    centres: state.centres?.data,
    ...Object.fromEntries(Object.entries(state.extra ?? {}).map(([name, t]) => [name, t.data])),
  }
  for (const [name, array] of Object.entries(arrays)) {
    if (!array?.some((value) => !Number.isFinite(value))) continue
    throw fail('DIVERGED', {
      what: `${definition.title} ended with numbers that are not finite (${name})`,
      todo: 'Use a smaller learning rate, or look for outliers in the input.',
    })
  }
}
