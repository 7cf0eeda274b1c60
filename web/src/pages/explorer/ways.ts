/** What is chosen beside an answer, and what it asks of the service. */
import type { Entity, Ways } from 'homophily/client'

export interface Condition {
  /** Empty: not chosen yet. */
  readonly attribute: string
  /** One of these; none: any. */
  readonly values: readonly string[]
  readonly min: number | undefined
  readonly max: number | undefined
}

export interface Choice {
  readonly n: number
  /** In hundredths. */
  readonly diversity: number
  readonly includeSeen: boolean
  readonly conditions: readonly Condition[]
}

export const plain: Choice = { n: 10, diversity: 0, includeSeen: false, conditions: [] }

/** What is known of an attribute from the items that were looked at. */
export interface Attribute {
  readonly name: string
  readonly kind: 'number' | 'text'
  /** As the service has them, by how they are shown. */
  readonly values: ReadonlyMap<string, string | number | boolean>
}

/** More values are not listed. */
const LISTED = 200

export function attributesOf(items: readonly Entity[]): Attribute[] {
  const found = new Map<string, { numbers: boolean; values: Map<string, string | number | boolean> }>()
  for (const { attributes } of items) {
    for (const [name, value] of Object.entries(attributes)) {
      const entry = found.get(name) ?? { numbers: true, values: new Map() }
      found.set(name, entry)
      for (const one of [value].flat() as (string | number | boolean)[]) {
        if (typeof one !== 'number') entry.numbers = false
        if (entry.values.size < LISTED) entry.values.set(String(one), one)
      }
    }
  }
  return [...found]
    .map(([name, { numbers, values }]) => ({ name, kind: numbers ? 'number' : 'text', values }) as const)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** `attributes` says what the values shown are; without them all are text. */
export function waysOf(
  { n, diversity, includeSeen, conditions }: Choice,
  attributes: readonly Attribute[] = [],
): Ways {
  const filter = Object.fromEntries(
    conditions.flatMap(({ attribute, values, min, max }): [string, NonNullable<Ways['filter']>[string]][] => {
      if (values.length > 0) {
        const known = attributes.find(({ name }) => name === attribute)?.values
        return [[attribute, values.map((value) => known?.get(value) ?? value)]]
      }
      if (min === undefined && max === undefined) return []
      const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
      return [[attribute, bounds]]
    }),
  )
  return {
    n,
    ...(diversity > 0 ? { diversity: diversity / 100 } : {}),
    ...(includeSeen ? { includeSeen } : {}),
    ...(Object.keys(filter).length > 0 ? { filter } : {}),
  }
}
