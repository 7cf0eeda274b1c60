/**
 * Whether the same clusters come back: without labels the nearest thing to a test. Other runs differ in their seed, or are fitted to
 * rows drawn with replacement (Hennig 2007); each cluster is matched with the one of the other run that overlaps it most.
 */
import { fail } from '../errors.ts'
import { heap, Region } from '../kernels/heap.ts'
import { adjustedRandIndex, clusterSizes } from '../metrics/clustering.ts'
import type { ClusterInput } from '../models/cluster/family/definition.ts'
import type { ClusterStability, FittedClustering } from '../models/cluster/family/fitted.ts'
import { takeRows } from '../nn/rows.ts'
import { Random } from '../random.ts'
import { type Features, placeFeatures } from '../tensor/features.ts'
import type { RunOptions } from '../train/run.ts'
import { type ClusterOptions, trainClusterer } from './train-clusterer.ts'

export interface StabilityOptions extends RunOptions {
  /** `bootstrap` resamples rows: for methods that can assign new rows, on features alone. Default: seeds. */
  readonly over?: ClusterStability['over']
  /** Other runs. Default 10. */
  readonly runs?: number
}

/** Fits the method of `model` again `runs` times, with the seeds after its own, and compares. */
export async function clusteringStability(
  model: FittedClustering,
  input: ClusterInput,
  { over = 'seeds', runs = 10, ...rest }: StabilityOptions = {},
): Promise<ClusterStability> {
  const { method, config, seed } = model.origin
  if (over === 'bootstrap' && (!model.inductive || !input.features || input.graph)) {
    throw fail('ARGUMENT', {
      what: 'stability under bootstrap',
      expected: 'a method that can assign new rows, and features without a graph',
      got: model.inductive ? 'a graph' : `${method}, which cannot (use seeds)`,
    })
  }
  const overlaps = new Float64Array(model.clusters)
  let ari = 0
  for (let run = 1; run <= runs; run++) {
    const options: ClusterOptions = { ...rest, method, config, seed: seed + run }
    const labels =
      over === 'seeds'
        ? (await trainClusterer(input, options)).labels
        : await resampled(input.features!, options)
    ari += adjustedRandIndex(model.labels, labels) / runs
    jaccard(model.labels, labels, model.clusters).forEach((value, c) => (overlaps[c] += value / runs))
  }
  const clusters = Array.from(overlaps, (value, c) => (model.sizes[c] > 0 ? value : null))
  return { over, runs, ari, clusters }
}

/** The labels of all rows by a fit to as many rows drawn with replacement. */
async function resampled(features: Features, options: ClusterOptions): Promise<Int32Array> {
  const rng = new Random(options.seed ?? 1).stream('bootstrap')
  const drawn = Int32Array.from({ length: features.rows }, () => rng.int(features.rows))
  const region = new Region()
  try {
    const sample = heap.within(region, () => takeRows(placeFeatures(features), heap.place(drawn)))
    const model = await trainClusterer({ features: sample, graph: null }, options)
    return (await model.predict(features, options)).labels
  } finally {
    heap.close(region)
  }
}

/** For each cluster of `a` the greatest |A ∩ B| / |A ∪ B| over the clusters B of `b`; 0 for an empty one. */
export function jaccard(a: Int32Array, b: Int32Array, clusters: number): number[] {
  const others = b.reduce((most, label) => Math.max(most, label), 0) + 1
  const shared = new Float64Array(clusters * others)
  for (let i = 0; i < a.length; i++) shared[a[i] * others + b[i]]++
  const [left, right] = [clusterSizes(a, clusters), clusterSizes(b, others)]
  return Array.from(left, (size, c) => {
    let best = 0
    for (let o = 0; o < others; o++) {
      const both = shared[c * others + o]
      if (both > 0) best = Math.max(best, both / (size + right[o] - both))
    }
    return best
  })
}
