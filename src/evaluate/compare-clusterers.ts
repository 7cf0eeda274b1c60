/** Methods side by side over the same seeds: what their figures owe to luck, and what is left between them. */
import { fail } from '../errors.ts'
import { mean, standardDeviation } from '../metrics/bootstrap.ts'
import { adjustedRandIndex } from '../metrics/clustering.ts'
import type { ClusterInput } from '../models/cluster/family/definition.ts'
import type { FittedClustering } from '../models/cluster/family/fitted.ts'
import type { RunOptions } from '../train/run.ts'
import { type ClusteringResult, evaluateClustering } from './clustering.ts'
import { type Spread, spread } from './seeds.ts'
import { type ClusterOptions, trainClusterer } from './train-clusterer.ts'
import type { Truth } from './truth.ts'

export interface Contender {
  /** In the report. Default: the method. */
  readonly name?: string
  readonly method: string
  readonly config?: Readonly<Record<string, unknown>>
  readonly preset?: string | undefined
}

export interface CompareClusterersOptions extends RunOptions, Pick<ClusterOptions, 'nodes' | 'features'> {
  readonly seeds: readonly number[]
  /** For the evaluation alone: no method sees it, and every figure is of the final state. */
  readonly truth?: Truth | null
  /** Rows whose silhouette is computed where there are more. */
  readonly sample?: number
  /** Called with each clustering; those of the first contender and seed come first. */
  readonly onModel?: (model: FittedClustering, run: ClustererRun, contender: number) => void | Promise<void>
}

export interface ClustererRun {
  readonly seed: number
  /** Wall time of training. */
  readonly seconds: number
  readonly result: ClusteringResult
}

export interface ClustererRow {
  readonly name: string
  readonly method: string
  readonly config: Readonly<Record<string, unknown>>
  readonly runs: readonly ClustererRun[]
  readonly metrics: Readonly<Record<string, Spread>>
  readonly seconds: Spread
  /** Mean adjusted Rand index between the clusterings of its seeds; null for one seed. */
  readonly stability: number | null
  /** Figures less those of the first row, seed by seed; null for the first row. */
  readonly difference: Readonly<Record<string, PairedSeeds>> | null
}

export interface PairedSeeds {
  readonly mean: number
  /** Sample standard deviation of the differences; NaN for one seed. */
  readonly std: number
  /** Seeds in which this row has the higher figure. */
  readonly higher: number
}

export interface ClustererComparison {
  readonly kind: 'clusterers'
  readonly seeds: readonly number[]
  readonly rows: readonly ClustererRow[]
  readonly classes: number | null
}

/** Trains and evaluates each contender with each seed. Every figure is of the final state of a run. */
export async function compareClusterers(
  input: ClusterInput,
  contenders: readonly Contender[],
  {
    seeds,
    truth = null,
    sample,
    nodes = null,
    features = null,
    onModel,
    signal,
    onProgress,
  }: CompareClusterersOptions,
): Promise<ClustererComparison> {
  const names = contenders.map(({ name, method }) => name ?? method)
  if (contenders.length === 0 || new Set(names).size < names.length) {
    throw fail('ARGUMENT', {
      what: 'methods to compare',
      expected: 'one or more, each under a name of its own',
      got: names.join(', ') || 'none',
    })
  }
  if (seeds.length === 0 || new Set(seeds).size < seeds.length) {
    throw fail('ARGUMENT', {
      what: 'seeds',
      expected: 'one or more, each once',
      got: seeds.join(', ') || 'none',
    })
  }
  const running = { signal, onProgress }
  const rows: ClustererRow[] = []
  for (const [c, contender] of contenders.entries()) {
    const { method, config = {}, preset } = contender
    const runs: ClustererRun[] = []
    const labels: Int32Array[] = []
    let resolved: Readonly<Record<string, unknown>> = config
    for (const seed of seeds) {
      const started = performance.now()
      const model = await trainClusterer(input, { ...running, method, config, preset, seed, nodes, features })
      const seconds = (performance.now() - started) / 1000
      const result = await evaluateClustering(model, {
        ...running,
        input,
        truth,
        ...(sample === undefined ? {} : { sample }),
      })
      const run = { seed, seconds, result }
      runs.push(run)
      labels.push(model.labels)
      resolved = model.origin.config
      await onModel?.(model, run, c)
    }
    const measures = Object.keys(runs[0].result.measures)
    const figures = (name: string): number[] => runs.map(({ result }) => result.measures[name] ?? NaN)
    rows.push({
      name: names[c],
      method,
      config: resolved,
      runs,
      metrics: Object.fromEntries(measures.map((name) => [name, spread(figures(name))])),
      seconds: spread(runs.map((run) => run.seconds)),
      stability: betweenSeeds(labels),
      difference:
        c === 0
          ? null
          : Object.fromEntries(
              measures
                .filter((name) => name in rows[0].metrics)
                .map((name) => [
                  name,
                  paired(
                    figures(name),
                    rows[0].runs.map(({ result }) => result.measures[name]),
                  ),
                ]),
            ),
    })
  }
  return { kind: 'clusterers', seeds, rows, classes: truth?.classes ?? null }
}

/** a − b, seed by seed. */
function paired(a: readonly number[], b: readonly number[]): PairedSeeds {
  const differences = a.map((value, s) => value - b[s])
  return {
    mean: mean(differences),
    std: standardDeviation(differences),
    higher: differences.filter((value) => value > 0).length,
  }
}

function betweenSeeds(labels: readonly Int32Array[]): number | null {
  const pairs = labels.flatMap((a, i) => labels.slice(0, i).map((b) => adjustedRandIndex(a, b)))
  return pairs.length === 0 ? null : mean(pairs)
}
