/** Numbers in buckets of about equally many rows: a column for each, for what is neither more nor less but different. */
import { z } from 'zod'
import { bucketNames, bucketOf, quantileEdges } from '../buckets.ts'
import { parseNumber } from '../values.ts'
import { BlockBuilder, type Block } from './block.ts'
import type { Cells } from './cells.ts'
import { indicator, missingName } from './number.ts'
import type { FeatureSpec } from './spec.ts'

export const bucketsPlan = z.strictObject({
  kind: z.literal('buckets'),
  /** Between the buckets, ascending: bucket b holds edges[b − 1] ≤ x < edges[b]. */
  edges: z.array(z.number()),
  indicator: z.boolean(),
})
export type BucketsPlan = z.output<typeof bucketsPlan>

export function fitBuckets(cells: Cells, { count }: FeatureSpec & { kind: 'buckets' }): BucketsPlan {
  const values = cells.parsed(parseNumber, 'a number')
  const known = Float64Array.from(
    cells.codes.filter((code) => code >= 0),
    (code) => values[code],
  )
  return { kind: 'buckets', edges: [...quantileEdges(known, count)], indicator: cells.missing > 0 }
}

export function encodeBuckets(plan: BucketsPlan, cells: Cells): Block {
  const edges = Float64Array.from(plan.edges)
  const width = edges.length + 1
  const builder = new BlockBuilder(plan.indicator ? width + 1 : width)
  cells.parsed(parseNumber, 'a number').forEach((value, code) => {
    builder.add(cells.counts[code] > 0 ? [[bucketOf(edges, value), 1]] : [])
  })
  return builder.finish(indicator(plan, width))
}

export function bucketColumns(name: string, plan: BucketsPlan): string[] {
  const names = bucketNames(Float64Array.from(plan.edges)).map((bucket) => `${name} ${bucket}`)
  return [...names, ...missingName(name, plan)]
}
