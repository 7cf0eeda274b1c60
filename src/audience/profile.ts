/**
 * What sets each segment apart: attributes and items that are over-represented among its members, by Fisher's exact test, and numbers
 * against those of the others, by Mann & Whitney's. Of all the comparisons of a segmentation together, those with q ≤ 0.05 by Benjamini &
 * Hochberg are told.
 */
import { falseDiscoveryRates } from '../metrics/false-discovery.ts'
import { lnOverRepresented } from '../metrics/hypergeometric.ts'
import { ranksOf, rankSumTest } from '../metrics/rank-sum.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { type Job, pace } from '../train/run.ts'
import { binEdges, binOf } from './histogram.ts'
import type { NumberTrait, Traits } from './traits.ts'

interface Finding {
  /** Members with it, and their share of the members of whom the attribute is known. */
  readonly count: number
  readonly share: number
  /** The share among everybody of whom it is known. */
  readonly base: number
  /** share / base. */
  readonly lift: number
  /** The chance of as many members or more in a group drawn blindly. */
  readonly p: number
  /** The same, allowing for how many comparisons were made. */
  readonly q: number
  /** ln p, where p itself is too small for a number: the order of the lists. */
  readonly lnP: number
}
export interface AttributeFinding extends Finding {
  readonly attribute: string
  readonly value: string
}
export interface ItemFinding extends Finding {
  readonly item: string
  /** What the item is called, where its attributes say. */
  readonly title: string
}
export interface NumberComparison {
  readonly attribute: string
  /** k + 1 edges of k bins; the outer bins also hold what lies beyond. */
  readonly edges: readonly number[]
  /** Members, and everybody, in each bin. */
  readonly segment: readonly number[]
  readonly everybody: readonly number[]
  /** Null where the number is known of no member. */
  readonly mean: number | null
  readonly baseMean: number
  /** Probability that a member has a larger number than somebody else; null where there is nothing to compare. */
  readonly larger: number | null
  readonly p: number
  readonly q: number
  readonly lnP: number
}

export interface Profile {
  readonly attributes: readonly AttributeFinding[]
  readonly items: readonly ItemFinding[]
  readonly numbers: readonly NumberComparison[]
}

export interface ProfileInput {
  /** The cluster of each user. */
  readonly labels: Int32Array
  readonly clusters: number
  readonly traits: Traits
  /** users × items that they have interacted with; null where no events are known. */
  readonly items: Sparse | null
  readonly itemIds: (row: number) => string
  readonly itemTitle: (id: string) => string
}

export interface Profiles {
  /** One for each cluster. */
  readonly profiles: readonly Profile[]
  /** Over how many the q-values are. */
  readonly comparisons: number
}

/** Values and items of fewer users are not compared: they could not be told from chance. */
const FEWEST = 5
const SIGNIFICANT = 0.05
/** Lists are cut here, at the weakest of what was found. */
const LISTED = 100

/** A comparison before it is known how many there are. */
interface Raw extends Omit<Finding, 'q' | 'p'> {
  readonly cluster: number
  readonly attribute: string | null
  readonly value: string
}

export function* profileClusters(input: ProfileInput): Job<Profiles> {
  const { labels, clusters, traits, items, itemIds, itemTitle } = input
  const raw: Raw[] = []
  let comparisons = 0
  const due = pace()
  let done = 0
  const of = traits.values.length + traits.numbers.length + (items ? 1 : 0)
  for (const { attribute, values, has, known } of traits.values) {
    const work = overRepresented(labels, clusters, has, known, (value) => ({
      attribute,
      value: values[value],
    }))
    comparisons += yield* work
  }
  if (items) {
    comparisons += yield* overRepresented(labels, clusters, items, null, (item) => ({
      attribute: null,
      value: itemIds(item),
    }))
  }
  const numbers = traits.numbers.flatMap((trait) => compareNumbers(labels, clusters, trait))
  const tested = numbers.filter(({ larger }) => larger !== null)
  comparisons += tested.length

  const rates = falseDiscoveryRates(
    [...raw, ...tested].map(({ lnP }) => Math.exp(lnP)),
    comparisons,
  )
  const profiles = Array.from({ length: clusters }, () => ({
    attributes: [] as AttributeFinding[],
    items: [] as ItemFinding[],
    numbers: [] as NumberComparison[],
  }))
  raw.forEach(({ cluster, attribute, value, ...found }, i) => {
    if (rates[i] > SIGNIFICANT) return
    const finding = { ...found, p: Math.exp(found.lnP), q: rates[i] }
    if (attribute === null) profiles[cluster].items.push({ item: value, title: itemTitle(value), ...finding })
    else profiles[cluster].attributes.push({ attribute, value, ...finding })
  })
  const tests = new Map(tested.map((each, t) => [each, rates[raw.length + t]]))
  for (const each of numbers) {
    const { cluster, ...comparison } = each
    profiles[cluster].numbers.push({ ...comparison, p: Math.exp(each.lnP), q: tests.get(each) ?? 1 })
  }
  for (const profile of profiles) {
    for (const list of [profile.attributes, profile.items] as Finding[][]) {
      list.sort((a, b) => a.lnP - b.lnP || b.lift - a.lift)
      list.splice(LISTED)
    }
  }
  return { profiles, comparisons }

  /** Adds what is more frequent among members to `raw`; answers how many comparisons were made. */
  function* overRepresented(
    labels: Int32Array,
    clusters: number,
    has: Sparse,
    known: Uint8Array | null,
    name: (column: number) => Pick<Raw, 'attribute' | 'value'>,
  ): Job<number> {
    const members = new Float64Array(clusters)
    let population = 0
    for (let u = 0; u < labels.length; u++) {
      if (known && known[u] === 0) continue
      members[labels[u]]++
      population++
    }
    const counts = new Float64Array(clusters * has.cols)
    const totals = new Float64Array(has.cols)
    for (let u = 0; u < labels.length; u++) {
      for (let e = has.indptr[u]; e < has.indptr[u + 1]; e++) {
        counts[labels[u] * has.cols + has.indices[e]]++
        totals[has.indices[e]]++
      }
    }
    let made = 0
    for (let column = 0; column < has.cols; column++) {
      if (due()) yield { phase: 'profile', done, of, unit: 'attributes' }
      const total = totals[column]
      if (total < FEWEST || total === population) continue
      const base = total / population
      for (let cluster = 0; cluster < clusters; cluster++) {
        const n = members[cluster]
        if (n === 0 || n === population) continue
        made++
        const count = counts[cluster * has.cols + column]
        const share = count / n
        // What is as frequent as elsewhere, or less, is a comparison without a finding.
        if (share <= base) continue
        const lnP = lnOverRepresented(count, n, total, population)
        raw.push({ cluster, ...name(column), count, share, base, lift: share / base, lnP })
      }
    }
    done++
    return made
  }
}

/** A comparison for each cluster that has anybody; none where the number is known of nobody. */
function compareNumbers(
  labels: Int32Array,
  clusters: number,
  { attribute, values }: NumberTrait,
): (Omit<NumberComparison, 'p' | 'q'> & { readonly cluster: number })[] {
  const rows = Int32Array.from(values.keys()).filter((u) => !Number.isNaN(values[u]))
  const known = Float64Array.from(rows, (u) => values[u])
  if (known.length === 0) return []
  const edges = binEdges(known.slice().sort())
  const { ranks, ties } = ranksOf(known)
  const bins = edges.length - 1
  const everybody = Array.from({ length: bins }, () => 0)
  const own = Array.from({ length: clusters }, () => ({
    bins: Array.from({ length: bins }, () => 0),
    rank: 0,
    sum: 0,
    count: 0,
  }))
  let total = 0
  rows.forEach((u, r) => {
    const bin = binOf(edges, values[u])
    const group = own[labels[u]]
    everybody[bin]++
    group.bins[bin]++
    group.rank += ranks[r]
    group.sum += values[u]
    group.count++
    total += values[u]
  })
  const sizes = new Float64Array(clusters)
  for (const label of labels) sizes[label]++
  return own.flatMap((group, cluster) => {
    if (sizes[cluster] === 0) return []
    const test = rankSumTest(group.rank, group.count, known.length, ties)
    return {
      cluster,
      attribute,
      edges,
      segment: group.bins,
      everybody,
      mean: group.count > 0 ? group.sum / group.count : null,
      baseMean: total / known.length,
      larger: test?.larger ?? null,
      lnP: test?.lnP ?? 0,
    }
  })
}
