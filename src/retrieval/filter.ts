/** Which items may be answered, by their attributes. */
import { fail } from '../errors.ts'
import type { Vocabulary } from '../data/vocabulary.ts'

/** What one attribute must be: a value, one of several, or a number within bounds. An attribute that is a list need only contain it. */
export type Condition =
  | string
  | number
  | boolean
  | readonly (string | number | boolean)[]
  | { readonly min?: number | undefined; readonly max?: number | undefined }

/** All conditions must hold. */
export type AttributeFilter = Readonly<Record<string, Condition>>

export type ItemAttributes = Readonly<Record<string, unknown>>

/** Whether the attributes meet the filter. What is not there meets nothing. */
export function meets(attributes: ItemAttributes | undefined, filter: AttributeFilter): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    const value = attributes && Object.hasOwn(attributes, name) ? attributes[name] : undefined
    return (Array.isArray(value) ? value : [value]).some((one) => holds(one, condition))
  })
}

function holds(value: unknown, condition: Condition): boolean {
  if (value === undefined || value === null) return false
  if (Array.isArray(condition)) return condition.includes(value)
  if (typeof condition === 'object') {
    const { min = -Infinity, max = Infinity } = condition as { min?: number; max?: number }
    return typeof value === 'number' && value >= min && value <= max
  }
  return value === condition
}

/** The rows of a vocabulary that meet a filter. */
export interface Allowed {
  /** One byte per row: 1 where the filter is met. */
  readonly mask: Uint8Array
  readonly count: number
}

/** Filters come from clients: so many are kept. */
const KEPT = 64

/** The attributes of items, and for each filter in use the rows of a vocabulary that meet it. */
export class Catalogue {
  readonly #attributes = new Map<string, ItemAttributes>()
  #rows: {
    readonly items: Vocabulary
    readonly byFilter: Map<string, { readonly filter: AttributeFilter; mask: Uint8Array; count: number }>
  } | null = null

  set(id: string, attributes: ItemAttributes): void {
    this.#attributes.set(id, attributes)
    this.#renew(id)
  }

  delete(id: string): void {
    if (this.#attributes.delete(id)) this.#renew(id)
  }

  attributesOf(id: string): ItemAttributes | undefined {
    return this.#attributes.get(id)
  }

  /** The rows of `items` that meet the filter. Kept, and kept up to date. */
  allowed(items: Vocabulary, filter: AttributeFilter): Allowed {
    if (this.#rows?.items !== items) this.#rows = { items, byFilter: new Map() }
    const { byFilter } = this.#rows
    const key = JSON.stringify(Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1)))
    let allowed = byFilter.get(key)
    if (!allowed) {
      allowed = { filter, mask: new Uint8Array(items.size), count: 0 }
      for (const [id, attributes] of this.#attributes) {
        const row = items.row(id)
        if (row < 0 || !meets(attributes, filter)) continue
        allowed.mask[row] = 1
        allowed.count++
      }
      if (byFilter.size >= KEPT) byFilter.clear()
      byFilter.set(key, allowed)
    }
    return allowed
  }

  /** Brings the kept filters up to date with the attributes of an item. */
  #renew(id: string): void {
    const row = this.#rows?.items.row(id) ?? -1
    if (row < 0) return
    for (const allowed of this.#rows!.byFilter.values()) {
      const now = meets(this.#attributes.get(id), allowed.filter) ? 1 : 0
      allowed.count += now - allowed.mask[row]
      allowed.mask[row] = now
    }
  }
}

/** Raises or lowers the scores of items that meet a filter. */
export interface Boost {
  readonly filter: AttributeFilter
  /** Added to the score, in standard deviations of the user's scores. */
  readonly by: number
}

/** Adds each boost to the scores (one row, all items). What scores −Infinity stays. */
export function applyBoosts(
  scores: Float32Array,
  items: Vocabulary,
  boosts: readonly Boost[],
  catalogue: Catalogue,
): void {
  if (boosts.length === 0) return
  const unit = deviation(scores)
  for (const { filter, by } of boosts) {
    if (!Number.isFinite(by)) throw fail('ARGUMENT', { what: 'boost', expected: 'a number', got: String(by) })
    const { mask } = catalogue.allowed(items, filter)
    for (let i = 0; i < scores.length; i++) if (mask[i] === 1) scores[i] = scores[i] + by * unit
  }
}

function deviation(scores: Float32Array): number {
  let [count, sum, squares] = [0, 0, 0]
  for (const score of scores) {
    if (score === -Infinity) continue
    count++
    sum += score
    squares += score * score
  }
  if (count === 0) return 1
  const mean = sum / count
  return Math.sqrt(Math.max(0, squares / count - mean * mean)) || 1
}
