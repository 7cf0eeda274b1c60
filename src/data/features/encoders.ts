/** The kinds of columns side by side: how each is fitted, encoded, named. */
import { z } from 'zod'
import type { Block } from './block.ts'
import {
  categoryNames,
  categoryPlan,
  encodeCategory,
  encodeMulti,
  fitCategory,
  fitMulti,
  multiPlan,
} from './category.ts'
import { bucketColumns, bucketsPlan, encodeBuckets, fitBuckets } from './bucketed.ts'
import type { Cells } from './cells.ts'
import { encodeHash, fitHash, hashNames, hashPlan } from './hash.ts'
import {
  dateNames,
  datePlan,
  encodeDate,
  encodeNumber,
  fitDate,
  fitNumber,
  numberNames,
  numberPlan,
} from './number.ts'
import type { FeatureSpec } from './spec.ts'
import { encodeTfidf, fitTfidf, tfidfNames, tfidfPlan } from './text.ts'

export const columnEncoding = z.discriminatedUnion('kind', [
  numberPlan,
  bucketsPlan,
  datePlan,
  categoryPlan,
  multiPlan,
  hashPlan,
  tfidfPlan,
  z.strictObject({ kind: z.literal('id') }),
  z.strictObject({ kind: z.literal('skip') }),
])
/** What was learned of a column. */
export type ColumnEncoding = z.output<typeof columnEncoding>

export function fitColumn(cells: Cells, spec: FeatureSpec, seed: number): ColumnEncoding {
  switch (spec.kind) {
    case 'number':
      return fitNumber(cells, spec)
    case 'buckets':
      return fitBuckets(cells, spec)
    case 'date':
      return fitDate(cells, spec)
    case 'category':
      return fitCategory(cells, spec)
    case 'multi':
      return fitMulti(cells, spec)
    case 'hash':
      return fitHash(cells, spec, seed)
    case 'tfidf':
      return fitTfidf(cells, spec)
    case 'id':
    case 'skip':
      return { kind: spec.kind }
  }
}

/** Null for a column of the table that is none of the matrix. */
export function encodeColumn(encoding: ColumnEncoding, cells: Cells): Block | null {
  switch (encoding.kind) {
    case 'number':
      return encodeNumber(encoding, cells)
    case 'buckets':
      return encodeBuckets(encoding, cells)
    case 'date':
      return encodeDate(encoding, cells)
    case 'category':
      return encodeCategory(encoding, cells)
    case 'multi':
      return encodeMulti(encoding, cells)
    case 'hash':
      return encodeHash(encoding, cells)
    case 'tfidf':
      return encodeTfidf(encoding, cells)
    case 'id':
    case 'skip':
      return null
  }
}

/** The names of the matrix's columns that come of the column `name`. */
export function columnNames(name: string, encoding: ColumnEncoding): string[] {
  switch (encoding.kind) {
    case 'number':
      return numberNames(name, encoding)
    case 'buckets':
      return bucketColumns(name, encoding)
    case 'date':
      return dateNames(name, encoding)
    case 'category':
    case 'multi':
      return categoryNames(name, encoding)
    case 'hash':
      return hashNames(name, encoding)
    case 'tfidf':
      return tfidfNames(name, encoding)
    case 'id':
    case 'skip':
      return []
  }
}
