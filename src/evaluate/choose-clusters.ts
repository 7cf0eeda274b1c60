/** Choosing K: one fit per candidate, and the criteria side by side. Nothing here sees a label of the truth. */
import { fail } from '../errors.ts'
import type { ClusterInput } from '../models/cluster/family/definition.ts'
import type { FittedClustering } from '../models/cluster/family/fitted.ts'
import { kMeans } from '../nn/clustering/k-means.ts'
import { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { inRegion, type Job, run, type RunOptions } from '../train/run.ts'
import { evaluateClustering } from './clustering.ts'
import { clusteringStability } from './clustering-stability.ts'
import { trainClusterer } from './train-clusterer.ts'

export const criteria = ['silhouette', 'gap', 'bic', 'modularity', 'stability'] as const
export type Criterion = (typeof criteria)[number]

export interface ChooseOptions extends RunOptions {
  readonly method: string
  /** Settings beside `clusters`. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly preset?: string | undefined
  readonly seed?: number
  /** Candidates for K, ascending. */
  readonly clusters: readonly number[]
  /** What decides. Default: silhouette with features, else modularity. */
  readonly by?: Criterion
  /** Also compute the gap statistic (k-means on this many uniform references). Default 0: no. */
  readonly references?: number
  /** Also compute the stability, over this many bootstrap samples, or seeds where the method cannot assign new rows. Default 0: no. */
  readonly runs?: number
  /** Centres to begin from, for the candidate that has as many. */
  readonly start?: Matrix<'cluster', 'latent'> | null
  /** The modularity of labels on a graph that the method does not see. Default: on that of the input, where there is one. */
  readonly modularity?: ((labels: Int32Array) => number) | null
}

export interface CandidateRow {
  readonly clusters: number
  /** Each null where it was not asked for or does not apply. */
  readonly silhouette: number | null
  /** E*[ln W] − ln W of k-means, and its standard error (Tibshirani, Walther & Hastie 2001). */
  readonly gap: number | null
  readonly gapError: number | null
  /** p ln n − 2 ln L of a mixture: less is better. */
  readonly bic: number | null
  readonly modularity: number | null
  /** Mean adjusted Rand index with the other runs. */
  readonly stability: number | null
  readonly balance: number
  readonly empty: number
}

export interface ClusterChoice {
  readonly kind: 'choice'
  readonly method: string
  readonly by: Criterion
  /** K. */
  readonly clusters: number
  readonly rows: readonly CandidateRow[]
  /** Whether silhouettes were computed for all rows. */
  readonly exact: boolean
  /** The clustering with the chosen K. */
  readonly model: FittedClustering
}

/**
 * Fits `method` for each candidate K and chooses one by `by`: the greatest silhouette, modularity or stability, the least BIC, or the least
 * K whose gap is not below the next one less its standard error.
 *
 * @throws ARGUMENT when the deciding criterion cannot be computed for this method and input.
 */
export async function chooseClusters(input: ClusterInput, options: ChooseOptions): Promise<ClusterChoice> {
  const { method, config = {}, preset, seed = 1, clusters: candidates, signal, onProgress } = options
  const by = options.by ?? (input.features ? 'silhouette' : 'modularity')
  const references = options.references ?? (by === 'gap' ? 10 : 0)
  const runs = options.runs ?? (by === 'stability' ? 10 : 0)
  if (candidates.length === 0 || candidates.some((k, i) => i > 0 && k <= candidates[i - 1])) {
    throw fail('ARGUMENT', {
      what: 'candidates for K',
      expected: 'one or more, ascending',
      got: candidates.join(', ') || 'none',
    })
  }
  const running = { signal, onProgress }
  const rows: CandidateRow[] = []
  const models: FittedClustering[] = []
  let exact = true
  for (const clusters of candidates) {
    const model = await trainClusterer(input, {
      ...running,
      method,
      preset,
      seed,
      config: { ...config, clusters },
      start: options.start?.rows === clusters ? options.start : null,
    })
    const { measures, silhouette, empty } = await evaluateClustering(model, { ...running, input, seed })
    exact &&= silhouette?.exact ?? true
    const over = model.inductive && input.features && !input.graph ? 'bootstrap' : 'seeds'
    const stability = runs > 0 ? await clusteringStability(model, input, { ...running, over, runs }) : null
    const gap =
      references > 0 && input.features instanceof Matrix
        ? await run(
            inRegion(
              gapStatistic(input.features, clusters, references, new Random(seed)),
              (result) => result,
            ),
            running,
          )
        : null
    rows.push({
      clusters,
      silhouette: measures['silhouette'] ?? null,
      gap: gap?.gap ?? null,
      gapError: gap?.error ?? null,
      bic: bicOf(model),
      modularity: options.modularity?.(model.labels) ?? measures['modularity'] ?? null,
      stability: stability?.ari ?? null,
      balance: measures['balance'],
      empty,
    })
    models.push(model)
  }
  const chosen = chooseRow(rows, by, method)
  return {
    kind: 'choice',
    method,
    by,
    clusters: rows[chosen].clusters,
    rows,
    exact,
    model: models[chosen],
  }
}

/** The place of the row that the criterion prefers; the first of equal ones. */
export function chooseRow(rows: readonly CandidateRow[], by: Criterion, method: string): number {
  const values = rows.map((row) => row[by])
  if (values.every((value) => value === null)) {
    throw fail('ARGUMENT', {
      what: `choosing K by ${by}`,
      expected: {
        silhouette: 'features',
        gap: 'dense features',
        bic: 'a method with a likelihood, such as gaussian-mixture',
        modularity: 'a graph',
        stability: 'runs to compare',
      }[by],
      got: method,
    })
  }
  if (by === 'gap') {
    const stop = rows.findIndex(
      (row, i) => i + 1 < rows.length && row.gap! >= rows[i + 1].gap! - rows[i + 1].gapError!,
    )
    return stop < 0 ? rows.length - 1 : stop
  }
  const better = (a: number, b: number): boolean => (by === 'bic' ? a < b : a > b)
  let best = -1
  values.forEach((value, i) => {
    if (value !== null && (best < 0 || better(value, values[best]!))) best = i
  })
  return best
}

function bicOf({ facts, shape }: FittedClustering): number | null {
  const { logLikelihood, parameters } = facts
  if (typeof logLikelihood !== 'number' || typeof parameters !== 'number') return null
  return parameters * Math.log(shape.rows) - 2 * shape.rows * logLikelihood
}

/** ln W of k-means against its mean on rows drawn uniformly from the box of the columns. */
function* gapStatistic(
  x: Matrix,
  clusters: number,
  references: number,
  rng: Random,
): Job<{ gap: number; error: number }> {
  const logInertia = function* (rows: Matrix, stream: Random): Job<number> {
    const { inertia } = yield* kMeans(rows, clusters, { rng: stream, restarts: 3 })
    return Math.log(Math.max(inertia, 1e-30))
  }
  const own = yield* logInertia(x, rng.stream('gap'))
  const [low, high] = columnRange(x)
  const drawn: number[] = []
  for (let r = 0; r < references; r++) {
    const stream = rng.stream('reference', r)
    const data = new Float32Array(x.rows * x.cols)
    for (let i = 0; i < data.length; i++) {
      const j = i % x.cols
      data[i] = low[j] + stream.float() * (high[j] - low[j])
    }
    drawn.push(yield* inRegion(logInertia(new Matrix(x.rows, x.cols, data), stream), (result) => result))
  }
  const mean = drawn.reduce((sum, value) => sum + value, 0) / references
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / references
  return { gap: mean - own, error: Math.sqrt(variance * (1 + 1 / references)) }
}

function columnRange({ rows, cols, data }: Matrix): [Float64Array, Float64Array] {
  const low = new Float64Array(cols).fill(Infinity)
  const high = new Float64Array(cols).fill(-Infinity)
  for (let at = 0; at < rows * cols; at++) {
    const j = at % cols
    low[j] = Math.min(low[j], data[at])
    high[j] = Math.max(high[j], data[at])
  }
  return [low, high]
}
