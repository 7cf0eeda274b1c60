/**
 * TF-IDF over the words of a text: (1 + ln count) · (1 + ln((1 + n) / (1 + rows with the word))), rows scaled to length 1. Words are
 * runs of letters and digits in lower case; Chinese, which has no spaces, is taken in pairs of characters.
 */
import { z } from 'zod'
import { BlockBuilder, type Block } from './block.ts'
import type { Cells } from './cells.ts'
import { indicator, missingName } from './number.ts'
import type { FeatureSpec } from './spec.ts'

export const tfidfPlan = z.strictObject({
  kind: z.literal('tfidf'),
  /** Most frequent first. */
  words: z.array(z.string()),
  /** The weight of each word for its rarity. */
  idf: z.array(z.number().positive()),
  indicator: z.boolean(),
})
export type TfidfPlan = z.output<typeof tfidfPlan>

/** A word of one row only tells nothing about others. */
const MIN_ROWS = 2

export function wordsOf(text: string): string[] {
  return (
    text.toLowerCase().match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+/gu) ?? []
  ).flatMap((run) => (/\p{Script=Han}/u.test(run) ? pairsOf([...run]) : [run]))
}

function pairsOf(characters: readonly string[]): string[] {
  if (characters.length === 1) return [characters[0]]
  return characters.slice(1).map((character, i) => characters[i] + character)
}

export function fitTfidf(cells: Cells, { words }: FeatureSpec & { kind: 'tfidf' }): TfidfPlan {
  const rows = new Map<string, number>()
  cells.texts.forEach((text, code) => {
    if (cells.counts[code] === 0) return
    for (const word of new Set(wordsOf(text))) rows.set(word, (rows.get(word) ?? 0) + cells.counts[code])
  })
  const kept = [...rows]
    .filter(([, n]) => n >= MIN_ROWS)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, words)
  const n = cells.rows - cells.missing
  return {
    kind: 'tfidf',
    words: kept.map(([word]) => word),
    idf: kept.map(([, count]) => 1 + Math.log((1 + n) / (1 + count))),
    indicator: cells.missing > 0,
  }
}

export function encodeTfidf(plan: TfidfPlan, cells: Cells): Block {
  const columns = new Map(plan.words.map((word, column) => [word, column]))
  const width = plan.words.length
  const builder = new BlockBuilder(plan.indicator ? width + 1 : width)
  cells.texts.forEach((text, code) => {
    const counts = new Map<number, number>()
    let strange = false
    for (const word of cells.counts[code] > 0 ? wordsOf(text) : []) {
      const column = columns.get(word)
      if (column === undefined) strange = true
      else counts.set(column, (counts.get(column) ?? 0) + 1)
    }
    const weights = [...counts].map(([column, n]): [number, number] => [
      column,
      (1 + Math.log(n)) * plan.idf[column],
    ])
    const length = Math.hypot(...weights.map(([, weight]) => weight))
    builder.add(
      weights.map(([column, weight]) => [column, weight / length] as const),
      strange && counts.size === 0,
    )
  })
  return builder.finish(indicator(plan, width))
}

export function tfidfNames(name: string, plan: TfidfPlan): string[] {
  return [...plan.words.map((word) => `${name}~${word}`), ...missingName(name, plan)]
}
