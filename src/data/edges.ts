/** Edges as they were read, in input order and with repetitions, before a graph is made of them. */
import type { Vocabulary } from './vocabulary.ts'

export interface Edges {
  readonly nodes: Vocabulary
  /** Node rows, one per edge. */
  readonly sources: Int32Array
  readonly targets: Int32Array
  /** All finite and not negative. Null: every edge weighs one. */
  readonly weights: Float32Array | null
  /** Milliseconds since 1970 of each edge; null without. */
  readonly times: Float64Array | null
  /** What kind of edge each is; null where there is but one kind. */
  readonly types: Kinds | null
  /** What kind of node each is; null where there is but one kind. */
  readonly nodeTypes: Kinds | null
  /** What the file says; null where its format does not. */
  readonly directed: boolean | null
}

/** One of a few names for each of many things. */
export interface Kinds {
  readonly names: readonly string[]
  /** Index into `names`. */
  readonly of: Int32Array
}
