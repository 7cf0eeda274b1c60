/** What the map shows, computed from what the service answers. */
import type { MapColours } from 'homophily/client'
import { categoryCodes, categoryColours, NO_VALUE, numberCodes, segmentPlace } from './palette.ts'
import type { Name } from './overlay.ts'

/** Points of one version, and the ids of their rows once they are known. */
export interface Scene {
  readonly points: Float32Array
  readonly ids: readonly string[] | null
  /** Where the same rows were in the version that was shown before. */
  readonly from: Float32Array | null
}

/** Where ids of one version were in another: by id, and in place where they were not there. */
export function carried(
  before: { readonly ids: readonly string[]; readonly points: Float32Array },
  ids: readonly string[],
  points: Float32Array,
): Float32Array {
  const rows = new Map(before.ids.map((id, row) => [id, row]))
  const from = points.slice()
  for (const [row, id] of ids.entries()) {
    const old = rows.get(id)
    if (old !== undefined) from.set(before.points.subarray(2 * old, 2 * old + 2), 2 * row)
  }
  return from
}

export interface Category {
  readonly label: string
  readonly count: number
  /** Its place in the palette. A segment keeps its own; others go by size. */
  readonly colour: number
}

/** How rows are coloured: by category, by number, or not at all. */
export type Colouring =
  | {
      readonly kind: 'category'
      /** The largest, in order of size. */
      readonly categories: readonly Category[]
      /** The category of each row; -1: none, or one of the many small ones. */
      readonly codes: readonly number[]
      /** Rows in none of `categories`. */
      readonly rest: number
    }
  | {
      readonly kind: 'number'
      readonly codes: Uint8Array
      readonly values: readonly (number | null)[]
      readonly low: number
      readonly high: number
    }
  | { readonly kind: 'none'; readonly count: number }

/** s7 has the seventh colour on all pages. */
function colourOf(id: string | undefined, otherwise: number): number {
  const number = /^s(\d+)$/.exec(id ?? '')?.[1]
  return number === undefined ? otherwise : segmentPlace(Number(number))
}

/** As many categories as there are colours, the largest first; the others count as none. */
export function colouringOf(colours: MapColours | undefined, count: number): Colouring {
  if (colours?.kind === 'number' && colours.values?.length === count) {
    return { kind: 'number', values: colours.values, ...numberCodes(colours.values) }
  }
  if (colours?.kind !== 'category' || colours.codes?.length !== count) return { kind: 'none', count }
  const all = colours.categories ?? []
  const order = all
    .map((_, k) => k)
    .sort((a, b) => all[b].count - all[a].count)
    .slice(0, categoryColours.length)
  const place = new Map(order.map((k, at) => [k, at]))
  const codes = colours.codes.map((code) => place.get(code) ?? -1)
  return {
    kind: 'category',
    categories: order.map((k, at) => ({
      label: all[k].label,
      count: all[k].count,
      colour: colourOf(all[k].id, at),
    })),
    codes,
    rest: codes.filter((code) => code < 0).length,
  }
}

/** Codes of the palette by row. Categories in `off` are hidden; -1 among them hides rows without one. */
export function codesOf(colouring: Colouring, off: ReadonlySet<number>): Uint8Array {
  if (colouring.kind === 'number') return colouring.codes
  if (colouring.kind === 'none') return new Uint8Array(colouring.count).fill(NO_VALUE)
  return categoryCodes(
    colouring.codes,
    colouring.categories.map(({ colour }) => colour),
    off,
  )
}

const SAMPLE = 2000

/** The name of each category that is shown, and how far the bulk of its points reaches; the largest first. */
export function namesOf(colouring: Colouring, points: Float32Array, off: ReadonlySet<number>): Name[] {
  if (colouring.kind !== 'category' || colouring.codes.length * 2 !== points.length) return []
  const { categories, codes } = colouring
  const xs: number[][] = categories.map(() => [])
  const ys: number[][] = categories.map(() => [])
  for (const [row, code] of codes.entries()) {
    if (code < 0 || off.has(code) || xs[code].length >= SAMPLE) continue
    xs[code].push(points[2 * row])
    ys[code].push(points[2 * row + 1])
  }
  return categories.flatMap(({ label }, k) => {
    if (xs[k].length === 0) return []
    const y = quantilesOf(ys[k])
    // As far as the whiskers of a box plot, so that points astray do not carry the name away; and not beyond most points of several groups.
    const reach = 1.5 * (y(0.75) - y(0.25))
    return [
      {
        text: label,
        x: quantilesOf(xs[k])(0.5),
        top: Math.min(y(0.5) + reach, y(0.95)),
        bottom: Math.max(y(0.5) - reach, y(0.05)),
      },
    ]
  })
}

function quantilesOf(values: readonly number[]): (share: number) => number {
  const sorted = [...values].sort((a, b) => a - b)
  return (share) => sorted[Math.round(share * (sorted.length - 1))]
}

/** What a row is coloured by, in words; null where it has nothing. */
export function labelOf(colouring: Colouring, row: number): string | number | null {
  if (colouring.kind === 'number') return colouring.values[row] ?? null
  if (colouring.kind === 'none') return null
  return colouring.categories[colouring.codes[row] ?? -1]?.label ?? null
}

/** How many of `rows` are in each category, the most first. */
export function countByCategory(
  colouring: Colouring,
  rows: readonly number[],
): { readonly label: string; readonly count: number }[] {
  if (colouring.kind !== 'category') return []
  const counts = new Map<number, number>()
  for (const row of rows) counts.set(colouring.codes[row], (counts.get(colouring.codes[row]) ?? 0) + 1)
  return [...counts]
    .filter(([code]) => code >= 0)
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => ({ label: colouring.categories[code].label, count }))
}
