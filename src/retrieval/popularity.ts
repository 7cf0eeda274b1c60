/** What most users interacted with: the same order for everybody, so it is made once, and a list is read off it. */
import type { Sparse } from '../tensor/sparse.ts'
import type { Steps } from '../steps.ts'
import type { Limits, Neighbours } from './neighbours/space.ts'

/** Items that are counted in one step. */
const STEP = 2 ** 16

export class Popularity {
  /** How many users each item has. */
  readonly scores: Float32Array
  /** Item rows, the most popular first; equal ones in their order. */
  readonly #order: Int32Array

  private constructor(scores: Float32Array, order: Int32Array) {
    this.scores = scores
    this.#order = order
  }

  /** @param interactions users × items */
  static *of(interactions: Sparse): Steps<Popularity> {
    const { indptr, rows: items } = yield* interactions.transposing()
    const scores = new Float32Array(items)
    for (let from = 0; from < items; from += STEP) {
      differences(indptr, from, scores.subarray(from, from + STEP))
      yield
    }
    return new Popularity(scores, yield* descending(scores, interactions.rows))
  }

  /** The first n that may be answered. */
  best(n: number, { banned, allowed }: Limits): Neighbours {
    return this.#first(this.#order, n, (row) => !banned.has(row) && (allowed?.mask[row] ?? 1) === 1)
  }

  /** The same of some rows, each named once. */
  bestAmong(among: Int32Array, n: number, banned: ReadonlySet<number>): Neighbours {
    const ranked = among.toSorted((a, b) => this.scores[b] - this.scores[a] || a - b)
    return this.#first(ranked, n, (row) => !banned.has(row))
  }

  #first(ranked: Int32Array, n: number, passes: (row: number) => boolean): Neighbours {
    const found: number[] = []
    for (let at = 0; at < ranked.length && found.length < n; at++)
      if (passes(ranked[at])) found.push(ranked[at])
    return { rows: Int32Array.from(found), scores: Float32Array.from(found, (row) => this.scores[row]) }
  }
}

function differences(indptr: Uint32Array, from: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = indptr[from + i + 1] - indptr[from + i]
}

/** Rows by falling counts of at most `most`: a counting sort. */
function* descending(counts: Float32Array, most: number): Steps<Int32Array> {
  const starts = new Uint32Array(most + 2)
  const order = new Int32Array(counts.length)
  for (let from = 0; from < counts.length; from += STEP) {
    count(counts.subarray(from, from + STEP), most, starts)
    yield
  }
  for (let at = 0; at <= most; at++) starts[at + 1] += starts[at]
  for (let from = 0; from < counts.length; from += STEP) {
    scatter(counts.subarray(from, from + STEP), most, from, starts, order)
    yield
  }
  return order
}

// Functions of their own, as in tensor/sparse.ts.

function count(counts: Float32Array, most: number, starts: Uint32Array): void {
  for (let i = 0; i < counts.length; i++) starts[most - counts[i] + 1]++
}

function scatter(
  counts: Float32Array,
  most: number,
  from: number,
  starts: Uint32Array,
  order: Int32Array,
): void {
  for (let i = 0; i < counts.length; i++) order[starts[most - counts[i]]++] = from + i
}
