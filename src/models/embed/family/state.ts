/** What an embedding method learned, in rows rather than ids. Row r belongs to row r of the vocabulary of the input. */
import { heap } from '../../../kernels/heap.ts'
import type { StateTensor } from '../../state.ts'

/** float32, row-major. */
export interface VectorTable {
  readonly data: Float32Array
  /** [rows, dim]. */
  readonly shape: readonly [number, number]
}

export interface EmbeddingState {
  /** n × d: what answers. */
  readonly vectors: VectorTable
  /** n × d: context (output) vectors, where the method keeps them. */
  readonly context?: VectorTable
  /** What else the method needs to answer later, by name: tables of side information, weights, metrics. */
  readonly extra?: Readonly<Record<string, StateTensor>>
  /** Ids of the rows of tables in `extra`, by name. */
  readonly vocabularies?: Readonly<Record<string, readonly string[]>>
  /** Widths of the spaces that stand side by side in the vectors, each free to be turned on its own. Default: they are one space. */
  readonly widths?: readonly number[]
  /**
   * Which tables of `extra` go along when the vectors are turned, x → x R: `rows` of the same space, T → T R, or a `map` out of it, W → Rᵀ W.
   * The others stay.
   */
  readonly turning?: Readonly<Record<string, 'rows' | 'map'>>
  /** Facts about the training worth keeping: epochs run, loss curve … JSON. */
  readonly facts?: Readonly<Record<string, unknown>>
}

/** The state with copies of its arrays in the region that is open now. */
export function copyState(state: EmbeddingState): EmbeddingState {
  const copy = <T extends StateTensor>(table: T): T => ({ ...table, data: heap.copy(table.data) })
  return {
    ...state,
    vectors: copy(state.vectors),
    ...(state.context ? { context: copy(state.context) } : {}),
    ...(state.extra
      ? { extra: Object.fromEntries(Object.entries(state.extra).map(([name, t]) => [name, copy(t)])) }
      : {}),
  }
}
