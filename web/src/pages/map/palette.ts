/**
 * Colours of points. Categories: twenty, each with a contrast of at least 3 to 1 against the light and the dark ground (WCAG 1.4.11),
 * the first twelve well apart; since no twenty colours are told apart by everybody, the map also writes names and the legend
 * switches categories off. Numbers: a ramp that begins near the ground and ends far from it.
 */
export const categoryColours: readonly string[] = [
  '#2f7fd0',
  '#d9660b',
  '#1f9160',
  '#c8449b',
  '#8a63d2',
  '#a87c14',
  '#1391a3',
  '#d64545',
  '#6f8426',
  '#93705a',
  '#5a6ee6',
  '#b05fc4',
  '#e0527a',
  '#3f8f3f',
  '#b5603f',
  '#5f86a8',
  '#7a9a1f',
  '#9a6a8f',
  '#7377a8',
  '#3fa08c',
]

/** Codes 0–253 are categories or steps of the ramp. */
export const NO_VALUE = 254
export const HIDDEN = 255
const STEPS = 254

const ramps = {
  light: ['#b3c0d4', '#5b8ac4', '#2a4b9b', '#1c1c54'],
  dark: ['#46506a', '#3f86b4', '#7cc9a0', '#fff0a0'],
} as const
const noValue = { light: '#9a9aa2', dark: '#6c6c74' } as const
export const grounds = { light: '#ffffff', dark: '#1f1f23' } as const
export type Scheme = keyof typeof grounds

/** The colour of category `k`; beyond the twentieth they come round again. */
export const categoryColour = (k: number): string => categoryColours[k % categoryColours.length]

export function rgbOf(hex: string): [r: number, g: number, b: number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** The ramp at `t` from 0 to 1, as `rgb(…)`. */
export function rampColour(scheme: Scheme, t: number): [r: number, g: number, b: number] {
  const stops = ramps[scheme].map(rgbOf)
  const at = Math.min(1, Math.max(0, t)) * (stops.length - 1)
  const k = Math.min(stops.length - 2, Math.floor(at))
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(stops[k][channel] + (at - k) * (stops[k + 1][channel] - stops[k][channel]))
  return [mix(0), mix(1), mix(2)]
}

/** 256 colours by code, as RGBA bytes. */
export function paletteOf(kind: 'category' | 'number', scheme: Scheme): Uint8Array {
  const bytes = new Uint8Array(256 * 4)
  const put = (code: number, [r, g, b]: readonly [number, number, number], alpha: number): void =>
    bytes.set([r, g, b, alpha], 4 * code)
  for (let code = 0; code < STEPS; code++) {
    put(code, kind === 'category' ? rgbOf(categoryColour(code)) : rampColour(scheme, code / (STEPS - 1)), 255)
  }
  put(NO_VALUE, rgbOf(noValue[scheme]), 255)
  return bytes
}

/** The place in the palette of segment s`number`: the same on every page and in all versions, as its id is. */
export const segmentPlace = (number: number): number => (number - 1) % categoryColours.length

/**
 * Codes by row from categories by row: -1 is no value, and categories that are switched off are not drawn.
 *
 * @param places of the categories in the palette
 */
export function categoryCodes(
  categories: readonly number[],
  places: readonly number[],
  off: ReadonlySet<number>,
): Uint8Array {
  return Uint8Array.from(categories, (k) => (off.has(k) ? HIDDEN : k < 0 ? NO_VALUE : places[k]))
}

/** Numbers by row as steps of the ramp between their 2nd and 98th percentile, so that a few giants do not flatten all others. */
export function numberCodes(values: readonly (number | null)[]): {
  readonly codes: Uint8Array
  readonly low: number
  readonly high: number
} {
  const sorted = Float64Array.from(values.filter((value) => value !== null)).sort()
  const low = sorted[Math.floor(0.02 * (sorted.length - 1))] ?? 0
  const high = sorted[Math.ceil(0.98 * (sorted.length - 1))] ?? 0
  const span = high - low || 1
  const step = (value: number): number =>
    Math.round(Math.min(1, Math.max(0, (value - low) / span)) * (STEPS - 1))
  return { codes: Uint8Array.from(values, (value) => (value === null ? NO_VALUE : step(value))), low, high }
}
