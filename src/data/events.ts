/** Events as they were read, in input order and with repetitions, before anything is made of them. */
import type { Vocabulary } from './vocabulary.ts'

export interface Events {
  readonly users: Vocabulary
  readonly items: Vocabulary
  /** One entry per event. */
  readonly userRows: Int32Array
  readonly itemRows: Int32Array
  /** Null: every event weighs one. */
  readonly weights: Float32Array | null
  /** Milliseconds since 1970; null without timestamps. */
  readonly times: Float64Array | null
}
