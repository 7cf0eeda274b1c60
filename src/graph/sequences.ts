/** What people did, in order: one sequence of items per user. Repeated items stay, unlike in interactions. */
import type { Vocabulary } from '../data/vocabulary.ts'
import type { Sentences } from './sentences.ts'

export interface Sequences {
  readonly users: Vocabulary
  readonly items: Vocabulary
  /** Tokens are rows of `items`; sentence s is everything that user s did, the earliest first. A user may have none. */
  readonly sentences: Sentences
  /** Milliseconds since 1970 of each token, never falling within a sentence; null where only the order is known. */
  readonly times: Float64Array | null
}
