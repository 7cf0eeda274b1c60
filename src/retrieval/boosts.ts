/** Boosts: items that meet a filter are raised or lowered, whatever the user thinks of them. */
import type { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import type { Catalogue } from './catalogue.ts'
import type { AttributeFilter } from './filter.ts'
import { unitOf } from './neighbours/deviation.ts'
import type { Neighbours, NeighbourSpace } from './neighbours/space.ts'

/** Raises or lowers the scores of items that meet a filter. */
export interface Boost {
  readonly filter: AttributeFilter
  /** Added to the score, in standard deviations of the user's scores of all items. */
  readonly by: number
}

/** Which boosts, and how it is known what meets them. */
export interface Raise {
  readonly boosts: readonly Boost[]
  readonly items: Vocabulary
  readonly catalogue: Catalogue
}

/** Adds each boost to the scores (one row, all items). */
export function applyBoosts(scores: Float32Array, { boosts, items, catalogue }: Raise): void {
  if (boosts.length === 0) return
  const unit = deviation(scores)
  for (const { filter, by } of boosts) {
    checkBoost(by)
    const { mask } = catalogue.allowed(items, filter)
    for (let i = 0; i < scores.length; i++) if (mask[i] === 1) scores[i] = scores[i] + by * unit
  }
}

/** More boosts make more groups than it takes time to score every item. */
const MOST_BOOSTS = 3

/**
 * The n best of a space after boosts, or null where only scoring every row can tell. What meets the same boosts keeps its order, so that the n best
 * of all are among the n best of each such group.
 */
export function bestBoosted(
  space: NeighbourSpace,
  query: Float32Array,
  n: number,
  banned: ReadonlySet<number>,
  filter: AttributeFilter | undefined,
  raise: Raise,
): Neighbours | null {
  const { boosts, items, catalogue } = raise
  if (boosts.length > MOST_BOOSTS) return null
  const filters = boosts.map((boost) => boost.filter)
  const rows: number[] = []
  const raw: number[] = []
  for (const group of catalogue.groups(items, filters, filter)) {
    const found = space.best(query, n, { banned, allowed: group })
    if (!found) return null
    rows.push(...found.rows)
    raw.push(...found.scores)
  }
  const found = { rows: Int32Array.from(rows), scores: Float32Array.from(raw) }
  return boosted(found, n, space.unitFor(query), raise)
}

/** The n best of some rows after boosts. */
export function boosted(
  { rows, scores }: Neighbours,
  n: number,
  unit: number,
  { boosts, items, catalogue }: Raise,
): Neighbours {
  const raised = scores.slice()
  for (const { filter, by } of boosts) {
    checkBoost(by)
    const { mask } = catalogue.allowed(items, filter)
    rows.forEach((row, at) => {
      if (mask[row] === 1) raised[at] += by * unit
    })
  }
  const order = [...rows.keys()].sort((a, b) => raised[b] - raised[a] || rows[a] - rows[b]).slice(0, n)
  return {
    rows: Int32Array.from(order, (at) => rows[at]),
    scores: Float32Array.from(order, (at) => raised[at]),
  }
}

function checkBoost(by: number): void {
  if (!Number.isFinite(by)) throw fail('ARGUMENT', { what: 'boost', expected: 'a number', got: String(by) })
}

function deviation(scores: Float32Array): number {
  let [sum, squares] = [0, 0]
  for (let i = 0; i < scores.length; i++) {
    sum += scores[i]
    squares += scores[i] * scores[i]
  }
  const mean = sum / scores.length
  return unitOf(squares / scores.length - mean * mean)
}
