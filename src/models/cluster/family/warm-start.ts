/**
 * Beginning where another clustering ended. Several divisions of the same rows are often about as good as each other; a method that takes
 * the best of its runs goes from one to another for a difference that means nothing, and everybody changes cluster. A run from the centres
 * before is therefore kept unless one from fresh seeds is clearly better.
 */

/** The share by which the inertia must be lower. */
const CLEARLY = 0.01

/** Whether the inertia of the run from seeds is clearly less. */
export function clearlyLess(cold: number, warm: number): boolean {
  return cold < (1 - CLEARLY) * warm
}

/** The same of the mean log-likelihood of a row of `columns` numbers: the inertia of a spherical Gaussian is its variance. */
export function clearlyLikelier(columns: number): (cold: number, warm: number) => boolean {
  const gain = -0.5 * columns * Math.log(1 - CLEARLY)
  return (cold, warm) => cold > warm + gain
}

/** What a clustering says of its start, where it had one: whether it was kept, and the value of both ways. */
export interface StartFact {
  readonly kept: boolean
  /** Inertia, or mean log-likelihood. */
  readonly warm: number
  readonly cold: number
}

/** The run to keep, of one from seeds and, where there were centres to begin from, one from them, and what is said of it. */
export function settle<R>(
  cold: R,
  warm: R | null,
  value: (run: R) => number,
  clearlyBetter: (cold: number, warm: number) => boolean,
): { readonly run: R; readonly fact: { readonly start?: StartFact } } {
  if (warm === null) return { run: cold, fact: {} }
  const values = { warm: value(warm), cold: value(cold) }
  const kept = !clearlyBetter(values.cold, values.warm)
  return { run: kept ? warm : cold, fact: { start: { kept, ...values } } }
}
