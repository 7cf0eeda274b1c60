/** The plainest rule of diversity: nothing of a category that somebody had to do with lately. */
import type { Attributes } from '../data/attributes.ts'
import { fail } from '../errors.ts'

const DAY = 86_400_000

export interface PastEvent {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly time: number
}

/**
 * A filter for answers that passes items none of whose categories were seen in the last `days` days before `now` (milliseconds). Items
 * without a known category pass; what happens after `now` does not count.
 */
export function unseenCategories(
  history: Iterable<PastEvent>,
  categoriesOf: (id: string) => readonly string[],
  { days, now }: { readonly days: number; readonly now: number },
): (id: string) => boolean {
  if (!(days >= 0)) {
    throw fail('ARGUMENT', { what: 'days', expected: 'a number of 0 or more', got: String(days) })
  }
  const seen = new Set<string>()
  for (const { id, time } of history) {
    if (time > now || time <= now - days * DAY) continue
    for (const category of categoriesOf(id)) seen.add(category)
  }
  return (id) => !categoriesOf(id).some((category) => seen.has(category))
}

/** The values that ids have in a field of attributes; none for ids that the attributes lack. */
export function valuesOf({ ids, fields }: Attributes, name: string): (id: string) => string[] {
  const field = fields.find(({ spec }) => spec.name === name)
  if (!field) throw fail('UNKNOWN_NAME', { kind: 'field', name, known: fields.map(({ spec }) => spec.name) })
  return (id) => {
    const row = ids.row(id)
    return row < 0 ? [] : Array.from(field.features.row(row), (value) => field.values.id(value))
  }
}
