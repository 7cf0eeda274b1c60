/** What a report says, before it is written as text or Markdown. */
import { rankingMeasures } from '../metrics/ranking.ts'
import type { Comparison } from './compare.ts'
import { decimal, grouped, signed } from './numbers.ts'
import type { LinkSummary } from './link-prediction.ts'
import type { ClassificationResult } from './node-classification.ts'
import { classificationOutline, linksOutline } from './outline-embeddings.ts'
import type { RankingResult } from './ranking.ts'
import type { SeedSummary } from './seeds.ts'
import type { RankingCounts } from './split.ts'
import type { Table } from './table.ts'

/** What a report can be about. */
export type Reportable = RankingResult | Comparison | SeedSummary | ClassificationResult | LinkSummary

export interface Outline {
  readonly facts: readonly string[]
  readonly tables: readonly Table[]
  readonly notes: readonly string[]
}

const beyondMeasures = ['coverage', 'novelty', 'diversity', 'gini', 'newness'] as const

/** Those that were measured. */
function beyondOf(beyond: Readonly<Record<string, number>>): (typeof beyondMeasures)[number][] {
  return beyondMeasures.filter((measure) =>
    Object.keys(beyond).some((name) => name.startsWith(`${measure}@`)),
  )
}

export function outline(report: Reportable): Outline {
  switch (report.kind) {
    case 'ranking':
      return rankingOutline(report)
    case 'comparison':
      return comparisonOutline(report)
    case 'seeds':
      return seedsOutline(report)
    case 'classification':
      return classificationOutline(report)
    case 'links':
      return linksOutline(report)
  }
}

function rankingOutline(result: RankingResult): Outline {
  const header = ['', ...result.k.map((cut) => `@${cut}`)]
  const notes = [...commonNotes(result), '± is the standard error over users.']
  if (result.shortLists > 0) {
    notes.push(
      `${grouped(result.shortLists)} users got a shorter list than asked for: the model refuses some items (−Infinity).`,
    )
  }
  return {
    facts: countFacts(result.counts),
    tables: [
      {
        title: 'Accuracy (mean over users)',
        header,
        rows: rankingMeasures.map((measure) => [
          measure,
          ...result.k.map((cut) => {
            const name = `${measure}@${cut}`
            return `${decimal(result.means[name])} ± ${decimal(result.standardErrors[name])}`
          }),
        ]),
      },
      {
        title: 'Beyond accuracy',
        header,
        rows: beyondOf(result.beyond).map((measure) => [
          measure,
          ...result.k.map((cut) => decimal(result.beyond[`${measure}@${cut}`])),
        ]),
      },
    ],
    notes,
  }
}

function comparisonOutline(report: Comparison): Outline {
  const percent = `${Number((report.level * 100).toFixed(2))} % interval`
  const versus = report.baseline !== null
  const at = (cut: number, title: string, measures: readonly string[], of: 'means' | 'beyond'): Table => ({
    title: `At ${cut}: ${title}`,
    header: ['model', ...measures],
    rows: report.rows.map((row) => [
      row.name,
      ...measures.map((measure) => decimal(row[of][`${measure}@${cut}`])),
    ]),
  })
  const main: Table = {
    title: versus ? `${report.metric}, and the difference to ${report.baseline}` : report.metric,
    header: ['model', report.metric, percent, ...(versus ? ['difference', percent, 'p'] : []), 'train s'],
    rows: report.rows.map((row) => [
      row.name,
      decimal(row.means[report.metric]),
      row.interval ? `[${decimal(row.interval.low)}, ${decimal(row.interval.high)}]` : 'n/a',
      ...(versus ? differenceCells(row.name === report.baseline, row.difference) : []),
      decimal(row.seconds),
    ]),
  }
  const notes = [
    ...commonNotes(report),
    report.rows.some((row) => row.interval)
      ? `Intervals: bootstrap over users, ${grouped(report.samples)} resamples${versus ? ', differences paired by user' : ''}. ` +
        'They hold for one split and one seed, and are not corrected for the number of models.'
      : 'No intervals: they need at least two evaluated users.',
  ]
  return {
    facts: countFacts(report.counts),
    tables: [
      main,
      ...report.k.flatMap((cut) => [
        at(cut, 'accuracy (mean over users)', rankingMeasures, 'means'),
        at(cut, 'beyond accuracy', beyondOf(report.rows[0].beyond), 'beyond'),
      ]),
    ],
    notes,
  }
}

function differenceCells(
  isBaseline: boolean,
  difference: Comparison['rows'][number]['difference'],
): string[] {
  if (isBaseline) return ['baseline', '', '']
  if (!difference) return ['n/a', 'n/a', 'n/a']
  const { low, high, p } = difference
  return [signed(difference.difference), `[${signed(low)}, ${signed(high)}]`, decimal(p)]
}

function seedsOutline(report: SeedSummary): Outline {
  const rows = [...Object.entries(report.metrics), ['train s', report.seconds] as const].map(
    ([name, spread]) => [
      name,
      decimal(spread.mean),
      decimal(spread.std),
      decimal(spread.min),
      decimal(spread.max),
    ],
  )
  const sameCounts = report.counts.every(
    (counts) => JSON.stringify(counts) === JSON.stringify(report.counts[0]),
  )
  return {
    facts: sameCounts
      ? countFacts(report.counts[0])
      : report.counts.flatMap((counts, i) =>
          countFacts(counts).map((fact) => `Seed ${report.seeds[i]}: ${fact}`),
        ),
    tables: [
      {
        title: `Over seeds (n = ${report.seeds.length})`,
        header: ['measure', 'mean', 'std', 'min', 'max'],
        rows,
      },
    ],
    notes: [...commonNotes(report), 'std is the sample standard deviation over seeds (n − 1).'],
  }
}

function countFacts(counts: RankingCounts): string[] {
  const g = grouped
  return [
    `${g(counts.evaluated)} of ${g(counts.users)} users evaluated, ${g(counts.withoutTest)} without test items left out, ` +
      `${g(counts.withoutTrain)} without train interactions`,
    `${g(counts.items)} items; ${g(counts.testPairs)} test pairs, ${g(counts.unseenItemPairs)} of them of items unseen in ` +
      `train; overlap left out: ${g(counts.overlap)}`,
  ]
}

function commonNotes(report: Pick<RankingResult, 'rules' | 'diversity'>): string[] {
  const { users, over } = report.diversity
  return [
    ...report.rules,
    'coverage: share of items in any list. novelty: mean −log2 of the share of train users who have the item, in bits. ' +
      `diversity: 1 − mean cosine within a list, over ${over}, mean of ${grouped(users)} users. gini: of exposure over items, 0 is even.`,
  ]
}
