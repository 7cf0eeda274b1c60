/** Who was in which segment before and is in which now: how segments keep their ids, and what became of them. */
import type { Vocabulary } from '../data/vocabulary.ts'
import { assignRows } from '../metrics/hungarian.ts'

/** A grouping of users: the segment of row r is segments[labels[r]]; null for clusters without anybody. */
export interface Grouping {
  readonly ids: Vocabulary
  readonly labels: Int32Array
  /** The segment's id for each cluster number. */
  readonly segments: readonly (string | null)[]
}

export interface Flows {
  /** Clusters before × clusters now: users of both, by where they were and are. */
  readonly counts: Float64Array
  readonly before: number
  readonly after: number
  /** Users who are gone, by the cluster that they were in, and users who are new, by the cluster that they are in. */
  readonly left: Float64Array
  readonly arrived: Float64Array
}

/** The row in `after` of each row of `before`, −1 for who is gone. Yields now and then. */
export function* sharedRows(before: Vocabulary, after: Vocabulary): Generator<void, Int32Array, void> {
  const rows = new Int32Array(before.size)
  for (let row = 0; row < rows.length; row++) {
    rows[row] = after.row(before.id(row))
    if (row % 4096 === 4095) yield
  }
  return rows
}

/** Counts the moves. `rows` as {@link sharedRows} answers them; users for whom `skip` says so do not count. */
export function countFlows(
  before: Grouping,
  after: Grouping,
  rows: Int32Array,
  skip: { readonly before: ReadonlySet<number>; readonly after: ReadonlySet<number> } | null = null,
): Flows {
  const [b, a] = [before.segments.length, after.segments.length]
  const counts = new Float64Array(b * a)
  const left = new Float64Array(b)
  const arrived = new Float64Array(a)
  for (let row = 0; row < after.labels.length; row++) if (!skip?.after.has(row)) arrived[after.labels[row]]++
  for (let row = 0; row < rows.length; row++) {
    const now = rows[row]
    if (skip?.before.has(row) || (now >= 0 && skip?.after.has(now))) continue
    if (now < 0) left[before.labels[row]]++
    else {
      counts[before.labels[row] * a + after.labels[now]]++
      arrived[after.labels[now]]--
    }
  }
  return { counts, before: b, after: a, left, arrived }
}

/**
 * For each cluster now the cluster before whose place it takes, or −1: the one-to-one assignment that keeps most users where they were
 * (Kuhn 1955), of pairs that share at least half of the smaller one.
 */
export function matchClusters({ counts, before, after }: Flows): Int32Array {
  const n = Math.max(before, after)
  const cost = new Float64Array(n * n)
  for (let a = 0; a < after; a++) for (let b = 0; b < before; b++) cost[a * n + b] = -counts[b * after + a]
  const sums = sumsOf({ counts, before, after })
  return assignRows(cost, n)
    .slice(0, after)
    .map((b, a) => {
      if (b >= before) return -1
      const both = counts[b * after + a]
      return both > 0 && 2 * both >= Math.min(sums.before[b], sums.after[a]) ? b : -1
    })
}

export interface Change {
  readonly kind: 'birth' | 'death' | 'split' | 'merge'
  /** Segments before. */
  readonly segments: readonly string[]
  /** Segments now. */
  readonly into: readonly string[]
}

/**
 * What became of the segments, by the users of both. A split: at least two segments now have most of their users from one. A merge: most
 * users of at least two segments are in one now. Born is a segment whose id is new and that is of no split, dead one whose id is gone and that
 * went into no merge.
 */
export function changesBetween(before: Grouping, after: Grouping, flows: Flows): Change[] {
  const { counts } = flows
  const sums = sumsOf(flows)
  const changes: Change[] = []
  const [split, merged] = [new Set<string>(), new Set<string>()]
  before.segments.forEach((segment, b) => {
    if (segment === null) return
    const into = after.segments.filter(
      (id, a) => id !== null && sums.after[a] > 0 && 2 * counts[b * flows.after + a] > sums.after[a],
    ) as string[]
    if (into.length < 2) return
    changes.push({ kind: 'split', segments: [segment], into })
    for (const id of into) split.add(id)
  })
  after.segments.forEach((segment, a) => {
    if (segment === null) return
    const from = before.segments.filter(
      (id, b) => id !== null && sums.before[b] > 0 && 2 * counts[b * flows.after + a] > sums.before[b],
    ) as string[]
    if (from.length < 2) return
    changes.push({ kind: 'merge', segments: from, into: [segment] })
    for (const id of from) merged.add(id)
  })
  const present = new Set(after.segments)
  const known = new Set(before.segments)
  before.segments.forEach((id) => {
    if (id !== null && !present.has(id) && !merged.has(id))
      changes.push({ kind: 'death', segments: [id], into: [] })
  })
  after.segments.forEach((id) => {
    if (id !== null && !known.has(id) && !split.has(id))
      changes.push({ kind: 'birth', segments: [], into: [id] })
  })
  return changes
}

/** Users of both, by where they were and by where they are. */
function sumsOf({ counts, before, after }: Pick<Flows, 'counts' | 'before' | 'after'>): {
  readonly before: Float64Array
  readonly after: Float64Array
} {
  const sums = { before: new Float64Array(before), after: new Float64Array(after) }
  counts.forEach((count, at) => {
    sums.before[Math.floor(at / after)] += count
    sums.after[at % after] += count
  })
  return sums
}

export interface Churn {
  /** Users of both, new ones, gone ones; of the first, who are in another segment and who are not. */
  readonly shared: number
  readonly arrived: number
  readonly left: number
  readonly moved: number
  readonly stayed: number
  /** Null: from nowhere, or to nowhere. */
  readonly flows: readonly {
    readonly from: string | null
    readonly to: string | null
    readonly count: number
  }[]
  readonly changes: readonly Change[]
}

export function churnOf(before: Grouping, after: Grouping, flows: Flows): Churn {
  const total = { shared: 0, arrived: 0, left: 0, moved: 0, stayed: 0 }
  const list: { from: string | null; to: string | null; count: number }[] = []
  const add = (from: string | null, to: string | null, count: number): void => {
    if (count > 0) list.push({ from, to, count })
  }
  before.segments.forEach((from, b) => {
    after.segments.forEach((to, a) => {
      const count = flows.counts[b * flows.after + a]
      add(from, to, count)
      total.shared += count
      total[from === to ? 'stayed' : 'moved'] += count
    })
    add(from, null, flows.left[b])
    total.left += flows.left[b]
  })
  after.segments.forEach((to, a) => {
    add(null, to, flows.arrived[a])
    total.arrived += flows.arrived[a]
  })
  list.sort((x, y) => y.count - x.count)
  return { ...total, flows: list, changes: changesBetween(before, after, flows) }
}
