/** From lists of (user row, item row) to CSR: a counting sort by user, then each user's events are sorted by item and merged. */
import { fail } from '../errors.ts'
import { runSync, type Steps } from '../steps.ts'
import { Sparse } from '../tensor/sparse.ts'

/**
 * What to do with several rows of one (user, item) pair. `first` and `last` go by time where there are timestamps (ties: input
 * order), else by input order. `sum` adds the weights and keeps the latest time. `max` keeps the row of the largest weight (ties:
 * the earlier input row).
 */
export type DuplicatePolicy = 'first' | 'last' | 'sum' | 'max'
export const duplicatePolicies: readonly DuplicatePolicy[] = ['first', 'last', 'sum', 'max']

export interface PairMatrix {
  readonly matrix: Sparse
  readonly times: Float64Array | null
  /** Input rows that were merged into another. */
  readonly duplicates: number
}

/** Entries that are worked on in one step. */
const STEP = 2 ** 14

/**
 * @param userRows, itemRows one entry per event, within `users` and `items`
 * @param weights null: every entry is one (with `sum`: the number of rows of the pair)
 * @param times milliseconds, or null
 */
export function pairMatrix(
  users: number,
  items: number,
  userRows: Int32Array,
  itemRows: Int32Array,
  weights: Float32Array | null,
  times: Float64Array | null,
  policy: DuplicatePolicy,
): PairMatrix {
  return runSync(pairing(users, items, userRows, itemRows, weights, times, policy))
}

/** {@link pairMatrix} in steps. */
export function* pairing(
  users: number,
  items: number,
  userRows: Int32Array,
  itemRows: Int32Array,
  weights: Float32Array | null,
  times: Float64Array | null,
  policy: DuplicatePolicy,
): Steps<PairMatrix> {
  checkLengths(userRows, itemRows, weights, times)
  const n = userRows.length
  const starts = segmentStarts(users, userRows)
  // From here on the arrays are ordered by user, in input order within a user, and are then compacted in place.
  const indices = new Int32Array(n)
  const values = weights || policy === 'sum' ? new Float32Array(n) : null
  const outTimes = times ? new Float64Array(n) : null
  const next = starts.slice(0, users)
  const sorted: Entries = { indices, values, times: outTimes }
  for (let from = 0; from < n; from += STEP) {
    scatter(
      userRows,
      { indices: itemRows, values: weights, times },
      from,
      Math.min(n, from + STEP),
      next,
      sorted,
    )
    yield
  }
  const indptr = new Uint32Array(users + 1)
  const segment = new Segment()
  let at = 0
  for (let user = 0; user < users;) {
    const end = upTo(starts, user, STEP)
    at = mergeUsers(segment, sorted, starts, user, end, at, indptr, policy)
    user = end
    yield
  }
  // Without duplicates there is nothing to count: the weights stay implicit.
  const kept = weights || at < n ? values : null
  const matrix = new Sparse(users, items, indptr, fit(indices, at), kept && fit(kept, at))
  return { matrix, times: outTimes && fit(outTimes, at), duplicates: n - at }
}

interface Entries {
  readonly indices: Int32Array
  readonly values: Float32Array | null
  readonly times: Float64Array | null
}

// The loops of steps are functions of their own, as in tensor/sparse.ts.

/** Moves the entries [from, to) to their users. */
function scatter(
  userRows: Int32Array,
  { indices, values, times }: Entries,
  from: number,
  to: number,
  next: Uint32Array,
  out: Entries,
): void {
  for (let i = from; i < to; i++) {
    const at = next[userRows[i]]++
    out.indices[at] = indices[i]
    if (out.values) out.values[at] = values ? values[i] : 1
    if (out.times) out.times[at] = times![i]
  }
}

/** The first user at which `most` entries or more have come since those of `user` began. */
function upTo(starts: Uint32Array, user: number, most: number): number {
  const users = starts.length - 1
  let end = user + 1
  while (end < users && starts[end] - starts[user] < most) end++
  return end
}

function mergeUsers(
  segment: Segment,
  { indices, values, times }: Entries,
  starts: Uint32Array,
  from: number,
  to: number,
  begin: number,
  indptr: Uint32Array,
  policy: DuplicatePolicy,
): number {
  let at = begin
  for (let u = from; u < to; u++) {
    at = segment.merge(indices, values, times, starts[u], starts[u + 1], at, policy)
    indptr[u + 1] = at
  }
  return at
}

function segmentStarts(users: number, userRows: Int32Array): Uint32Array {
  const starts = new Uint32Array(users + 1)
  for (let i = 0; i < userRows.length; i++) starts[userRows[i] + 1]++
  for (let u = 0; u < users; u++) starts[u + 1] += starts[u]
  return starts
}

function fit<T extends Int32Array | Float32Array | Float64Array>(array: T, length: number): T {
  return (length === array.length ? array : array.slice(0, length)) as T
}

/** One user's events while they are sorted by item and merged. */
class Segment {
  /** item · 2^⌈log₂ length⌉ + position: sorts by item, then by input order. Items and positions have 53 bits together, ample here. */
  #keys = new Float64Array(1024)
  #weights = new Float32Array(1024)
  #times = new Float64Array(1024)

  /** Writes the merged entries of [from, to) at `at` ≤ from; returns where they end. */
  merge(
    indices: Int32Array,
    values: Float32Array | null,
    times: Float64Array | null,
    from: number,
    to: number,
    at: number,
    policy: DuplicatePolicy,
  ): number {
    const length = to - from
    const width = 2 ** Math.ceil(Math.log2(length))
    this.#load(indices, values, times, from, length, width)
    const keys = this.#keys
    for (let k = 0; k < length;) {
      const item = Math.floor(keys[k] / width)
      const first = keys[k] - item * width
      const end = (item + 1) * width
      let chosen = first
      let sum = this.#weights[first]
      for (k++; k < length && keys[k] < end; k++) {
        const position = keys[k] - item * width
        sum += this.#weights[position]
        if (this.#replaces(policy, position, chosen, times !== null)) chosen = position
      }
      indices[at] = item
      if (values) values[at] = policy === 'sum' ? sum : this.#weights[chosen]
      if (times) times[at] = this.#times[chosen]
      at++
    }
    return at
  }

  /** Whether the event at `position`, later in the input than `chosen`, takes its place (with `sum`: gives the time). */
  #replaces(policy: DuplicatePolicy, position: number, chosen: number, timed: boolean): boolean {
    if (policy === 'first') return timed && this.#times[position] < this.#times[chosen]
    if (policy === 'max') return this.#weights[position] > this.#weights[chosen]
    return !timed || this.#times[position] >= this.#times[chosen]
  }

  #load(
    indices: Int32Array,
    values: Float32Array | null,
    times: Float64Array | null,
    from: number,
    length: number,
    width: number,
  ): void {
    if (length > this.#keys.length) {
      this.#keys = new Float64Array(width)
      this.#weights = new Float32Array(width)
      this.#times = new Float64Array(width)
    }
    const keys = this.#keys
    for (let j = 0; j < length; j++) {
      keys[j] = indices[from + j] * width + j
      if (values) this.#weights[j] = values[from + j]
      if (times) this.#times[j] = times[from + j]
    }
    if (length > 24) keys.subarray(0, length).sort()
    else insertionSort(keys, length)
  }
}

function insertionSort(keys: Float64Array, length: number): void {
  for (let i = 1; i < length; i++) {
    const key = keys[i]
    let j = i - 1
    for (; j >= 0 && keys[j] > key; j--) keys[j + 1] = keys[j]
    keys[j + 1] = key
  }
}

function checkLengths(
  userRows: Int32Array,
  itemRows: Int32Array,
  weights: Float32Array | null,
  times: Float64Array | null,
): void {
  for (const [name, array] of Object.entries({ itemRows, weights, times })) {
    if (array && array.length !== userRows.length) {
      throw fail('SHAPE', {
        op: 'interactions',
        expected: `${userRows.length} ${name} (one per user row)`,
        got: String(array.length),
      })
    }
  }
}
