/** The attributes of items, and for each filter in use the rows of a model that meet it. */
import type { Vocabulary } from '../data/vocabulary.ts'
import { runBeside, runSync, type Steps } from '../steps.ts'
import { type AttributeFilter, type ItemAttributes, keyOf, meeting } from './filter.ts'

/** Rows of a vocabulary. */
export interface Allowed {
  /** One byte per row: 1 for those that are allowed. */
  readonly mask: Uint8Array
  readonly count: number
}

/** Filters come from clients: so many are kept, those that were asked for last. */
const KEPT = 64
/** And so many partitions by several filters, which are larger. */
const KEPT_GROUPS = 8
/** Items that are looked at in one step. */
const STEP = 2000

/** The rows that meet a filter. */
interface Met {
  readonly filter: AttributeFilter
  readonly test: (attributes: ItemAttributes | undefined) => boolean
  readonly rows: { readonly mask: Uint8Array; count: number }
  /** Resolves when every item was looked at; null once that is so. */
  making: Promise<void> | null
}

/** The rows that meet one filter, by which of several others they meet: those of the set bits of a group's number. */
interface Parted {
  readonly tests: readonly Met['test'][]
  readonly within: Met['test'] | null
  readonly groups: readonly { readonly mask: Uint8Array; count: number }[]
}

/** What is known of the rows of one vocabulary. */
interface Known {
  readonly met: Map<string, Met>
  readonly parted: Map<string, Parted>
}

export class Catalogue {
  readonly #attributes = new Map<string, ItemAttributes>()
  /** Of each model that answers, or is about to. */
  readonly #known = new Map<Vocabulary, Known>()
  /** One filter at a time is worked out, so that others wait for one slice. */
  #last: Promise<void> = Promise.resolve()

  set(id: string, attributes: ItemAttributes): void {
    this.#attributes.set(id, attributes)
    this.#renew(id)
  }

  delete(id: string): void {
    if (this.#attributes.delete(id)) this.#renew(id)
  }

  get size(): number {
    return this.#attributes.size
  }

  ids(): Iterable<string> {
    return this.#attributes.keys()
  }

  attributesOf(id: string): ItemAttributes | undefined {
    return this.#attributes.get(id)
  }

  /** Takes up the items of a model that is to answer. */
  admit(items: Vocabulary): void {
    if (!this.#known.has(items)) this.#known.set(items, { met: new Map(), parted: new Map() })
  }

  /** Works out which rows meet the filters, in steps, so that {@link allowed} need not do it at once. */
  async prepare(items: Vocabulary, filters: readonly AttributeFilter[]): Promise<void> {
    for (const filter of filters) {
      const known = this.#known.get(items)
      // A model that was replaced meanwhile.
      if (!known) return
      let met = find(known.met, keyOf(filter))
      if (!met) {
        const made = unmet(items, filter)
        this.#last = this.#last.then(() => runBeside(this.#filling(items, made)))
        made.making = this.#last
        keep(known.met, keyOf(filter), made, KEPT)
        met = made
      }
      await met.making
    }
  }

  /** Prepares for the items of a new model what is in use with those of another. */
  async follow(items: Vocabulary, other: Vocabulary): Promise<void> {
    const inUse = [...(this.#known.get(other)?.met.values() ?? [])]
    await this.prepare(
      items,
      inUse.map(({ filter }) => filter),
    )
  }

  /** Forgets what it knows of the items of a model that answers no more. */
  release(items: Vocabulary): void {
    this.#known.delete(items)
  }

  /** The rows of `items` that meet the filter, kept up to date. */
  allowed(items: Vocabulary, filter: AttributeFilter): Allowed {
    const { met } = this.#of(items)
    const key = keyOf(filter)
    const known = find(met, key)
    if (known?.making === null) return known.rows
    const made = unmet(items, filter)
    runSync(this.#filling(items, made))
    keep(met, key, made, KEPT)
    return made.rows
  }

  /** The rows of `items` that meet `within`, parted by which of `filters` they meet; groups without rows are left out. */
  groups(
    items: Vocabulary,
    filters: readonly AttributeFilter[],
    within: AttributeFilter | undefined,
  ): readonly Allowed[] {
    const { parted } = this.#of(items)
    const key = JSON.stringify([...filters.map(keyOf), within ? keyOf(within) : null])
    let found = find(parted, key)
    if (!found) {
      const masks = filters.map((filter) => this.allowed(items, filter).mask)
      const groups = part(items.size, masks, within ? this.allowed(items, within).mask : null)
      found = { tests: filters.map(meeting), within: within ? meeting(within) : null, groups }
      keep(parted, key, found, KEPT_GROUPS)
    }
    return found.groups.filter(({ count }) => count > 0)
  }

  #of(items: Vocabulary): Known {
    this.admit(items)
    return this.#known.get(items)!
  }

  /** Attributes may change meanwhile: {@link #renew} knows of `met` by then. */
  *#filling(items: Vocabulary, met: Met): Steps<void> {
    let seen = 0
    for (const [id, attributes] of this.#attributes) {
      const row = items.row(id)
      if (row >= 0) put(met.rows, row, met.test(attributes))
      if (++seen % STEP === 0) yield
    }
    met.making = null
  }

  /** Brings what is kept up to date with the attributes of an item. */
  #renew(id: string): void {
    const attributes = this.#attributes.get(id)
    for (const [items, { met, parted }] of this.#known) {
      const row = items.row(id)
      if (row < 0) continue
      for (const { rows, test } of met.values()) put(rows, row, test(attributes))
      for (const { tests, within, groups } of parted.values()) {
        const group = tests.reduce((bits, test, j) => bits | (test(attributes) ? 1 << j : 0), 0)
        const passes = within?.(attributes) ?? true
        groups.forEach((rows, g) => put(rows, row, passes && g === group))
      }
    }
  }
}

function unmet(items: Vocabulary, filter: AttributeFilter): Met {
  const rows = { mask: new Uint8Array(items.size), count: 0 }
  return { filter, test: meeting(filter), rows, making: null }
}

function put(rows: { readonly mask: Uint8Array; count: number }, row: number, met: boolean): void {
  const now = met ? 1 : 0
  rows.count += now - rows.mask[row]
  rows.mask[row] = now
}

function part(size: number, masks: readonly Uint8Array[], within: Uint8Array | null): Parted['groups'] {
  const groups = Array.from({ length: 2 ** masks.length }, () => ({ mask: new Uint8Array(size), count: 0 }))
  for (let row = 0; row < size; row++) {
    if (within?.[row] === 0) continue
    let met = 0
    for (let j = 0; j < masks.length; j++) met |= masks[j][row] << j
    groups[met].mask[row] = 1
    groups[met].count++
  }
  return groups
}

/** What was asked for last stands last. */
function find<T>(kept: Map<string, T>, key: string): T | undefined {
  const found = kept.get(key)
  if (found !== undefined) {
    kept.delete(key)
    kept.set(key, found)
  }
  return found
}

function keep<T>(kept: Map<string, T>, key: string, value: T, most: number): void {
  kept.delete(key)
  kept.set(key, value)
  for (const oldest of kept.keys()) {
    if (kept.size <= most) break
    kept.delete(oldest)
  }
}
