/** Categories and sets of tags: a column for each value, one for all that are rare, one where nothing is known. */
import { z } from 'zod'
import { membersOf } from '../table.ts'
import { BlockBuilder, type Block } from './block.ts'
import type { Cells } from './cells.ts'
import { indicator, missingName } from './number.ts'
import type { FeatureSpec } from './spec.ts'

const shared = {
  /** Values with a column of their own, most frequent first. */
  values: z.array(z.string()),
  /** Rows that a value had to have. */
  minCount: z.int().positive(),
  /** Whether there is a column of the rarer values. New rows with values never seen go there too; without one they have no entry. */
  other: z.boolean(),
  indicator: z.boolean(),
}
export const categoryPlan = z.strictObject({ kind: z.literal('category'), ...shared })
export const multiPlan = z.strictObject({ kind: z.literal('multi'), separator: z.string().min(1), ...shared })
export type CategoryPlan = z.output<typeof categoryPlan>
export type MultiPlan = z.output<typeof multiPlan>

/** Unless it is given: a thousandth of the rows, and at least two. */
function leastCount(rows: number): number {
  return Math.max(2, Math.ceil(rows / 1000))
}

export function fitCategory(cells: Cells, spec: FeatureSpec & { kind: 'category' }): CategoryPlan {
  return { kind: 'category', ...fitValues(cells, (text) => [text.trim()], spec.minCount) }
}

export function fitMulti(cells: Cells, { separator, minCount }: FeatureSpec & { kind: 'multi' }): MultiPlan {
  return { kind: 'multi', separator, ...fitValues(cells, (text) => membersOf(text, separator), minCount) }
}

function fitValues(
  cells: Cells,
  members: (text: string) => string[],
  given: number | null,
): Omit<CategoryPlan, 'kind'> {
  const minCount = given ?? leastCount(cells.rows)
  const counts = new Map<string, number>()
  cells.texts.forEach((text, code) => {
    if (cells.counts[code] === 0) return
    for (const value of members(text)) counts.set(value, (counts.get(value) ?? 0) + cells.counts[code])
  })
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  const values = sorted.filter(([, count]) => count >= minCount).map(([value]) => value)
  return { values, minCount, other: values.length < sorted.length, indicator: cells.missing > 0 }
}

export function encodeCategory(plan: CategoryPlan, cells: Cells): Block {
  return encodeValues(plan, cells, (text) => [text.trim()])
}

export function encodeMulti(plan: MultiPlan, cells: Cells): Block {
  return encodeValues(plan, cells, (text) => membersOf(text, plan.separator))
}

function encodeValues(
  plan: Omit<CategoryPlan, 'kind'>,
  cells: Cells,
  members: (text: string) => string[],
): Block {
  const columns = new Map(plan.values.map((value, column) => [value, column]))
  const other = plan.values.length
  const last = other + (plan.other ? 1 : 0)
  const builder = new BlockBuilder(last + (plan.indicator ? 1 : 0))
  cells.texts.forEach((text, code) => {
    const entries = new Map<number, number>()
    let strange = false
    for (const value of cells.counts[code] > 0 ? members(text) : []) {
      const column = columns.get(value)
      if (column === undefined) strange = true
      if (column !== undefined || plan.other) entries.set(column ?? other, 1)
    }
    builder.add(entries, strange)
  })
  return builder.finish(indicator(plan, last))
}

export function categoryNames(name: string, plan: Omit<CategoryPlan, 'kind'>): string[] {
  const values = plan.values.map((value) => `${name}=${value}`)
  return [...values, ...(plan.other ? [`${name}=(other)`] : []), ...missingName(name, plan)]
}
