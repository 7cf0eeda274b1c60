/** Batches of (user, item that the user interacted with, items that the user did not) for pairwise training. */
import type { NegativeSampler } from '../graph/negatives.ts'
import type { Random } from '../random.ts'
import type { Sparse } from '../tensor/sparse.ts'

/** How the positive pairs of an epoch are chosen. */
export type PairSampling =
  /** Every interaction once, in a random order. */
  | 'interaction'
  /** As many draws as interactions: a user uniformly, then one of the user's items uniformly (the LightGCN authors' code). */
  | 'user'

export interface PairBatch {
  /** The place of each pair among the interactions. */
  readonly entries: Uint32Array
  readonly users: Int32Array
  readonly positives: Int32Array
  /** users.length × pool, row by row. */
  readonly negatives: Int32Array
}

/** The batches of one epoch. Users who interacted with every item have no negative and are left out. */
export function* pairBatches(
  interactions: Sparse,
  options: {
    readonly batch: number
    readonly sampling: PairSampling
    readonly negative: NegativeSampler
    readonly pool: number
  },
  rng: Random,
): Generator<PairBatch, void, void> {
  const { batch, sampling, negative, pool } = options
  const order = sampling === 'interaction' ? shuffledPairs(interactions, rng.stream('order')) : null
  const active = order ? null : activeUsers(interactions)
  const draw = rng.stream('pairs')
  const buffer = {
    entries: new Uint32Array(batch),
    users: new Int32Array(batch),
    positives: new Int32Array(batch),
    negatives: new Int32Array(batch * pool),
  }
  let filled = 0
  for (let n = 0; n < interactions.nnz; n++) {
    let user: number
    let entry: number
    if (order) {
      user = order.users[n]!
      entry = order.entries[n]!
    } else {
      user = active![draw.int(active!.length)]!
      entry = interactions.indptr[user] + draw.int(interactions.degree(user))
    }
    let found = true
    for (let k = 0; k < pool && found; k++) {
      const other = negative(user, draw)
      if (other < 0) found = false
      buffer.negatives[filled * pool + k] = other
    }
    if (!found) continue
    buffer.entries[filled] = entry
    buffer.users[filled] = user
    buffer.positives[filled] = interactions.indices[entry]
    if (++filled === batch) {
      yield buffer
      filled = 0
    }
  }
  if (filled > 0) {
    yield {
      entries: buffer.entries.subarray(0, filled),
      users: buffer.users.subarray(0, filled),
      positives: buffer.positives.subarray(0, filled),
      negatives: buffer.negatives.subarray(0, filled * pool),
    }
  }
}

function shuffledPairs(m: Sparse, rng: Random): { entries: Uint32Array; users: Int32Array } {
  const entries = rng.shuffle(Uint32Array.from({ length: m.nnz }, (_, e) => e))
  const rowOf = new Int32Array(m.nnz)
  for (let r = 0; r < m.rows; r++) rowOf.fill(r, m.indptr[r], m.indptr[r + 1])
  const users = new Int32Array(m.nnz)
  for (let n = 0; n < m.nnz; n++) users[n] = rowOf[entries[n]]!
  return { entries, users }
}

function activeUsers(m: Sparse): Int32Array {
  const out: number[] = []
  for (let r = 0; r < m.rows; r++) if (m.degree(r) > 0) out.push(r)
  return Int32Array.from(out)
}

/** Numbers the distinct nodes of a batch: `rows` holds the row of each once, and `local(ids)` says where each id stands in it. */
export class BatchNodes {
  readonly #rowOf: Int32Array
  readonly #place: Int32Array
  readonly #stamp: Int32Array
  #round = 0
  #rows: number[] = []

  /** @param rowOf the row that stands for each node */
  constructor(rowOf: Int32Array) {
    this.#rowOf = rowOf
    this.#place = new Int32Array(rowOf.length)
    this.#stamp = new Int32Array(rowOf.length)
  }

  /** Forgets the previous batch. */
  clear(): void {
    this.#round++
    this.#rows = []
  }

  /** Places of `ids + offset` among the rows, adding those that are new, written to `out`. */
  local(ids: Int32Array, offset: number, out: Int32Array): Int32Array {
    for (let k = 0; k < ids.length; k++) {
      const row = this.#rowOf[ids[k] + offset]
      if (this.#stamp[row] !== this.#round) {
        this.#stamp[row] = this.#round
        this.#place[row] = this.#rows.length
        this.#rows.push(row)
      }
      out[k] = this.#place[row]
    }
    return out
  }

  get rows(): readonly number[] {
    return this.#rows
  }
}
