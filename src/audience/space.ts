/** What segments, look-alikes and maps stand on: one vector per user, or per item. */
import type { Vocabulary } from '../data/vocabulary.ts'

export type SpaceOf = 'user' | 'item'

export interface Space {
  /** The model it comes from, and its version. */
  readonly name: string
  readonly version: number
  readonly of: SpaceOf
  /** The id of each row. */
  readonly ids: Vocabulary
  readonly dim: number
  /** ids.size × dim, rows as the model has them: not normalised. */
  readonly data: Float32Array
}
