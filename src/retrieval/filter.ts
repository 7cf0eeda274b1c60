/** Which items may be answered, by their attributes. */

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
  return meeting(filter)(attributes)
}

/** {@link meets} for many. */
export function meeting(filter: AttributeFilter): (attributes: ItemAttributes | undefined) => boolean {
  const conditions = Object.entries(filter)
  return (attributes) => {
    for (const [name, condition] of conditions) {
      const value = attributes && Object.hasOwn(attributes, name) ? attributes[name] : undefined
      const met = Array.isArray(value) ? value.some((one) => holds(one, condition)) : holds(value, condition)
      if (!met) return false
    }
    return true
  }
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

/** The same for filters that ask for the same. */
export function keyOf(filter: AttributeFilter): string {
  return JSON.stringify(Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1)))
}
