/** Which attributes there are, what their values are like, and how many have them. */

export interface AttributeSummary {
  readonly name: string
  readonly kind: 'number' | 'category' | 'list'
  readonly count: number
  readonly values: number
}

/** Different values that are counted. */
const MOST = 1000

interface Tally {
  count: number
  numbers: number
  lists: number
  readonly values: Set<unknown>
}

export class AttributeCount {
  /** How many were counted, with attributes or without. */
  total = 0
  readonly #tallies = new Map<string, Tally>()

  add(attributes: Readonly<Record<string, unknown>>): void {
    this.total++
    for (const [name, value] of Object.entries(attributes)) {
      const tally = this.#tallies.get(name) ?? { count: 0, numbers: 0, lists: 0, values: new Set() }
      this.#tallies.set(name, tally)
      tally.count++
      if (typeof value === 'number') tally.numbers++
      if (Array.isArray(value)) tally.lists++
      for (const one of Array.isArray(value) ? value : [value])
        if (tally.values.size < MOST) tally.values.add(one)
    }
  }

  /** By name. */
  summary(): AttributeSummary[] {
    return [...this.#tallies]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { count, numbers, lists, values }]) => ({
        name,
        kind: lists > 0 ? 'list' : numbers === count ? 'number' : 'category',
        count,
        values: values.size,
      }))
  }
}
