/** What lists of models and versions tell. */
import type { IndexFacts } from '../retrieval/neighbours/indexes.ts'
import type { Family } from './families.ts'

export interface ModelVersion {
  readonly name: string
  readonly version: number
}

export interface ModelSummary {
  readonly name: string
  /** The version in service; undefined when the first save was cut off before its version went into service. */
  readonly current: number | undefined
  /** What is wrong, where the file that names the version in service is damaged. */
  readonly problem?: string
  /** Version numbers on disk, in order. */
  readonly versions: readonly number[]
}

/** One version in `showModel`. A version whose `model.json` cannot be read has `problem` and nothing more. */
export interface VersionSummary {
  readonly version: number
  readonly current: boolean
  readonly problem?: string
  readonly details?: {
    readonly created: string
    readonly homophily: string
    readonly method: string
    /** `recommend`, `embed` …; null for one that this release does not know. */
    readonly family: Family | null
    readonly config: Readonly<Record<string, unknown>>
    readonly seed: number
    readonly metrics: Readonly<Record<string, number>>
    readonly users: number
    readonly items: number
    readonly bytes: number
    readonly indexes: readonly IndexFacts[]
    readonly data?: unknown
  }
}

export interface ModelDetails {
  readonly name: string
  readonly current: number | undefined
  readonly problem?: string
  readonly versions: readonly VersionSummary[]
}
