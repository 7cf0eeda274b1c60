/** Trains a clusterer by name: settings, checks of the input, memory check, and a fitted clustering. True labels have no way in. */
import type { FeaturePlan } from '../data/features/plan.ts'
import type { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import type { ClusterContext, ClusterInput, ClusterShape } from '../models/cluster/family/definition.ts'
import { FittedClustering } from '../models/cluster/family/fitted.ts'
import { heap } from '../kernels/heap.ts'
import { findClusterer } from '../models/cluster/index.ts'
import { type Estimate, resolveConfig } from '../models/method.ts'
import type { Pretrained } from '../nn/training/pretraining.ts'
import { Random } from '../random.ts'
import { checkFinite, placeFeatures, storedValues } from '../tensor/features.ts'
import { Matrix } from '../tensor/matrix.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { inRegion, run, type RunOptions, type Snapshot } from '../train/run.ts'
import { checkMemory } from './train-recommender.ts'

export interface ClusterOptions extends RunOptions {
  /** A method of `clusterers`, by name. */
  readonly method: string
  /** Settings that differ from the preset's or the defaults. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly preset?: string | undefined
  /** Same data, settings, seed and backend: same clustering. Default 1. */
  readonly seed?: number
  /** The ids of the rows. */
  readonly nodes?: Vocabulary | null
  /** The plan by which a table became the features; it is kept with the clustering. */
  readonly features?: FeaturePlan | null
  /** Told at stages of the training; it cannot influence it. */
  readonly observe?: ClusterContext['observe']
  /** Autoencoders of the same input and seed, shared by several trainings. */
  readonly pretrained?: Pretrained
  /** A snapshot of the same training (data, settings, seed) to go on from. */
  readonly resume?: Snapshot | null
  /** Centres to begin from, K × d, for methods that take them. */
  readonly start?: Matrix<'cluster', 'latent'> | null
}

/**
 * Groups the rows of `input`. Rejects with CONFIG or UNKNOWN_NAME before any work, with ARGUMENT or SHAPE for an input that is
 * not finite, not of the same rows, or not a symmetric graph, with TOO_LARGE when the estimate does not fit the memory that is free, with
 * CANCELLED when the signal fires.
 */
export async function trainClusterer(
  input: ClusterInput,
  options: ClusterOptions,
): Promise<FittedClustering> {
  const definition = findClusterer(options.method)
  const config = resolveConfig(definition, options.config ?? {}, options.preset)
  const {
    seed = 1,
    resume = null,
    observe,
    pretrained,
    nodes = null,
    features = null,
    start = null,
  } = options
  if (!Number.isSafeInteger(seed)) {
    throw fail('ARGUMENT', { what: 'seed', expected: 'a whole number', got: String(seed) })
  }
  for (const need of definition.needs) {
    if (input[need]) continue
    throw fail('ARGUMENT', {
      what: definition.title,
      expected: definition.needs.join(' and '),
      got: `no ${need}${need === 'graph' ? ' (neighbourGraph, or --knn, makes one from features)' : ''}`,
    })
  }
  if (start && !definition.takesCentres) {
    throw fail('ARGUMENT', {
      what: definition.title,
      expected: 'a method that takes centres to begin from',
      got: 'one that does not',
    })
  }
  const shape = shapeOfClusterInput(input)
  checkInput(input, shape.rows)
  checkMemory(definition.title, definition.estimate(shape, config))
  const origin = { method: definition.name, config: config as Record<string, unknown>, seed }
  const job = inRegion(
    fitJob(),
    (state) => new FittedClustering(definition, { origin, shape, nodes, features }, state),
  )
  return run(job, options)

  function* fitJob(): ReturnType<typeof definition.fit> {
    const { features, graph, views } = input
    const placed: ClusterInput = {
      features: features && placeFeatures(features),
      graph: graph && graph.placed(),
      ...(views
        ? { views: Object.fromEntries(Object.entries(views).map(([name, view]) => [name, view.placed()])) }
        : {}),
    }
    const rng = new Random(seed)
    return yield* definition.fit(placed, config, {
      rng,
      resume,
      start: start && new Matrix(start.rows, start.cols, heap.place(start.data)),
      ...(observe ? { observe } : {}),
      ...(pretrained ? { pretrained } : {}),
    })
  }
}

/** The size of an input. */
export function shapeOfClusterInput({ features, graph }: ClusterInput): ClusterShape {
  return {
    rows: features?.rows ?? graph?.rows ?? 0,
    columns: features?.cols ?? 0,
    entries: features ? storedValues(features) : 0,
    edges: graph?.nnz ?? 0,
  }
}

/** What training `method` on data of this shape takes. */
export function estimateClustering(
  method: string,
  shape: ClusterShape,
  config: Readonly<Record<string, unknown>>,
  preset?: string,
): Estimate {
  const definition = findClusterer(method)
  return definition.estimate(shape, resolveConfig(definition, config, preset))
}

function checkInput({ features, graph, views = {} }: ClusterInput, rows: number): void {
  if (rows === 0) throw fail('EMPTY', { what: 'there are no rows to cluster', todo: 'Give a row or more.' })
  if (features) {
    if (features.cols === 0)
      throw fail('EMPTY', { what: 'the rows have no columns', todo: 'Give a feature or more.' })
    checkFinite(features, 'features')
  }
  if (graph) checkGraph('graph', graph, rows)
  for (const [name, view] of Object.entries(views)) checkGraph(`view ${name}`, view, rows)
}

/** Square, of the rows, symmetric, without self-loops, weights above 0. */
function checkGraph(what: string, graph: Sparse, rows: number): void {
  if (graph.rows !== rows || graph.cols !== rows) {
    throw fail('SHAPE', {
      op: what,
      expected: `a node for each of ${rows} rows`,
      got: `${graph.rows} × ${graph.cols}`,
    })
  }
  for (let r = 0; r < rows; r++) {
    for (let e = graph.indptr[r]; e < graph.indptr[r + 1]; e++) {
      const value = graph.values ? graph.values[e] : 1
      const wrong =
        graph.indices[e] === r
          ? 'an edge from a node to itself'
          : value > 0 && value < Infinity
            ? ''
            : `a weight of ${value}`
      if (wrong === '') continue
      throw fail('ARGUMENT', {
        what,
        expected: 'edges between different nodes, of finite weights above 0',
        got: `${wrong} at node ${r}`,
      })
    }
  }
  const t = graph.transposed
  if (t === graph) return
  const same =
    t.nnz === graph.nnz &&
    t.indptr.every((at, r) => at === graph.indptr[r]) &&
    t.indices.every((c, e) => c === graph.indices[e]) &&
    (!graph.values || graph.values.every((value, e) => value === t.values![e]))
  if (same) return
  throw fail('ARGUMENT', {
    what,
    expected: 'an undirected graph: every edge in both directions with the same weight',
    got: 'one that is not symmetric',
  })
}
