/** Who did what: users × items, one entry per pair, with ids kept as strings in two vocabularies. */
import { inspect } from 'node:util'
import { fail, quote } from '../errors.ts'
import { runSync, type Steps } from '../steps.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { Collector, type Vocabularies } from './collector.ts'
import type { Events } from './events.ts'
import type { DuplicatePolicy } from './pairs.ts'
import { pairing, pairMatrix } from './pairs.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Interactions {
  readonly users: Vocabulary
  readonly items: Vocabulary
  /** users × items. Values are the weights (ratings, counts), or null when every entry is one. */
  readonly matrix: Sparse
  /** Milliseconds since 1970 of each entry, in the order of `matrix.indices`; null without timestamps. */
  readonly times: Float64Array | null
}

/** One event of a program's own data. */
export interface Pair {
  readonly user: string
  readonly item: string
  readonly weight?: number
  /** Milliseconds since 1970. */
  readonly time?: number
}

/**
 * Builds interactions from rows of two vocabularies: the builder that all readers use. See {@link DuplicatePolicy} for pairs that
 * come more than once.
 */
export function interactionsFromRows(
  users: Vocabulary,
  items: Vocabulary,
  userRows: Int32Array,
  itemRows: Int32Array,
  weights: Float32Array | null,
  times: Float64Array | null,
  duplicates: DuplicatePolicy = 'last',
): Interactions {
  checkRows('userRows', userRows, users.size)
  checkRows('itemRows', itemRows, items.size)
  const built = pairMatrix(users.size, items.size, userRows, itemRows, weights, times, duplicates)
  return { users, items, matrix: built.matrix, times: built.times }
}

function checkRows(what: string, rows: Int32Array, size: number): void {
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] < 0 || rows[i] >= size) {
      throw fail('ARGUMENT', {
        what: `${what}[${i}]`,
        expected: `a row from 0 to ${size - 1}`,
        got: String(rows[i]),
      })
    }
  }
}

/** The events of pairs with each user and item once; see {@link DuplicatePolicy}. */
export function interactionsFromEvents(
  events: Events,
  duplicates: DuplicatePolicy = 'last',
): { readonly interactions: Interactions; readonly duplicates: number } {
  return runSync(pairingEvents(events, duplicates))
}

/** {@link interactionsFromEvents} in steps. */
export function* pairingEvents(
  { users, items, userRows, itemRows, weights, times }: Events,
  duplicates: DuplicatePolicy = 'last',
): Steps<{ readonly interactions: Interactions; readonly duplicates: number }> {
  const built = yield* pairing(users.size, items.size, userRows, itemRows, weights, times, duplicates)
  return {
    interactions: { users, items, matrix: built.matrix, times: built.times },
    duplicates: built.duplicates,
  }
}

/**
 * Interactions from memory. Rows are numbered in order of first appearance. Either all pairs have a weight or none, and the same
 * for times; ids are strings (a number is an error: "007" and 7 would be confused).
 */
export function interactionsFrom(
  pairs: Iterable<Pair>,
  options: { readonly duplicates?: DuplicatePolicy; readonly vocabularies?: Vocabularies } = {},
): Interactions {
  return interactionsFromEvents(eventsFrom(pairs, options.vocabularies), options.duplicates).interactions
}

/** Events from memory, in the order given, under the rules of {@link interactionsFrom}. */
export function eventsFrom(pairs: Iterable<Pair>, vocabularies?: Vocabularies): Events {
  const collector = new Collector(vocabularies)
  let index = 0
  for (const pair of pairs) {
    const where = `pair ${index}`
    if (index === 0) collector.expect(pair.weight !== undefined, pair.time !== undefined)
    for (const key of ['user', 'item'] as const) {
      const id: unknown = pair[key]
      if (typeof id !== 'string' || id === '') {
        throw fail('ARGUMENT', { what: `${where}, ${key}`, expected: 'a non-empty string', got: show(id) })
      }
    }
    for (const [key, needed] of [
      ['weight', collector.weighted],
      ['time', collector.timed],
    ] as const) {
      const value: unknown = pair[key]
      if (needed ? typeof value !== 'number' || !Number.isFinite(value) : value !== undefined) {
        const expected = needed ? 'a finite number, as in pair 0' : 'none, as in pair 0'
        throw fail('ARGUMENT', { what: `${where}, ${key}`, expected, got: show(value) })
      }
    }
    collector.addText(pair.user, pair.item, pair.weight ?? 1, pair.time ?? 0)
    index++
  }
  if (collector.unknown > 0) {
    throw fail('ARGUMENT', {
      what: 'events',
      expected: 'only users and items of the given vocabularies',
      got: `${collector.unknown} pairs with unknown ones`,
    })
  }
  return collector.events()
}

function show(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  return value === undefined ? 'nothing' : `the ${typeof value} ${inspect(value)}`
}

export interface InteractionsSummary {
  readonly users: number
  readonly items: number
  readonly entries: number
  /** entries / (users · items). */
  readonly density: number
  readonly userDegree: DegreeSummary
  readonly itemDegree: DegreeSummary
  /** Milliseconds since 1970 of the first and last entry; null without timestamps. */
  readonly timeRange: readonly [number, number] | null
}
export interface DegreeSummary {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** Sizes, density, degrees and time range. Users and items without entries count, with degree 0. */
export function describeInteractions({ matrix, times }: Interactions): InteractionsSummary {
  const itemDegrees = new Uint32Array(matrix.cols)
  for (let e = 0; e < matrix.nnz; e++) itemDegrees[matrix.indices[e]]++
  const userDegrees = Uint32Array.from({ length: matrix.rows }, (_, u) => matrix.degree(u))
  return {
    users: matrix.rows,
    items: matrix.cols,
    entries: matrix.nnz,
    density: matrix.nnz === 0 ? 0 : matrix.nnz / (matrix.rows * matrix.cols),
    userDegree: degreeSummary(userDegrees),
    itemDegree: degreeSummary(itemDegrees),
    timeRange: times && range(times),
  }
}

/** The smallest and largest value; null when there are none. */
export function range(values: Float64Array): [number, number] | null {
  if (values.length === 0) return null
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i]
    if (values[i] > high) high = values[i]
  }
  return [low, high]
}

function degreeSummary(degrees: Uint32Array): DegreeSummary {
  const n = degrees.length
  if (n === 0) return { min: 0, median: 0, max: 0 }
  degrees.sort()
  return { min: degrees[0], median: (degrees[(n - 1) >> 1] + degrees[n >> 1]) / 2, max: degrees[n - 1] }
}
