/**
 * Fills a table with runs of our own: every method with the same seeds, the final state of each run, pre-training inside it. Methods get the input
 * and K; the labels stay here, with the evaluator.
 */
import { clusterers } from '../../models/cluster/index.ts'
import type { ClusterInput } from '../../models/cluster/family/definition.ts'
import { resolveConfig } from '../../models/method.ts'
import { fail, HomophilyError } from '../../errors.ts'
import { describeBackend } from '../../kernels/index.ts'
import { agreement } from '../../metrics/clustering.ts'
import { modularity } from '../../metrics/modularity.ts'
import type { Losses } from '../../nn/training/objective.ts'
import type { Pretrained } from '../../nn/training/pretraining.ts'
import type { RunOptions } from '../../train/run.ts'
import { storedValues } from '../../tensor/features.ts'
import { trainClusterer } from '../train-clusterer.ts'
import type { PaperTable, TableData, TableRow, TableSet } from './definition.ts'
import { TableResults, type RunTask, type TableRun } from './results.ts'

export interface ReproduceOptions extends RunOptions {
  /** Where the data sets are. */
  readonly data: string
  /** Where finished runs are kept. */
  readonly results: string
  /** Names of data sets and methods; default: all of the table. */
  readonly sets?: readonly string[]
  readonly methods?: readonly string[]
  readonly seeds: readonly number[]
  /** Also look for the best epoch by the labels, for a column of its own. */
  readonly oracle?: boolean
  /** Settings instead of the table's, by method; the table's notes name them. */
  readonly config?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** False: only what is finished already. */
  readonly run?: boolean
  /** Told before a run, and after it. */
  readonly onBegin?: (label: string) => void
  readonly onRun?: (run: TableRun, reused: boolean) => void
}

/** One method on one data set. */
export interface TableCell {
  readonly set: TableSet
  readonly row: TableRow
  readonly config: Readonly<Record<string, unknown>>
  /** In the order of the seeds; seeds that are not finished are absent. */
  readonly runs: readonly TableRun[]
}

export interface Reproduction {
  readonly table: PaperTable
  readonly seeds: readonly number[]
  readonly oracle: boolean
  readonly cells: readonly TableCell[]
  /** What was left out, and why. */
  readonly leftOut: readonly string[]
  /** Settings that were given instead of the table's. */
  readonly changed: readonly string[]
}

export async function reproduce(table: PaperTable, options: ReproduceOptions): Promise<Reproduction> {
  const sets = pick(table.sets, options.sets, (set) => set.name, 'data set')
  const rows = pick(table.rows, options.methods, (row) => row.method, 'method')
  pick(rows, Object.keys(options.config ?? {}), (row) => row.method, 'method in --set')
  const results = await TableResults.open(options.results)
  const leftOut: string[] = []
  const cells: TableCell[] = []
  for (const set of sets) {
    const data = await set.load(options.data)
    const input = `${set.recipe}; ${sizeOf(data.input)}`
    const own: Planned[] = []
    for (const row of rows) {
      const planned = plan(row, set, options)
      if (typeof planned === 'string') leftOut.push(planned)
      else own.push(planned)
    }
    // Seed by seed, so that a table that was stopped has some of every method.
    for (const seed of options.seeds) {
      const pretrained = new SharedPretraining()
      for (const { row, config, runs } of own) {
        const task = { set: set.name, input, method: row.method, config, seed }
        const run = await one(task, data, pretrained, results, options)
        if (run) runs.push(run)
      }
    }
    cells.push(...own)
  }
  const changed = Object.entries(options.config ?? {}).map(
    ([method, values]) =>
      `${method}: ${Object.entries(values)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(', ')}`,
  )
  return {
    table,
    seeds: options.seeds,
    oracle: options.oracle ?? false,
    cells,
    leftOut: [...new Set(leftOut)],
    changed,
  }
}

type Planned = TableCell & { readonly runs: TableRun[] }

/** A cell without runs yet, or why there is none. */
function plan(row: TableRow, set: TableSet, options: ReproduceOptions): Planned | string {
  const definition = clusterers.find(({ name }) => name === row.method)
  if (!definition) return `${row.title}: there is no method ${row.method} in this version.`
  if (definition.needs.includes('graph') && !set.hasGraph)
    return `${row.title} on ${set.title}: it needs a graph, and the data set has none here.`
  const config = resolveConfig(definition, {
    clusters: set.clusters,
    ...row.config,
    ...row.perSet?.[set.name]?.config,
    ...options.config?.[row.method],
  }) as Record<string, unknown>
  return { set, row, config, runs: [] }
}

/** The run of a task, done or found; null where it is not done and not to be. */
async function one(
  task: RunTask,
  { input, truth }: TableData,
  pretrained: SharedPretraining,
  results: TableResults,
  options: ReproduceOptions,
): Promise<TableRun | null> {
  const oracle = options.oracle ?? false
  const known = await results.find(task, oracle)
  if (known) {
    options.onRun?.(known, true)
    return known
  }
  if (options.run === false) return null
  options.onBegin?.(`${task.set}, ${task.method}, seed ${task.seed}`)
  const watcher = new OracleWatcher(truth)
  pretrained.begin()
  const { backend, isa } = describeBackend()
  const common = (): { seconds: number; kernels: string } => ({
    seconds: pretrained.seconds,
    kernels: `${backend} ${isa}`,
  })
  try {
    const clustering = await trainClusterer(input, {
      method: task.method,
      config: task.config,
      seed: task.seed,
      pretrained,
      ...(oracle ? { observe: ({ epoch, labels }) => watcher.look(epoch, labels) } : {}),
      signal: options.signal,
      onProgress: options.onProgress,
    })
    const { acc, nmi, ari, f1 } = agreement(truth, clustering.labels)
    const found = clustering.sizes.reduce((sum, size) => sum + (size > 0 ? 1 : 0), 0)
    const best = oracle ? watcher.best({ acc, nmi, ari, f1 }) : null
    const run = await results.add(task, {
      final: { acc, nmi, ari, f1 },
      failure: null,
      oracle: best,
      found,
      modularity: input.graph
        ? modularity({ adjacency: input.graph, directed: false }, clustering.labels)
        : null,
      loss: lossOf(clustering.facts),
      ...common(),
    })
    options.onRun?.(run, false)
    return run
  } catch (error) {
    if (!(error instanceof HomophilyError) || error.code !== 'DIVERGED') throw error
    const failure = {
      final: null,
      failure: error.message,
      oracle: null,
      found: 0,
      modularity: null,
      loss: null,
    }
    const run = await results.add(task, { ...failure, ...common() })
    options.onRun?.(run, false)
    return run
  }
}

function lossOf({ losses }: Readonly<Record<string, unknown>>): number | null {
  return (losses as Losses | undefined)?.['total'] ?? null
}

/** Of this process so far, all threads: unlike the clock's, these do not depend on what else the machine does. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/**
 * The autoencoders of one data set and seed, for the methods that begin with the same. The seconds of a run count the pre-training
 * that it found as if it had done it.
 */
class SharedPretraining implements Pretrained {
  readonly #kept = new Map<string, { weights: readonly Float32Array[]; seconds: number }>()
  /** What the run at hand has trained or found. */
  readonly #counted = new Set<string>()
  #began = 0
  #found = 0
  #missed = 0

  begin(): void {
    this.#counted.clear()
    this.#began = processorSeconds()
    this.#found = 0
  }

  /** Since {@link begin}. */
  get seconds(): number {
    return processorSeconds() - this.#began + this.#found
  }

  find(settings: string): readonly Float32Array[] | undefined {
    const kept = this.#kept.get(settings)
    if (!kept) this.#missed = processorSeconds()
    else if (!this.#counted.has(settings)) this.#found += kept.seconds
    this.#counted.add(settings)
    return kept?.weights
  }

  keep(settings: string, weights: readonly Float32Array[]): void {
    this.#kept.set(settings, { weights, seconds: processorSeconds() - this.#missed })
  }
}

type Scores = NonNullable<TableRun['final']>

/** Remembers the most accurate state that a training went through. It has no way to influence the training. */
class OracleWatcher {
  readonly #truth: Int32Array
  #best: NonNullable<TableRun['oracle']> | null = null

  constructor(truth: Int32Array) {
    this.#truth = truth
  }

  look(epoch: number, labels: Int32Array): void {
    const { acc, nmi, ari, f1 } = agreement(this.#truth, labels)
    if (!this.#best || acc > this.#best.acc) this.#best = { acc, nmi, ari, f1, epoch }
  }

  /** With the final state as one more. */
  best(final: Scores): NonNullable<TableRun['oracle']> {
    return this.#best && this.#best.acc > final.acc ? this.#best : { ...final, epoch: null }
  }
}

function sizeOf({ features, graph }: ClusterInput): string {
  const parts = []
  if (features) parts.push(`${features.rows} × ${features.cols}, ${storedValues(features)} values`)
  if (graph) parts.push(`${graph.nnz / 2} edges`)
  return parts.join(', ')
}

function pick<T>(
  all: readonly T[],
  names: readonly string[] | undefined,
  nameOf: (each: T) => string,
  kind: string,
): T[] {
  if (names === undefined) return [...all]
  for (const name of names) {
    if (!all.some((each) => nameOf(each) === name))
      throw fail('UNKNOWN_NAME', { kind, name, known: all.map(nameOf) })
  }
  return all.filter((each) => names.includes(nameOf(each)))
}
