/** Seeds: the users that others are to be like, and their division into folds. */
import type { Vocabulary } from '../../data/vocabulary.ts'
import type { Random } from '../../random.ts'

export interface KnownIds {
  /** Rows of the ids that are known, in the order of their first appearance. */
  readonly rows: Int32Array
  /** Ids given, each counted once. */
  readonly given: number
  /** Ids given again. */
  readonly repeated: number
  /** Ids that the vocabulary has not, each once. */
  readonly unknown: readonly string[]
}

/** The rows of ids. Repeated ids count once; unknown ones are told, not dropped in silence. */
export function rowsOf(ids: Iterable<string>, vocabulary: Vocabulary): KnownIds {
  const distinct = new Set<string>()
  let all = 0
  for (const id of ids) {
    distinct.add(id)
    all++
  }
  const rows: number[] = []
  const unknown: string[] = []
  for (const id of distinct) {
    const row = vocabulary.row(id)
    if (row < 0) unknown.push(id)
    else rows.push(row)
  }
  return { rows: Int32Array.from(rows), given: distinct.size, repeated: all - distinct.size, unknown }
}

/** Seeds with the fold of each: 0 … count − 1. With count 0 nothing is held out. */
export interface Folds {
  readonly seeds: Int32Array
  readonly of: Int32Array
  readonly count: number
}

/** Each seed to one of `count` folds at random, whose sizes differ by one at most; as many folds as seeds at most. */
export function divide(seeds: Int32Array, count: number, rng: Random): Folds {
  const folds = Math.min(count, seeds.length)
  if (folds < 2) return { seeds, of: new Int32Array(seeds.length), count: 0 }
  const of = rng.stream('folds').shuffle(Int32Array.from(seeds, (_, i) => i % folds))
  return { seeds, of, count: folds }
}

/** The seeds of a fold. */
export function heldOut({ seeds, of }: Folds, fold: number): Int32Array {
  return seeds.filter((_, i) => of[i] === fold)
}
