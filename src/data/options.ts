import type { Vocabularies } from './collector.ts'
import type { Role } from './columns.ts'
import type { DuplicatePolicy } from './pairs.ts'
import type { Format } from './source.ts'

export interface ReadOptions {
  /** The format of all files; told by each file's name when absent. Needed for standard input. */
  readonly format?: Format
  /** Column names (or, without a header, numbers from 1) where they differ from the usual ones. */
  readonly columns?: Readonly<Partial<Record<Role, string>>>
  /** Whether CSV and TSV files begin with column names. Default true. */
  readonly header?: boolean
  /** The delimiter of CSV files: one ASCII character. Default: the one of `,` `;` tab `|` that the first line has most of. */
  readonly delimiter?: string
  /** Pairs that come more than once. Default `last`. */
  readonly duplicates?: DuplicatePolicy
  /** Reads only rows whose event column is one of these. */
  readonly events?: readonly string[]
  /** Reads only rows with at least this weight. */
  readonly minWeight?: number
  /** Ignores a weight column. */
  readonly implicit?: boolean
  /** The share of rows that may be bad; up to and including it they are left out and reported. Default 0.01. */
  readonly maxBadRows?: number
  /** Reads into the rows of existing vocabularies; rows with other users or items are left out and reported as unknown. */
  readonly vocabularies?: Vocabularies
}
