/** What a clustering is worth: against true classes where they are known, and by itself where they are not. */
import { balance, clusterSizes } from '../metrics/clustering.ts'
import { modularity } from '../metrics/modularity.ts'
import { type Silhouette, silhouette } from '../metrics/silhouette.ts'
import type { ClusterInput } from '../models/cluster/family/definition.ts'
import { Random } from '../random.ts'
import { inRegion, type Job, pace, run, type RunOptions } from '../train/run.ts'
import type { Truth } from './truth.ts'

export interface ClusteringEvaluation extends RunOptions {
  /** What was clustered: its features give the silhouette, its graph the modularity. */
  readonly input?: ClusterInput
  readonly truth?: Truth | null
  /** Rows whose silhouette is computed where there are more. Default 2,000. */
  readonly sample?: number
  /** Of that sample. Default 1. */
  readonly seed?: number
}

export interface ClusteringResult {
  readonly kind: 'clustering'
  readonly rows: number
  /** K, clusters without rows included. */
  readonly clusters: number
  readonly empty: number
  readonly sizes: readonly number[]
  /** acc, nmi, ari, f1, purity with true classes; silhouette, modularity, balance. What is undefined is left out. */
  readonly measures: Readonly<Record<string, number>>
  /** Null without features. */
  readonly silhouette: Silhouette | null
}

/** Measures `labels`, cluster numbers from 0 to clusters − 1. */
export function evaluateClustering(
  { labels, clusters }: { readonly labels: Int32Array; readonly clusters: number },
  options: ClusteringEvaluation = {},
): Promise<ClusteringResult> {
  const { input, truth, sample = 2000, seed = 1 } = options
  const sizes = clusterSizes(labels, clusters)
  function* work(): Job<ClusteringResult> {
    const measures: Record<string, number> = {}
    if (truth) Object.assign(measures, truth.agreement(labels))
    let found: Silhouette | null = null
    if (input?.features) {
      const due = pace()
      const rng = new Random(seed).stream('silhouette')
      const job = silhouette(input.features, labels, clusters, { sample, rng })
      let step = job.next()
      for (; !step.done; step = job.next())
        if (due()) yield { phase: 'silhouette', ...step.value, unit: 'rows' }
      found = step.value
      if (found.score !== null) measures['silhouette'] = found.score
    }
    if (input?.graph) measures['modularity'] = modularity({ adjacency: input.graph, directed: false }, labels)
    measures['balance'] = balance(sizes)
    return {
      kind: 'clustering',
      rows: labels.length,
      clusters,
      empty: sizes.filter((size) => size === 0).length,
      sizes: Array.from(sizes),
      measures,
      silhouette: found,
    }
  }
  return run(
    inRegion(work(), (result) => result),
    options,
  )
}
