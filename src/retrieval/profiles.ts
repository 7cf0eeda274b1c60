/** For users without any history: the mean of what users with the same attributes are shown. */
import { heap } from '../kernels/heap.ts'
import { inBlocks } from '../models/answers.ts'
import type { FittedRecommender } from '../models/recommend/family/fitted.ts'
import type { Steps } from '../steps.ts'
import type { ItemAttributes } from './filter.ts'

/** Users whose scores are averaged: enough for a mean, few enough to do it while somebody waits. */
const MOST = 64
/** Fewer say more about themselves than about their kind. */
const LEAST = 5

/** Users that are taken up in one step. */
const STEP = 500

/** Scores that are kept, of all profiles together. */
const KEPT = 2 ** 24

export class Profiles {
  readonly #model: FittedRecommender
  /** Rows of the model's users by `name=value`. */
  readonly #rows = new Map<string, Set<number>>()
  readonly #scores = new Map<string, Float32Array | null>()

  private constructor(model: FittedRecommender) {
    this.#model = model
  }

  /** @param users attributes of users; those whom the model does not know are passed over */
  static *of(model: FittedRecommender, users: Iterable<readonly [string, ItemAttributes]>): Steps<Profiles> {
    const profiles = new Profiles(model)
    let count = 0
    for (const [id, attributes] of users) {
      profiles.#add(id, attributes)
      if (++count % STEP === 0) yield
    }
    return profiles
  }

  #add(id: string, attributes: ItemAttributes): void {
    const { users, matrix } = this.#model.interactions
    const row = users.row(id)
    if (row < 0 || matrix.degree(row) === 0) return
    for (const key of keysOf(attributes)) {
      const rows = this.#rows.get(key)
      if (rows) rows.add(row)
      else this.#rows.set(key, new Set([row]))
    }
  }

  /**
   * Mean scores of all items over users with the same attributes: with all of them where at least five have, else with as many of the
   * rarest as that takes. Null when there are no such users.
   */
  scoresFor(attributes: ItemAttributes): Float32Array | null {
    const sets = keysOf(attributes)
      .map((key) => ({ key, rows: this.#rows.get(key) }))
      .filter((set): set is { key: string; rows: Set<number> } => (set.rows?.size ?? 0) >= LEAST)
      .sort((a, b) => a.rows.size - b.rows.size || (a.key < b.key ? -1 : 1))
    if (sets.length === 0) return null
    const used: string[] = []
    let rows: readonly number[] = []
    for (const set of sets) {
      const narrower = used.length === 0 ? [...set.rows] : rows.filter((row) => set.rows.has(row))
      if (narrower.length < LEAST) continue
      rows = narrower
      used.push(set.key)
    }
    const key = JSON.stringify(used)
    let scores = this.#scores.get(key)
    if (scores === undefined) {
      scores = this.#mean(rows)
      if (this.#scores.size >= Math.max(4, KEPT / this.#model.interactions.items.size)) this.#scores.clear()
      this.#scores.set(key, scores)
    }
    return scores
  }

  #mean(rows: readonly number[]): Float32Array {
    // An even choice along the rows, so that it does not depend on who came first.
    const step = Math.max(1, Math.floor(rows.length / MOST))
    const chosen = rows.filter((_, at) => at % step === 0).slice(0, MOST)
    const items = this.#model.interactions.items.size
    const mean = new Float32Array(items)
    inBlocks(chosen.length, items, (start, length, scores) => {
      this.#model.scorer.scores(heap.place(Int32Array.from(chosen.slice(start, start + length))), scores)
      for (let at = 0; at < scores.length; at++) mean[at % items] += scores[at] / chosen.length
      return []
    })
    return mean
  }
}

function keysOf(attributes: ItemAttributes): string[] {
  return Object.entries(attributes).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')
      .map((one) => `${JSON.stringify(name)}=${JSON.stringify(one)}`),
  )
}
