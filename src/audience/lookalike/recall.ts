/** How many of the held-out seeds an audience of each size would have. */
import type { Job } from '../../train/run.ts'
import { type Folds, heldOut } from './seeds.ts'

/** The places of the held-out seeds of one fold among its candidates. */
interface Places {
  /** Of each held-out seed: candidates with a higher score … */
  readonly above: Int32Array
  /** … and with the same one, itself among them. */
  readonly level: Int32Array
  readonly candidates: number
}

/**
 * The expected share of the held-out seeds in the first n of a ranking in which equal scores stand in random order, mean over folds: a
 * seed with a candidates above and t level with it is among them with probability min(1, max(0, (n − a) / t)). Candidates of
 * a fold are all but its training seeds and the excluded.
 */
export class HeldOutRecall {
  readonly #folds: readonly Places[]

  constructor(folds: readonly Places[]) {
    this.#folds = folds
  }

  /** At audience size n. */
  at(n: number): number {
    let sum = 0
    for (const { above, level } of this.#folds) {
      let found = 0
      for (let i = 0; i < above.length; i++) found += Math.min(1, Math.max(0, (n - above[i]) / level[i]))
      sum += found / above.length
    }
    return sum / this.#folds.length
  }

  /** Of a random audience of size n, exactly: n of the candidates. */
  random(n: number): number {
    const sum = this.#folds.reduce((total, { candidates }) => total + Math.min(1, n / candidates), 0)
    return sum / this.#folds.length
  }

  /** The smallest size at which recall is at least `target`, `most` where none is. */
  sizeFor(target: number, most: number): number {
    let [low, high] = [1, most]
    while (low < high) {
      const middle = (low + high) >>> 1
      // Sums of shares: what is 1/2 may come out a rounding below it.
      if (this.at(middle) >= target - 1e-9) high = middle
      else low = middle + 1
    }
    return low
  }
}

/**
 * @param sets a score of every row for each fold
 * @param excluded 1 for rows that are no candidates; seeds are told by `folds` alone
 */
export function* measureRecall(
  sets: readonly Float32Array[],
  excluded: Uint8Array,
  folds: Folds,
): Job<HeldOutRecall> {
  const found: Places[] = []
  for (let k = 0; k < folds.count; k++) {
    found.push(places(sets[k], excluded, folds, k))
    yield { phase: 'held-out seeds', done: k + 1, of: folds.count, unit: 'folds' }
  }
  return new HeldOutRecall(found)
}

function places(scores: Float32Array, excluded: Uint8Array, folds: Folds, fold: number): Places {
  const out = Uint8Array.from(excluded)
  const searched = heldOut(folds, fold)
  for (const row of folds.seeds) out[row] = 1
  for (const row of searched) out[row] = 0
  const sorted = scores.filter((_, row) => out[row] === 0).sort()
  const above = Int32Array.from(searched, (row) => sorted.length - firstAbove(sorted, scores[row]))
  const level = Int32Array.from(
    searched,
    (row, i) => sorted.length - above[i] - firstNotBelow(sorted, scores[row]),
  )
  return { above, level, candidates: sorted.length }
}

/** The first place in ascending numbers whose number is above x. */
function firstAbove(sorted: Float32Array, x: number): number {
  return search(sorted, (value) => value > x)
}

function firstNotBelow(sorted: Float32Array, x: number): number {
  return search(sorted, (value) => value >= x)
}

function search(sorted: Float32Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(sorted[middle])) high = middle
    else low = middle + 1
  }
  return low
}
