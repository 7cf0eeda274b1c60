/** The edges of histograms that compare a group with everybody. */

const BINS = 20

/**
 * Up to 20 bins for `sorted` numbers (ascending, at least one): one for each whole number where there are few of them, else of equal width
 * between the first and the last percentile. The first and the last bin also take what lies beyond.
 */
export function binEdges(sorted: Float64Array): number[] {
  const [low, high] = [sorted[0], sorted[sorted.length - 1]]
  if (high - low < BINS && sorted.every(Number.isInteger)) {
    return Array.from({ length: high - low + 2 }, (_, i) => low - 0.5 + i)
  }
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]
  let [from, to] = [at(0.01), at(0.99)]
  if (from === to) [from, to] = [low, high]
  if (from === to) return [from - 0.5, from + 0.5]
  const width = (to - from) / BINS
  return Array.from({ length: BINS + 1 }, (_, i) => (i === BINS ? to : from + i * width))
}

/** The bin of x, from 0 to edges.length − 2. */
export function binOf(edges: readonly number[], x: number): number {
  const last = edges.length - 2
  const width = (edges[last + 1] - edges[0]) / (last + 1)
  return Math.min(last, Math.max(0, Math.floor((x - edges[0]) / width)))
}
