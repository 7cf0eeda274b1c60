/** How far ids moved between two versions of a space, on the whole. */

export interface DriftSummary {
  /** Ids that both versions place. */
  readonly shared: number
  /** Of 1 − cosine; null where nothing is shared. */
  readonly mean: number | null
  readonly median: number | null
  readonly p95: number | null
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] }
  /** Who moved most. */
  readonly most: readonly { readonly id: string; readonly drift: number }[]
}

const BINS = 20
const MOST = 50

/** `drifts` has −1 for ids that are not shared; the rows of `skip` are left out. */
export function summarizeDrift(
  drifts: Float32Array,
  idOf: (row: number) => string,
  skip: ReadonlySet<number> = new Set(),
): DriftSummary {
  const counted = (row: number): boolean => drifts[row] >= 0 && !skip.has(row)
  const sorted = drifts.filter((_, row) => counted(row)).sort()
  const n = sorted.length
  const at = (share: number): number | null => (n === 0 ? null : sorted[Math.ceil(share * n) - 1])
  const top = Math.max(1, at(1) ?? 0)
  const counts = Array.from({ length: BINS }, () => 0)
  for (const drift of sorted) counts[Math.min(BINS - 1, Math.floor((drift / top) * BINS))]++
  const least = sorted[Math.max(0, n - MOST)]
  const most = Array.from(drifts.keys())
    .filter((row) => counted(row) && drifts[row] >= least)
    .sort((a, b) => drifts[b] - drifts[a] || a - b)
    .slice(0, MOST)
  return {
    shared: n,
    mean: n === 0 ? null : sorted.reduce((sum, drift) => sum + drift, 0) / n,
    median: at(0.5),
    p95: at(0.95),
    histogram: { edges: Array.from({ length: BINS + 1 }, (_, i) => (i / BINS) * top), counts },
    most: most.map((row) => ({ id: idOf(row), drift: drifts[row] })),
  }
}
