/**
 * Beginning where another clustering ended. Several divisions of the same rows are often about as good as each other; a method that takes
 * the best of its runs goes from one to another for a difference that means nothing, and everybody changes cluster. A run from the centres
 * before is therefore kept unless one from fresh seeds is clearly better.
 */

/** The share by which the inertia must be lower. */
export const CLEARLY = 0.01

/** What that is in mean log-likelihood of a row of `columns` numbers: the inertia of a spherical Gaussian is its variance. */
export function clearlyLikelier(columns: number): number {
  return -0.5 * columns * Math.log(1 - CLEARLY)
}

/** What a clustering says of its start, where it had one: whether it was kept, and the value of both ways. */
export interface StartFact {
  readonly kept: boolean
  /** Inertia, or mean log-likelihood. */
  readonly warm: number
  readonly cold: number
}
