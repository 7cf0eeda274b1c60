/**
 * node2vec (Grover & Leskovec 2016, https://arxiv.org/abs/1607.00653, section 3.2): having come from t to v, a walk goes on
 * to x with a chance in proportion to the weight of v → x times
 *
 *     1/p  if x = t,      1  if there is an edge t → x,      1/q  otherwise.
 *
 * Rejection sampling: propose x by the weights alone, accept it with its factor's share of the greatest factor β = max(1, 1/q).
 * A 1/p above β would make almost every proposal fail, so what it exceeds β by is put aside as an area of its own beside the
 * proposals, and a draw that falls into it goes back. A filter of a byte or two per edge answers most questions for an edge t → x. After many rejections the row is gone through exactly, which a row
 * dominated by an unlikely return needs; a step costs O(1) look-ups on average, and nothing is stored per pair of edges.
 */
import type { WalkBatch } from './batch.ts'
import { nextBelow, nextUint32, nextUnit } from './generator.ts'
import { EdgeFilter } from './edge-filter.ts'
import type { WalkTables } from './tables.ts'

const GROUP = 64
/** Rejections after which a row is gone through, or the length of the row if that is greater. */
const PATIENCE = 64

export interface Bias {
  /** Return parameter: small p walks back, large p avoids it. */
  readonly p: number
  /** In-out parameter: small q walks outward, large q stays near. */
  readonly q: number
}

const states = new Int32Array(2 * GROUP)
const active = new Int32Array(GROUP)
/** The entry by which each walk came to where it is. */
const came = new Uint32Array(GROUP)

/** A function that fills batches, prepared once. */
export function secondOrderWalks(tables: WalkTables, bias: Bias): (batch: WalkBatch) => void {
  const step = new SecondOrderStep(tables, bias)
  return (batch) => {
    for (let from = 0; from < batch.count; from += GROUP) {
      walkGroup(tables, step, batch, from, Math.min(GROUP, batch.count - from))
    }
  }
}

function walkGroup(
  { indptr, indices }: WalkTables,
  choose: SecondOrderStep,
  batch: WalkBatch,
  from: number,
  count: number,
): void {
  const { length, tokens, lengths } = batch
  batch.begin(from, count, states, active)
  let walking = count
  for (let step = 1; step < length && walking > 0; step++) {
    let still = 0
    for (let j = 0; j < walking; j++) {
      const k = active[j]
      const to = (from + k) * length + step
      const v = tokens[to - 1]
      const degree = indptr[v + 1] - indptr[v]
      if (degree === 0) {
        lengths[from + k] = step
        continue
      }
      let e = indptr[v]
      if (degree > 1) e = step === 1 ? choose.first(k, v) : choose.next(k, tokens[to - 2], v)
      came[k] = e
      tokens[to] = indices[e]
      active[still++] = k
    }
    walking = still
  }
}

class SecondOrderStep {
  readonly #tables: WalkTables
  readonly #p: number
  readonly #q: number
  readonly #beta: number
  readonly #excess: number
  /** A proposal is accepted if a 32-bit number is below one of these. */
  readonly #back: number
  readonly #near: number
  readonly #far: number
  readonly #always: number
  readonly #filter: EdgeFilter | null

  constructor(tables: WalkTables, { p, q }: Bias) {
    this.#tables = tables
    this.#p = p
    this.#q = q
    const beta = Math.max(1, 1 / q)
    this.#beta = beta
    this.#excess = Math.max(0, 1 / p - beta)
    this.#back = (Math.min(1 / p, beta) / beta) * 2 ** 32
    this.#near = (1 / beta) * 2 ** 32
    this.#far = (1 / q / beta) * 2 ** 32
    this.#always = Math.min(this.#back, this.#near, this.#far)
    this.#filter = q === 1 ? null : new EdgeFilter(tables.indptr, tables.indices)
  }

  /** The entry of a neighbour of v, by the weights alone. */
  first(k: number, v: number): number {
    const { indptr, weighted } = this.#tables
    const from = indptr[v]
    const e = from + nextBelow(states, k, indptr[v + 1] - from)
    return weighted && nextUint32(states, k) >= weighted.threshold[e] ? weighted.alias[e] : e
  }

  /** The entry by which walk k goes on from v, having come from t. */
  next(k: number, t: number, v: number): number {
    const { indptr, indices } = this.#tables
    const aside = this.#excess > 0 ? this.#asideShare(k, t, v) : 0
    const patience = Math.max(PATIENCE, indptr[v + 1] - indptr[v])
    for (let attempt = 0; attempt < patience; attempt++) {
      if (aside > 0 && nextUnit(states, k) < aside) return find(this.#tables, v, t)
      const e = this.first(k, v)
      const r = nextUint32(states, k)
      if (r < this.#always) return e
      const x = indices[e]
      if (x === t) {
        if (r < this.#back) return e
      } else if (r < Math.min(this.#near, this.#far)) return e
      else if (r < (this.#adjacent(t, x) ? this.#near : this.#far)) return e
    }
    return this.#exactly(k, t, v)
  }

  /** The share of the area that is put aside for going back from v to t. */
  #asideShare(k: number, t: number, v: number): number {
    const { indptr, weighted, symmetric } = this.#tables
    // Where edges go both ways, the way back weighs what the way here did.
    const e = symmetric ? came[k] : find(this.#tables, v, t)
    if (e < 0) return 0
    const aside = this.#excess * (weighted ? weighted.weights[e] : 1)
    const all = this.#beta * (weighted ? weighted.strength[v] : indptr[v + 1] - indptr[v])
    return aside / (all + aside)
  }

  /** Whether there is an edge t → x; where edges go both ways, the shorter of the two rows answers. */
  #adjacent(t: number, x: number): boolean {
    if (this.#filter && !this.#filter.mayHold(t, x)) return false
    const { indptr, symmetric } = this.#tables
    const turned = symmetric && indptr[x + 1] - indptr[x] < indptr[t + 1] - indptr[t]
    return turned ? find(this.#tables, x, t) >= 0 : find(this.#tables, t, x) >= 0
  }

  /** The step by its definition: every factor of the row is worked out. */
  #exactly(k: number, t: number, v: number): number {
    const { indptr } = this.#tables
    const to = indptr[v + 1]
    let total = 0
    for (let e = indptr[v]; e < to; e++) total += this.#factor(t, e)
    const target = nextUnit(states, k) * total
    let sum = 0
    let last = 0
    for (let e = indptr[v]; e < to; e++) {
      const factor = this.#factor(t, e)
      if (factor === 0) continue
      sum += factor
      last = e
      if (sum > target) break
    }
    return last
  }

  #factor(t: number, e: number): number {
    const { indices, weighted } = this.#tables
    const x = indices[e]
    const weight = weighted ? weighted.weights[e] : 1
    if (x === t) return weight / this.#p
    return this.#adjacent(t, x) ? weight : weight / this.#q
  }
}

/** The entry of column c in row r, or −1. */
function find({ indptr, indices }: WalkTables, r: number, c: number): number {
  let low = indptr[r]
  let high = indptr[r + 1]
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = indices[middle]
    if (at === c) return middle
    if (at < c) low = middle + 1
    else high = middle
  }
  return -1
}
