/**
 * Feature hashing with signs (Weinberger et al. 2009, https://arxiv.org/abs/0902.2206): a value goes to one of `size` columns with +1
 * or −1, both by its hash. Values that share a column cancel out on average, and new values need no place of their own.
 */
import { z } from 'zod'
import { membersOf } from '../table.ts'
import { Random } from '../../random.ts'
import { BlockBuilder, type Block } from './block.ts'
import type { Cells } from './cells.ts'
import { indicator, missingName } from './number.ts'
import type { FeatureSpec } from './spec.ts'

export const hashPlan = z.strictObject({
  kind: z.literal('hash'),
  size: z.int().positive(),
  seed: z.int(),
  /** Null: the whole cell is one value. */
  separator: z.string().min(1).nullable(),
  indicator: z.boolean(),
})
export type HashPlan = z.output<typeof hashPlan>

export function fitHash(
  cells: Cells,
  { size, separator }: FeatureSpec & { kind: 'hash' },
  seed: number,
): HashPlan {
  return { kind: 'hash', size, seed, separator, indicator: cells.missing > 0 }
}

/** Where a value goes, and with which sign. The column's name counts: equal values of two columns are not alike. */
export function hashPlace(
  seed: number,
  name: string,
  value: string,
  size: number,
): [column: number, sign: number] {
  const rng = new Random(seed).stream('feature hash', name, value)
  return [rng.int(size), rng.uint32() & 1 ? 1 : -1]
}

export function encodeHash(plan: HashPlan, cells: Cells): Block {
  const { size, seed, separator } = plan
  const builder = new BlockBuilder(plan.indicator ? size + 1 : size)
  cells.texts.forEach((text, code) => {
    const entries = new Map<number, number>()
    const split = separator !== null || cells.list
    const members = split ? membersOf(text, separator ?? '\n') : [text.trim()]
    for (const value of cells.counts[code] > 0 ? members : []) {
      const [column, sign] = hashPlace(seed, cells.name, value, size)
      entries.set(column, (entries.get(column) ?? 0) + sign)
    }
    builder.add(entries)
  })
  return builder.finish(indicator(plan, size))
}

export function hashNames(name: string, plan: HashPlan): string[] {
  return [...Array.from({ length: plan.size }, (_, c) => `${name}#${c}`), ...missingName(name, plan)]
}
