/** Several models on the same users: means, intervals, and paired differences to one of them. */
import { fail } from '../errors.ts'
import { meanInterval, pairedBootstrap } from '../metrics/bootstrap.ts'
import type { MeanInterval, PairedDifference } from '../metrics/bootstrap.ts'
import type { Random } from '../random.ts'
import type { RankingResult } from './ranking.ts'
import type { RankingCounts } from './split.ts'

export interface ModelRun {
  readonly name: string
  readonly result: RankingResult
  /** Wall time of training. */
  readonly seconds: number
}

export interface CompareOptions {
  /** Name of the model the others are compared with; without one there are no differences. */
  readonly baseline?: string
  /** The measure with intervals; ndcg@20 unless told otherwise. */
  readonly metric?: string
  readonly rng: Random
  /** Bootstrap resamples; 2,000 unless told otherwise. */
  readonly samples?: number
  /** Coverage of the intervals; 0.95 unless told otherwise. */
  readonly level?: number
}

export interface ComparisonRow {
  readonly name: string
  readonly seconds: number
  readonly means: Readonly<Record<string, number>>
  readonly beyond: Readonly<Record<string, number>>
  /** Of `metric`, over users; null for fewer than two users. */
  readonly interval: MeanInterval | null
  /** This model − baseline in `metric`; null for the baseline, without one, and for fewer than two users. */
  readonly difference: PairedDifference | null
}

export interface Comparison {
  readonly kind: 'comparison'
  readonly metric: string
  readonly baseline: string | null
  readonly k: readonly number[]
  readonly samples: number
  readonly level: number
  readonly counts: RankingCounts
  readonly diversity: RankingResult['diversity']
  readonly rules: readonly string[]
  /** In the order given. */
  readonly rows: readonly ComparisonRow[]
}

/**
 * One table of several evaluated models. All results must come from the same split and cut-offs. Every model meets the same
 * resampled users. Intervals and p-values are per model: with many models in a table, some differences look real by chance.
 */
export function compareModels(runs: readonly ModelRun[], options: CompareOptions): Comparison {
  const { baseline, metric = 'ndcg@20', rng, samples = 2000, level = 0.95 } = options
  const first = runs[0]
  if (!first)
    throw fail('EMPTY', {
      what: 'there are no models to compare',
      todo: 'Give at least one evaluated model.',
    })
  const byName = new Map(runs.map((run) => [run.name, run]))
  if (byName.size < runs.length) {
    const twice = runs.find((run, i) => runs.findIndex((other) => other.name === run.name) < i)
    throw fail('ARGUMENT', {
      what: 'models to compare',
      expected: 'a name of its own for each',
      got: `${twice?.name} twice`,
    })
  }
  for (const run of runs) checkSameTask(first, run)
  if (!(metric in first.result.perUser)) {
    throw fail('UNKNOWN_NAME', { kind: 'metric', name: metric, known: Object.keys(first.result.perUser) })
  }
  const reference = baseline === undefined ? undefined : byName.get(baseline)
  if (baseline !== undefined && !reference) {
    throw fail('UNKNOWN_NAME', { kind: 'baseline', name: baseline, known: byName.keys() })
  }

  const bootstrap = { samples, level, rng }
  const enough = first.result.users.length >= 2
  const rows = runs.map(({ name, result, seconds }): ComparisonRow => {
    const values = result.perUser[metric]
    return {
      name,
      seconds,
      means: result.means,
      beyond: result.beyond,
      interval: enough ? meanInterval(values, bootstrap) : null,
      difference:
        enough && reference && name !== baseline
          ? pairedBootstrap(values, reference.result.perUser[metric], bootstrap)
          : null,
    }
  })
  const { k, counts, diversity, rules } = first.result
  return {
    kind: 'comparison',
    metric,
    baseline: baseline ?? null,
    k,
    samples,
    level,
    counts,
    diversity,
    rules,
    rows,
  }
}

function checkSameTask(a: ModelRun, b: ModelRun): void {
  const differ = (what: string, left: string | number, right: string | number): void => {
    if (left === right) return
    throw fail('ARGUMENT', {
      what: `models ${a.name} and ${b.name}`,
      expected: 'to be evaluated on the same split with the same settings',
      got: `${what} ${left} and ${right}`,
    })
  }
  differ('cut-offs', a.result.k.join(', '), b.result.k.join(', '))
  for (const key of Object.keys(a.result.counts) as (keyof RankingCounts)[]) {
    differ(key, a.result.counts[key], b.result.counts[key])
  }
  differ('diversity over', a.result.diversity.over, b.result.diversity.over)
  a.result.users.forEach((user, p) => differ(`user row`, user, b.result.users[p]))
}
