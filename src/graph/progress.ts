/** What long work on graphs yields as it goes: progress, and a point where it can be cancelled. */
export interface GraphProgress {
  readonly phase: string
  readonly done: number
  readonly of: number
  readonly unit: string
}

/** A job for `run` of the training room, which lies above this one. */
export type GraphJob<T> = Generator<GraphProgress, T, void>

/** Edges looked at between two yields: some tens of milliseconds. */
export const EDGES_PER_YIELD = 2 ** 22
