/** Reports of clusterings as tables, for a terminal or Markdown. JSON is the report itself. */
import type { FittedClustering } from '../models/cluster/family/fitted.ts'
import type { ClusterChoice } from './choose-clusters.ts'
import type { ClusteringResult } from './clustering.ts'
import type { ClustererComparison } from './compare-clusterers.ts'
import { decimal, grouped, signed } from './numbers.ts'
import type { Table } from './table.ts'

export interface ClusteringOutline {
  readonly tables: readonly Table[]
  readonly notes: readonly string[]
}

const withTruth =
  'acc: share of rows that are right after a one-to-one mapping of clusters to classes (Hungarian, on the square of max(K, classes)). ' +
  'f1: mean F1 of the classes after it. nmi: by the arithmetic mean of the entropies. ari: adjusted Rand index.'
const byItself =
  'balance: entropy of the cluster sizes over ln K, 1 is even. silhouette: of the features, Euclidean. modularity: of the graph.'

/** One clustering: its figures and its clusters. */
export function clusteringOutline(result: ClusteringResult, model?: FittedClustering): ClusteringOutline {
  const { measures, silhouette, sizes, rows } = result
  const stability = model?.stability
  const notes = 'acc' in measures ? [withTruth, byItself] : [byItself]
  if (silhouette && !silhouette.exact)
    notes.push(
      `The silhouette is of ${grouped(silhouette.sampled)} rows drawn at random, each against all ${grouped(rows)}.`,
    )
  if (result.empty > 0)
    notes.push(`${grouped(result.empty)} of ${grouped(result.clusters)} clusters have no row.`)
  if (stability)
    notes.push(
      `stability: greatest Jaccard overlap with a cluster of another run, mean of ${stability.runs} ${stability.over === 'seeds' ? 'other seeds' : 'bootstrap samples'}; the partitions agree with an ARI of ${decimal(stability.ari)}.`,
    )
  const measured: Table = {
    title: 'Measures',
    header: ['measure', 'value'],
    rows: Object.entries(measures).map(([name, value]) => [name, decimal(value)]),
  }
  const clusters: Table = {
    title: 'Clusters',
    header: [
      'cluster',
      'rows',
      'share',
      ...(silhouette ? ['silhouette'] : []),
      ...(stability ? ['stability'] : []),
    ],
    rows: sizes.map((size, c) => [
      String(c),
      grouped(size),
      `${((100 * size) / rows).toFixed(1)} %`,
      ...(silhouette ? [optional(silhouette.clusters[c])] : []),
      ...(stability ? [optional(stability.clusters[c])] : []),
    ]),
  }
  return { tables: [measured, clusters], notes }
}

/** Methods over seeds: mean ± std [min, max] of each measure, and differences to the first. */
export function comparisonOutline({ rows, seeds, classes }: ClustererComparison): ClusteringOutline {
  const measures = [...new Set(rows.flatMap((row) => Object.keys(row.metrics)))]
  const one = seeds.length === 1
  const summary: Table = {
    title: one ? 'Measures' : `Mean ± standard deviation over ${seeds.length} seeds`,
    header: ['method', ...measures, ...(one ? [] : ['ARI between seeds']), 'train s'],
    rows: rows.map(({ name, metrics, stability, seconds }) => [
      name,
      ...measures.map((measure) => {
        const found = metrics[measure]
        if (!found) return 'n/a'
        return one ? decimal(found.mean) : `${decimal(found.mean)} ± ${decimal(found.std)}`
      }),
      ...(one ? [] : [optional(stability)]),
      decimal(seconds.mean),
    ]),
  }
  const range: Table = {
    title: 'Lowest and highest',
    header: ['method', ...measures],
    rows: rows.map(({ name, metrics }) => [
      name,
      ...measures.map((measure) => {
        const found = metrics[measure]
        return found ? `${decimal(found.min)} – ${decimal(found.max)}` : 'n/a'
      }),
    ]),
  }
  const differences: Table = {
    title: `Difference to ${rows[0].name}, paired by seed`,
    header: ['method', ...measures],
    rows: rows.slice(1).map(({ name, difference }) => [
      name,
      ...measures.map((measure) => {
        const found = difference?.[measure]
        if (!found) return 'n/a'
        return one
          ? signed(found.mean)
          : `${signed(found.mean)} ± ${decimal(found.std)} (${found.higher}/${seeds.length})`
      }),
    ]),
  }
  const notes = [...(classes === null ? [] : [withTruth]), byItself]
  notes.push(
    'Every figure is of the final state of a run; no label is seen by a method, nor chooses an epoch, a seed or a setting.',
  )
  if (!one) notes.push('std is the sample standard deviation over seeds (n − 1).')
  if (rows.length > 1 && !one) notes.push('(n/m): seeds in which the method has the higher figure.')
  return {
    tables: [summary, ...(one ? [] : [range]), ...(rows.length > 1 ? [differences] : [])],
    notes,
  }
}

/** The table behind a choice of K. */
export function choiceOutline(choice: ClusterChoice): ClusteringOutline {
  const columns = (['silhouette', 'gap', 'bic', 'modularity', 'stability'] as const).filter((name) =>
    choice.rows.some((row) => row[name] !== null),
  )
  const table: Table = {
    title: `Choosing K by ${choice.by}: ${choice.clusters}`,
    header: ['K', ...columns, 'balance', 'empty'],
    rows: choice.rows.map((row) => [
      `${row.clusters}${row.clusters === choice.clusters ? ' *' : ''}`,
      ...columns.map((name) =>
        name === 'gap' && row.gap !== null
          ? `${decimal(row.gap)} ± ${decimal(row.gapError!)}`
          : name === 'bic' && row.bic !== null
            ? grouped(Math.round(row.bic))
            : optional(row[name]),
      ),
      decimal(row.balance),
      grouped(row.empty),
    ]),
  }
  const notes: string[] = []
  if (columns.includes('gap'))
    notes.push(
      'gap: of k-means, against rows drawn uniformly from the box of the columns; K is the least whose gap is not below the next less its error.',
    )
  if (columns.includes('bic')) notes.push('bic: less is better.')
  if (!choice.exact) notes.push('Silhouettes are of rows drawn at random, each against all rows.')
  return { tables: [table], notes }
}

function optional(value: number | null | undefined): string {
  return value === null || value === undefined ? 'n/a' : decimal(value)
}
