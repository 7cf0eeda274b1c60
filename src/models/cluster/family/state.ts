/** What a clustering method learned, in rows rather than ids. Row r belongs to row r of the input. */
import { Matrix } from '../../../tensor/matrix.ts'
import type { StateTensor } from '../../state.ts'

export interface ClusterState {
  /** n cluster numbers, 0 … clusters − 1. A number may have no row: labels are never edited to fill an empty cluster. */
  readonly labels: Int32Array
  /** K: how many clusters the method was asked for, or found. */
  readonly clusters: number
  /** n × K, rows that sum to 1, where the method is probabilistic. */
  readonly probabilities: Matrix<'node', 'cluster'> | null
  /** n × d: the space that was clustered, where it is not the input itself. */
  readonly latent: Matrix<'node', 'latent'> | null
  /** K × d, in the space of `latent`, or of the input where there is none. */
  readonly centres: Matrix<'cluster', 'latent'> | null
  /** What else `predict` needs, by name: weights of networks, covariances … */
  readonly extra?: Readonly<Record<string, StateTensor>>
  /** Facts about the training worth keeping: iterations, inertia, loss curve … JSON. */
  readonly facts: Readonly<Record<string, unknown>>
}

/** What is said of rows: at least a label each. */
export interface Assignment {
  readonly labels: Int32Array
  /** rows × K, where the method is probabilistic. */
  readonly probabilities: Matrix<'node', 'cluster'> | null
}

/** A state whose clusters are soft. */
export interface ProbabilisticState extends ClusterState {
  readonly probabilities: Matrix<'node', 'cluster'>
}

export function isProbabilistic(state: ClusterState): state is ProbabilisticState {
  return state.probabilities !== null
}

/** What is done with the arrays of a state: to copy or to place them. */
type Move = <T extends Float32Array | Int32Array | Uint32Array>(array: T) => T
export const copied: Move = (array) => array.slice() as typeof array

export function withArray<M extends Matrix>(m: M, move: Move): M {
  return new Matrix(m.rows, m.cols, move(m.data)) as M
}

/** The state with each of its arrays moved by `move`. */
export function moved(state: ClusterState, move: Move): ClusterState {
  const { labels, probabilities, latent, centres, extra } = state
  const tensors = Object.entries(extra ?? {}).map(
    ([name, t]) => [name, { ...t, data: move(t.data) }] as const,
  )
  return {
    ...state,
    labels: move(labels),
    probabilities: probabilities && withArray(probabilities, move),
    latent: latent && withArray(latent, move),
    centres: centres && withArray(centres, move),
    ...(extra ? { extra: Object.fromEntries(tensors) } : {}),
  }
}
