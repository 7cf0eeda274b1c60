/** Numbers and dates, scaled to the spread of the rows of the fit. */
import { z } from 'zod'
import { fail } from '../../errors.ts'
import { parseNumber, parseTime, TIME } from '../values.ts'
import { BlockBuilder, type Block } from './block.ts'
import type { Cells } from './cells.ts'
import { scales, type FeatureSpec, type Scale } from './spec.ts'

const DAY = 86_400_000
/** The circles of a date, by their length in days. */
const circles = { year: 365.2425, week: 7, day: 1 } as const
type Circle = keyof typeof circles

export const numberPlan = z.strictObject({
  kind: z.literal('number'),
  scale: z.enum(scales),
  /** A number x becomes (t(x) − centre) / spread; t is sign(x)·ln(1 + |x|) with the scale `log`, else x. */
  centre: z.number(),
  spread: z.number().positive(),
  /** Taken where nothing is known: the median. */
  impute: z.number(),
  /** Whether a further column marks where nothing is known. */
  indicator: z.boolean(),
})
export type NumberPlan = z.output<typeof numberPlan>

export const datePlan = z.strictObject({
  kind: z.literal('date'),
  /** In days since 1970. */
  centre: z.number(),
  spread: z.number().positive(),
  impute: z.number(),
  /** Each becomes a sine and a cosine. */
  circles: z.array(z.enum(Object.keys(circles) as [Circle, ...Circle[]])),
  indicator: z.boolean(),
})
export type DatePlan = z.output<typeof datePlan>

export function fitNumber(cells: Cells, { scale }: FeatureSpec & { kind: 'number' }): NumberPlan {
  const values = cells.parsed(parseNumber, 'a number')
  return { kind: 'number', scale, ...fitScale(cells, values, scale), indicator: cells.missing > 0 }
}

/** A date's circles are those along which the rows differ. */
export function fitDate(cells: Cells, { cyclic }: FeatureSpec & { kind: 'date' }): DatePlan {
  const days = cells.parsed(parseTime, TIME).map((time) => time / DAY)
  const known = days.filter((day) => !Number.isNaN(day))
  const turning = (Object.keys(circles) as Circle[]).filter((circle) => {
    const phase = (day: number): number => (((day / circles[circle]) % 1) + 1) % 1
    return known.some((day) => Math.abs(phase(day) - phase(known[0])) > 1e-9)
  })
  return {
    kind: 'date',
    ...fitScale(cells, days, 'standard'),
    circles: cyclic ? turning : [],
    indicator: cells.missing > 0,
  }
}

/**
 * Centre and spread of the rows: mean and standard deviation; median and interquartile range; least and range. Where more than half of
 * the numbers are zero they stay zero: the centre is 0. A spread of zero becomes 1, so a constant column becomes zeros.
 */
function fitScale(
  cells: Cells,
  values: Float64Array,
  scale: Scale,
): { readonly centre: number; readonly spread: number; readonly impute: number } {
  const order = [...values.keys()]
    .filter((code) => cells.counts[code] > 0)
    .sort((a, b) => values[a] - values[b])
  if (order.length === 0)
    throw fail('EMPTY', {
      what: `Column ${JSON.stringify(cells.name)} has no values`,
      todo: `Leave it out: --feature ${cells.name}=skip`,
    })
  const rows = cells.rows - cells.missing
  /** The value of the row at this share of the sorted rows. */
  const quantile = (share: number): number => {
    let left = Math.floor(share * (rows - 1))
    return values[order.find((code) => (left -= cells.counts[code]) < 0)!]
  }
  const mean = (of: (x: number) => number): number =>
    order.reduce((sum, code) => sum + of(values[code]) * cells.counts[code], 0) / rows
  const median = quantile(0.5)
  if (scale === 'none') return { centre: 0, spread: 1, impute: median }
  const zeros = order.find((code) => values[code] === 0)
  const sparse = zeros !== undefined && cells.counts[zeros] * 2 > rows
  const least = values[order[0]]
  if (scale === 'minmax')
    return { centre: least, spread: positive(values[order.at(-1)!] - least), impute: median }
  const t = transform(scale)
  const average = mean(t)
  const deviation = Math.sqrt(mean((x) => (t(x) - average) ** 2))
  const quartiles = quantile(0.75) - quantile(0.25)
  const spread = scale === 'robust' && quartiles > 0 ? quartiles : deviation
  return {
    centre: sparse ? 0 : scale === 'robust' ? median : average,
    spread: positive(spread),
    impute: median,
  }
}

function positive(spread: number): number {
  return spread > 0 ? spread : 1
}

function transform(scale: Scale): (x: number) => number {
  return scale === 'log' ? (x) => Math.sign(x) * Math.log1p(Math.abs(x)) : (x) => x
}

export function encodeNumber(plan: NumberPlan, cells: Cells): Block {
  const t = transform(plan.scale)
  const place = (x: number): number => Math.fround((t(x) - plan.centre) / plan.spread)
  const builder = new BlockBuilder(plan.indicator ? 2 : 1)
  cells.parsed(parseNumber, 'a number').forEach((value, code) => {
    const scaled = place(value)
    if (Math.abs(scaled) === Infinity) throw cells.wrong(code, 'a number that float32 can hold')
    builder.add(cells.counts[code] > 0 ? [[0, scaled]] : [])
  })
  return builder.finish([[0, place(plan.impute)], ...indicator(plan, 1)])
}

export function encodeDate(plan: DatePlan, cells: Cells): Block {
  const width = 1 + 2 * plan.circles.length
  const place = (day: number): number => (day - plan.centre) / plan.spread
  const builder = new BlockBuilder(plan.indicator ? width + 1 : width)
  cells.parsed(parseTime, TIME).forEach((time, code) => {
    const day = time / DAY
    const turns = plan.circles.flatMap((circle, c): [number, number][] => {
      const angle = (2 * Math.PI * day) / circles[circle]
      return [
        [1 + 2 * c, Math.sin(angle)],
        [2 + 2 * c, Math.cos(angle)],
      ]
    })
    builder.add(cells.counts[code] > 0 ? [[0, place(day)], ...turns] : [])
  })
  return builder.finish([[0, place(plan.impute)], ...indicator(plan, width)])
}

/** The entry that says that nothing is known, in the column of this number. */
export function indicator(plan: { readonly indicator: boolean }, column: number): [number, number][] {
  return plan.indicator ? [[column, 1]] : []
}

export function numberNames(name: string, plan: NumberPlan): string[] {
  return [name, ...missingName(name, plan)]
}

export function dateNames(name: string, plan: DatePlan): string[] {
  const turns = plan.circles.flatMap((circle) => [`${name} ${circle} sin`, `${name} ${circle} cos`])
  return [name, ...turns, ...missingName(name, plan)]
}

export function missingName(name: string, plan: { readonly indicator: boolean }): string[] {
  return plan.indicator ? [`${name}=(missing)`] : []
}
