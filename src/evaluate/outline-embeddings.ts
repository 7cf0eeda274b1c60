/** What reports of node classification and link prediction say. */
import type { LinkSummary } from './link-prediction.ts'
import type { ClassificationResult } from './node-classification.ts'
import { decimal, grouped } from './numbers.ts'
import type { Outline } from './outline.ts'
import type { Spread } from './seeds.ts'
import type { Table } from './table.ts'

export function classificationOutline({ part, shares, c, counts, rules }: ClassificationResult): Outline {
  const table = (title: string, of: 'microF1' | 'macroF1'): Table => ({
    title,
    header: ['labelled', 'trained on', 'scored', 'mean', 'std', 'min', 'max'],
    rows: shares.map((each) => [
      `${Number((100 * each.share).toPrecision(4))} %`,
      grouped(each.train),
      grouped(each.test),
      ...spreadCells(each[of]),
    ]),
  })
  const absent = shares.flatMap(({ share, splits }) => {
    const splitsWith = splits.filter((split) => split.absent > 0).length
    return splitsWith === 0
      ? []
      : [`${splitsWith} of ${splits.length} at ${Number((100 * share).toPrecision(4))} %`]
  })
  return {
    facts: [
      `${grouped(counts.labelled)} of ${grouped(counts.nodes)} nodes have a label; ${grouped(counts.labels)} labels, ${grouped(counts.assignments)} assignments`,
      ...(part === 'validation'
        ? ['Scored on a validation part of the training nodes; test nodes were not used']
        : []),
    ],
    tables: [table('Micro-F1', 'microF1'), table('Macro-F1', 'macroF1')],
    notes: [
      ...rules,
      `C = ${c}. std is the sample standard deviation over ${grouped(shares[0].splits.length)} random splits (n − 1).`,
      ...(absent.length > 0 ? [`Splits with a label that no training node has: ${absent.join(', ')}.`] : []),
    ],
  }
}

export function linksOutline({ seeds, scores, counts, rules }: LinkSummary): Outline {
  const names = Object.keys(scores[0].measures)
  const several = seeds.length > 1
  return {
    facts: [
      `${grouped(counts.nodes)} nodes, ${grouped(counts.edges)} edges; ${grouped(counts.heldOut)} held out, and as many negatives`,
      `Regressions trained on ${grouped(counts.trainingPairs)} pairs, half of them edges`,
    ],
    tables: [
      {
        title: several ? `Mean over seeds (n = ${seeds.length})` : 'Scores of pairs',
        header: ['score', ...names],
        rows: scores.map(({ score, measures }) => [
          score,
          ...names.map((name) => decimal(measures[name].mean)),
        ]),
      },
      ...(several
        ? names.map((name) => ({
            title: name,
            header: ['score', 'mean', 'std', 'min', 'max'],
            rows: scores.map(({ score, measures }) => [score, ...spreadCells(measures[name])]),
          }))
        : []),
    ],
    notes: [
      ...rules,
      ...(several ? ['Each seed has a split and a training of its own; std is over seeds (n − 1).'] : []),
    ],
  }
}

function spreadCells({ mean, std, min, max }: Spread): string[] {
  return [mean, std, min, max].map(decimal)
}
