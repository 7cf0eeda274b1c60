/** What the points of a map can be coloured by: a value of each, as a number or as one of some categories. */

export interface Category {
  readonly id?: string
  readonly label: string
  readonly count: number
}

export type Colours =
  | { readonly kind: 'number'; readonly values: readonly (number | null)[] }
  | {
      readonly kind: 'category'
      readonly categories: readonly Category[]
      readonly codes: readonly number[]
      readonly others: number
    }

/** More colours than these nobody can tell apart. */
const CATEGORIES = 100
/** Points between two visits to the event loop: a few milliseconds. */
const STRETCH = 10_000

/** What `of` says of each id, giving way to other requests. */
export async function valuesOf<T>(ids: readonly string[], of: (id: string) => T): Promise<T[]> {
  const values: T[] = []
  for (const id of ids) {
    values.push(of(id))
    if (values.length % STRETCH === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return values
}

/** Colours by segments in this order, each with its label; −1 for who is in none. */
export function segmentColours(
  segments: readonly { readonly id: string; readonly label: string }[],
  codes: readonly number[],
): Colours {
  const counts = new Int32Array(segments.length)
  for (const code of codes) if (code >= 0) counts[code]++
  return {
    kind: 'category',
    categories: segments.map(({ id, label }, s) => ({ id, label, count: counts[s] })),
    codes,
    others: 0,
  }
}

/**
 * Numbers where all are, else categories; of a list the first counts. Values that are not there are null, or have the code −1, as those beyond the
 * hundred most frequent have.
 */
export function coloursOf(values: readonly unknown[]): Colours {
  const single = values.map((value) => (Array.isArray(value) ? (value as unknown[])[0] : value))
  const there = single.filter((value) => value !== undefined && value !== null)
  if (there.length > 0 && there.every((value) => typeof value === 'number')) {
    return { kind: 'number', values: single.map((value) => (value as number | undefined) ?? null) }
  }
  const counts = new Map<string, number>()
  for (const value of there) counts.set(labelOf(value), (counts.get(labelOf(value)) ?? 0) + 1)
  const shown = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, CATEGORIES)
  const codes = new Map(shown.map(([label], code) => [label, code]))
  const code = (value: unknown): number =>
    value === undefined || value === null ? -1 : (codes.get(labelOf(value)) ?? -1)
  return {
    kind: 'category',
    categories: shown.map(([label, count]) => ({ label, count })),
    codes: single.map(code),
    others: there.length - shown.reduce((sum, [, count]) => sum + count, 0),
  }
}

function labelOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
