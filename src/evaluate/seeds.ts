/** One method under several seeds: what its numbers owe to luck. */
import { fail } from '../errors.ts'
import { mean, standardDeviation } from '../metrics/bootstrap.ts'
import type { RankingResult } from './ranking.ts'
import type { RankingCounts } from './split.ts'

export interface SeedRun {
  readonly seed: number
  readonly result: RankingResult
  /** Wall time of training. */
  readonly seconds: number
}

export interface Spread {
  readonly mean: number
  /** Sample standard deviation over runs (n − 1); NaN for one. */
  readonly std: number
  readonly min: number
  readonly max: number
}

export interface SeedSummary {
  readonly kind: 'seeds'
  readonly seeds: readonly number[]
  readonly k: readonly number[]
  /** Accuracy and beyond-accuracy numbers by name. */
  readonly metrics: Readonly<Record<string, Spread>>
  readonly seconds: Spread
  /** Of each run, in the order of `seeds`: the split may follow the seed. */
  readonly counts: readonly RankingCounts[]
  readonly diversity: RankingResult['diversity']
  readonly rules: readonly string[]
}

/** Mean, standard deviation, minimum and maximum over runs of one method that differ in their seed. */
export function summarizeSeeds(runs: readonly SeedRun[]): SeedSummary {
  const first = runs[0]
  if (!first)
    throw fail('EMPTY', {
      what: 'there are no runs to summarise',
      todo: 'Give the result of at least one seed.',
    })
  const seeds = runs.map((run) => run.seed)
  if (new Set(seeds).size < seeds.length) {
    throw fail('ARGUMENT', {
      what: 'runs to summarise',
      expected: 'a different seed for each',
      got: seeds.join(', '),
    })
  }
  const { k, rules, diversity } = first.result
  const named = runs.map(({ result }) => ({ ...result.means, ...result.beyond }))
  for (const { seed, result } of runs) {
    if (result.k.join() === k.join() && result.diversity.over === diversity.over) continue
    throw fail('ARGUMENT', {
      what: `runs with seeds ${first.seed} and ${seed}`,
      expected: `the same cut-offs and diversity (${k.join(', ')}, over ${diversity.over})`,
      got: `${result.k.join(', ')}, over ${result.diversity.over}`,
    })
  }
  const metrics = Object.fromEntries(
    Object.keys(named[0]).map((name) => [name, spread(named.map((numbers) => numbers[name]))]),
  )
  return {
    kind: 'seeds',
    seeds,
    k,
    metrics,
    seconds: spread(runs.map((run) => run.seconds)),
    counts: runs.map((run) => run.result.counts),
    diversity,
    rules,
  }
}

/** Of a few numbers, such as one per seed or split. */
export function spread(values: readonly number[]): Spread {
  return {
    mean: mean(values),
    std: standardDeviation(values),
    min: Math.min(...values),
    max: Math.max(...values),
  }
}
