/**
 * How well two partitions of the same rows agree, and how even one is. Labels are any whole numbers; what counts is only which
 * rows share one. All measures are computed in float64 from the table of how many rows have each pair of labels.
 */
import { fail } from '../errors.ts'
import { assignRows } from './hungarian.ts'

/** counts[i × columns + j]: rows with the i-th smallest label of the first partition and the j-th smallest of the second. */
export interface Contingency {
  readonly rows: number
  readonly columns: number
  readonly counts: Float64Array
  readonly rowSums: Float64Array
  readonly columnSums: Float64Array
  readonly total: number
}

/** @throws SHAPE when the partitions are of different numbers of rows, EMPTY when there are none. */
export function contingency(a: Int32Array, b: Int32Array): Contingency {
  if (a.length !== b.length) {
    throw fail('SHAPE', {
      op: 'comparing partitions',
      expected: `${a.length} labels`,
      got: String(b.length),
    })
  }
  if (a.length === 0)
    throw fail('EMPTY', { what: 'there are no labels to compare', todo: 'Give a row or more.' })
  const [left, right] = [placesOf(a), placesOf(b)]
  const [rows, columns] = [left.size, right.size]
  const counts = new Float64Array(rows * columns)
  const rowSums = new Float64Array(rows)
  const columnSums = new Float64Array(columns)
  for (let r = 0; r < a.length; r++) {
    const [i, j] = [left.get(a[r])!, right.get(b[r])!]
    counts[i * columns + j]++
    rowSums[i]++
    columnSums[j]++
  }
  return { rows, columns, counts, rowSums, columnSums, total: a.length }
}

/** The distinct labels in ascending order, each with its place. */
function placesOf(labels: Int32Array): Map<number, number> {
  return new Map([...new Set(labels)].sort((a, b) => a - b).map((label, place) => [label, place]))
}

export interface Agreement {
  /** Share of rows that are right after the best one-to-one mapping of clusters to classes. */
  readonly acc: number
  /** Mutual information over the mean of the two entropies. */
  readonly nmi: number
  /** Rand index adjusted for chance: 0 for independent partitions, 1 for equal ones. */
  readonly ari: number
  /** Mean F1 of the classes after that mapping. */
  readonly f1: number
  /** Share of rows in the majority class of their cluster. */
  readonly purity: number
}

/** All measures of a clustering against true classes. */
export function agreement(truth: Int32Array, labels: Int32Array): Agreement {
  const table = contingency(truth, labels)
  const { acc, f1 } = mapped(table)
  return { acc, nmi: mutualInformation(table), ari: adjustedRand(table), f1, purity: purityOf(table) }
}

/**
 * Accuracy and macro-F1 after a Hungarian assignment on the square matrix of side max(classes, clusters). Clusters beyond the
 * number of classes match none, classes beyond the number of clusters have an F1 of 0.
 */
function mapped({ rows, columns, counts, rowSums, columnSums, total }: Contingency): {
  acc: number
  f1: number
} {
  const n = Math.max(rows, columns)
  const cost = new Float64Array(n * n)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) cost[i * n + j] = -counts[i * columns + j]
  const clusterOf = assignRows(cost, n)
  let right = 0
  let f1 = 0
  for (let i = 0; i < rows; i++) {
    const j = clusterOf[i]
    if (j >= columns) continue
    const hits = counts[i * columns + j]
    right += hits
    f1 += (2 * hits) / (rowSums[i] + columnSums[j])
  }
  return { acc: right / total, f1: f1 / rows }
}

/** I(U; V) / ((H(U) + H(V)) / 2); 1 where both partitions are a single cluster. */
function mutualInformation({ columns, counts, rowSums, columnSums, total }: Contingency): number {
  const entropy = (sums: Float64Array): number =>
    -sums.reduce((sum, n) => sum + (n / total) * Math.log(n / total), 0)
  const [h, g] = [entropy(rowSums), entropy(columnSums)]
  if (rowSums.length === 1 && columnSums.length === 1) return 1
  let mutual = 0
  counts.forEach((n, at) => {
    if (n === 0) return
    const expected = rowSums[Math.floor(at / columns)] * columnSums[at % columns]
    mutual += (n / total) * Math.log((n * total) / expected)
  })
  return Math.max(0, mutual) / ((h + g) / 2)
}

/** (index − expected) / (maximum − expected) over pairs of rows (Hubert & Arabie 1985); 1 for equal partitions. */
function adjustedRand({ counts, rowSums, columnSums, total }: Contingency): number {
  const pairs = (sums: Float64Array): number => sums.reduce((sum, n) => sum + (n * (n - 1)) / 2, 0)
  const [index, a, b] = [pairs(counts), pairs(rowSums), pairs(columnSums)]
  const expected = total > 1 ? (a / (total * (total - 1))) * 2 * b : 0
  const most = (a + b) / 2
  return most === expected || (index === a && index === b) ? 1 : (index - expected) / (most - expected)
}

function purityOf({ rows, columns, counts, total }: Contingency): number {
  let sum = 0
  for (let j = 0; j < columns; j++) {
    let most = 0
    for (let i = 0; i < rows; i++) most = Math.max(most, counts[i * columns + j])
    sum += most
  }
  return sum / total
}

/** Adjusted Rand index of two partitions: also how alike two runs are. */
export function adjustedRandIndex(a: Int32Array, b: Int32Array): number {
  return adjustedRand(contingency(a, b))
}

/** Rows of each of `clusters` clusters. @throws ARGUMENT at a label outside 0 … clusters − 1. */
export function clusterSizes(labels: Int32Array, clusters: number): Int32Array {
  const sizes = new Int32Array(clusters)
  for (const label of labels) {
    if (label < 0 || label >= clusters) {
      throw fail('ARGUMENT', {
        what: 'labels',
        expected: `cluster numbers from 0 to ${clusters - 1}`,
        got: String(label),
      })
    }
    sizes[label]++
  }
  return sizes
}

/** How even the sizes are: their entropy over ln K, 1 for equal sizes and 0 when one cluster has everything. */
export function balance(sizes: ArrayLike<number>): number {
  const all = Array.from(sizes)
  const total = all.reduce((sum, n) => sum + n, 0)
  if (all.length < 2) return 1
  const entropy = all.reduce((sum, n) => (n > 0 ? sum - (n / total) * Math.log(n / total) : sum), 0)
  return entropy / Math.log(all.length)
}
