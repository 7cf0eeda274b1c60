/** Segments: the users of a space in groups, with what says whether the groups are any good. */
import { Vocabulary } from '../data/vocabulary.ts'
import { chooseClusters } from '../evaluate/choose-clusters.ts'
import { evaluateClustering } from '../evaluate/clustering.ts'
import { clusteringStability } from '../evaluate/clustering-stability.ts'
import { neighbourGraph } from '../evaluate/neighbour-graph.ts'
import { trainClusterer } from '../evaluate/train-clusterer.ts'
import { fail } from '../errors.ts'
import { modularity } from '../metrics/modularity.ts'
import type { ClusterInput } from '../models/cluster/family/definition.ts'
import type { ClusterStability, FittedClustering } from '../models/cluster/family/fitted.ts'
import { findClusterer } from '../models/cluster/index.ts'
import type { StartFact } from '../models/cluster/family/warm-start.ts'
import { resolveConfig, settingNames } from '../models/method.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import type { Sparse } from '../tensor/sparse.ts'
import type { RunOptions } from '../train/run.ts'
import type { Space } from './space.ts'
import { type EarlierGroups, startFor, startFrom, type StartRecord } from './warm-start.ts'

export interface SegmentOptions extends RunOptions {
  /** A method of `clusterers`, by name. */
  readonly method: string
  /** K; `auto` tries 2 … maxClusters and takes the greatest silhouette. Methods that find their own number take `auto` alone. */
  readonly clusters: number | 'auto'
  readonly maxClusters: number
  /** Settings beside `clusters`. */
  readonly config: Readonly<Record<string, unknown>>
  readonly preset?: string | undefined
  readonly seed: number
  /** Other runs that stability is over; 0: it is not computed. */
  readonly runs: number
  /** What they differ in. Default: bootstrap samples, or seeds where the method cannot assign rows. */
  readonly over?: ClusterStability['over'] | undefined
  /** The groups to begin from, where the method can and their number is the same; or why there are none to tell. */
  readonly before?: EarlierGroups | { readonly reason: string } | undefined
}

export interface Quality {
  /** Null where everybody is in one segment. */
  readonly silhouette: number | null
  /** Of the graph of nearest neighbours by cosine, of 20,000 users drawn at random where there are more; null where nobody has one. */
  readonly modularity: number | null
  readonly stability: Pick<ClusterStability, 'ari' | 'runs' | 'over'> | null
  readonly balance: number
}

/** What the choice of K was made from. */
export interface Choice {
  readonly chosen: number
  readonly tried: readonly {
    readonly clusters: number
    readonly silhouette: number | null
    readonly modularity: number | null
    readonly stability: number | null
  }[]
}

export interface SegmentedUsers {
  /** Its nodes are the users that have a vector. */
  readonly model: FittedClustering
  readonly population: Vocabulary
  /** Of each user to the mean of their segment, in the space that was clustered. */
  readonly distances: Float32Array
  readonly quality: Quality
  /** Null unless K was chosen. */
  readonly choice: Choice | null
  readonly start: StartRecord
}

/** Neighbours of each user in the graph behind modularity, and the most users that are in it. */
const NEIGHBOURS = 10
const SAMPLE = 20_000

/**
 * Groups the users of a space. `unit`: by the direction of their vectors alone, as spaces of recommenders and embeddings are compared. Users whose
 * vector is zero have no place in the space and are left out.
 *
 * @throws what `trainClusterer` throws; EMPTY where no user has a vector; ARGUMENT for a K that the method does not take, or above the users.
 */
export async function segmentUsers(
  space: Space,
  unit: boolean,
  options: SegmentOptions,
): Promise<SegmentedUsers> {
  const { method, clusters, config, preset, seed, runs, before, signal, onProgress } = options
  const definition = findClusterer(method)
  const takesClusters = settingNames(definition).includes('clusters')
  if (clusters !== 'auto' && !takesClusters) {
    throw fail('ARGUMENT', {
      what: 'clusters',
      expected: `"auto": ${definition.title} finds their number itself`,
      got: String(clusters),
    })
  }
  resolveConfig(definition, takesClusters ? { ...config, clusters: 2 } : config, preset)
  const { population, rows } = placedUsers(space, unit)
  const running = { signal, onProgress }
  const needsGraph = definition.needs.includes('graph')
  const measured = await modularityOn(rows, needsGraph ? rows.rows : SAMPLE, seed, running)
  const input: ClusterInput = { features: rows, graph: needsGraph ? measured.graph : null }
  const training = { ...running, method, preset, seed }
  const first = before && 'labels' in before ? startFrom(before, method, population, rows) : before
  const start = first ?? { reason: 'there were no segments before' }
  const choice =
    clusters === 'auto' && takesClusters
      ? await choose(input, measured, population.size, 'centres' in start ? start.centres : null, options)
      : null
  const number = choice?.chosen ?? clustersOf(clusters)
  const settings = takesClusters ? { ...config, clusters: number } : config
  const usable = startFor(start, number)
  const fitted = await trainClusterer(input, {
    ...training,
    config: settings,
    nodes: population,
    start: 'centres' in usable ? usable.centres : null,
  })
  const { measures } = await evaluateClustering(fitted, {
    ...running,
    input: { features: rows, graph: null },
    seed,
  })
  const over = options.over ?? (fitted.inductive && !input.graph ? 'bootstrap' : 'seeds')
  const stability = runs > 0 ? await clusteringStability(fitted, input, { ...running, over, runs }) : null
  return {
    model: stability ? fitted.withStability(stability) : fitted,
    population,
    distances: distancesToMeans(rows, fitted.labels, fitted.clusters),
    quality: {
      silhouette: measures['silhouette'] ?? null,
      modularity: measured.of?.(fitted.labels) ?? null,
      stability: stability && { ari: stability.ari, runs, over },
      balance: measures['balance'],
    },
    choice,
    start: 'reason' in usable ? usable : (fitted.facts['start'] as StartFact),
  }
}

/** With one user or two there is nothing to choose from: they are one segment. */
function clustersOf(clusters: number | 'auto'): number {
  return clusters === 'auto' ? 1 : clusters
}

interface Modularity {
  readonly graph: Sparse | null
  /** Null where there is no graph. */
  readonly of: ((labels: Int32Array) => number) | null
}

/** The graph of the nearest neighbours of at most `most` rows, and the modularity of labels of all rows on it. */
async function modularityOn(
  rows: Matrix,
  most: number,
  seed: number,
  running: RunOptions,
): Promise<Modularity> {
  if (rows.rows < 2) return { graph: null, of: null }
  const all = Int32Array.from({ length: rows.rows }, (_, row) => row)
  const chosen = rows.rows > most ? new Random(seed).stream('neighbours').shuffle(all).slice(0, most) : null
  const { cols, data } = rows
  const sample = chosen && new Float32Array(chosen.length * cols)
  chosen?.forEach((row, r) => sample!.set(data.subarray(row * cols, (row + 1) * cols), r * cols))
  const graph = await neighbourGraph(sample ? new Matrix(most, cols, sample) : rows, {
    ...running,
    neighbours: Math.min(NEIGHBOURS, rows.rows - 1),
    similarity: 'cosine',
    weighted: false,
  })
  const of = (labels: Int32Array): number =>
    modularity({ adjacency: graph, directed: false }, chosen ? chosen.map((row) => labels[row]) : labels)
  return { graph, of }
}

async function choose(
  input: ClusterInput,
  measured: Modularity,
  users: number,
  start: Matrix<'cluster', 'latent'> | null,
  { method, config, preset, seed, maxClusters, runs, signal, onProgress }: SegmentOptions,
): Promise<Choice | null> {
  const most = Math.min(maxClusters, users - 1)
  if (most < 2) return null
  const { clusters, rows } = await chooseClusters(input, {
    signal,
    onProgress,
    method,
    config,
    preset,
    seed,
    modularity: measured.of,
    clusters: Array.from({ length: most - 1 }, (_, i) => i + 2),
    by: 'silhouette',
    runs,
    start,
  })
  const tried = rows.map(({ clusters, silhouette, modularity, stability }) => ({
    clusters,
    silhouette,
    modularity,
    stability,
  }))
  return { chosen: clusters, tried }
}

/** The rows that are not zero, of length 1 where `unit` says so. */
function placedUsers(
  { ids, dim, data, name }: Space,
  unit: boolean,
): { readonly population: Vocabulary; readonly rows: Matrix } {
  const kept: number[] = []
  const lengths: number[] = []
  for (let row = 0; row < ids.size; row++) {
    let square = 0
    for (let at = row * dim; at < (row + 1) * dim; at++) square += data[at] ** 2
    if (unit && square === 0) continue
    kept.push(row)
    lengths.push(unit ? Math.sqrt(square) : 1)
  }
  if (kept.length === 0) {
    throw fail('EMPTY', {
      what: `no user has a vector in ${name}`,
      todo: 'Train on events of some users, or take another space.',
    })
  }
  const rows = new Float32Array(kept.length * dim)
  kept.forEach((row, r) => {
    for (let j = 0; j < dim; j++) rows[r * dim + j] = data[row * dim + j] / lengths[r]
  })
  return {
    population: kept.length === ids.size ? ids : Vocabulary.from(kept.map((row) => ids.id(row))),
    rows: new Matrix(kept.length, dim, rows),
  }
}

/** Euclidean distance of each row to the mean of the rows with its label. */
function distancesToMeans({ rows, cols, data }: Matrix, labels: Int32Array, clusters: number): Float32Array {
  const means = new Float64Array(clusters * cols)
  const sizes = new Float64Array(clusters)
  for (let r = 0; r < rows; r++) {
    sizes[labels[r]]++
    for (let j = 0; j < cols; j++) means[labels[r] * cols + j] += data[r * cols + j]
  }
  return Float32Array.from(labels, (label, r) => {
    let sum = 0
    for (let j = 0; j < cols; j++) sum += (data[r * cols + j] - means[label * cols + j] / sizes[label]) ** 2
    return Math.sqrt(sum)
  })
}
