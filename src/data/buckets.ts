/** Numbers as categories: buckets with about equally many values each. */
import { fail } from '../errors.ts'

/**
 * The inner edges of at most `count` buckets of `values` at their quantiles, ascending: edge k is the ⌊k·n/count⌋-th smallest
 * value. Edges that would leave a bucket of `values` empty are dropped, so there may be fewer buckets.
 */
export function quantileEdges(values: Float64Array, count: number): Float64Array {
  if (!Number.isInteger(count) || count < 1) {
    throw fail('ARGUMENT', {
      what: 'number of buckets',
      expected: 'a whole number of at least 1',
      got: String(count),
    })
  }
  const sorted = values.slice().sort()
  const edges: number[] = []
  for (let k = 1; k < count; k++) {
    const edge = sorted[Math.floor((k * sorted.length) / count)]
    if (edge > (edges.at(-1) ?? sorted[0])) edges.push(edge)
  }
  return Float64Array.from(edges)
}

/** The bucket of `value`: how many edges are not above it. Bucket b holds edges[b − 1] ≤ value < edges[b]. */
export function bucketOf(edges: Float64Array, value: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (edges[middle] <= value) low = middle + 1
    else high = middle
  }
  return low
}

/** The names of the buckets: `< 10`, `10 – 25`, `≥ 25`; `any` when there is one only. */
export function bucketNames(edges: Float64Array): string[] {
  const last = edges.length
  if (last === 0) return ['any']
  return Array.from({ length: last + 1 }, (_, b) =>
    b === 0 ? `< ${edges[0]}` : b === last ? `≥ ${edges[last - 1]}` : `${edges[b - 1]} – ${edges[b]}`,
  )
}
