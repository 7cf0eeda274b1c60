/** What is made of a column when nobody says: a rule with a reason that people can read and overrule. */
import { excerpt } from '../report.ts'
import { LIST_SEPARATOR, membersOf } from '../table.ts'
import { parseNumber, parseTime } from '../values.ts'
import type { Cells } from './cells.ts'
import type { FeatureSpec } from './spec.ts'
import { wordsOf } from './text.ts'

export interface Inferred {
  readonly spec: FeatureSpec
  readonly reason: string
}

/** More values than this with a column each, and hashing takes over. */
const MAX_VALUES = 200
const MAX_HASH = 1024
/** A column in which a larger share of the rows has a value of its own tells rows apart but not what they share. */
const UNIQUE_SHARE = 0.7
const WORDS_OF_TEXT = 4

/** Numbers in columns of such names are names of something. */
const codeNames =
  /(^|[\s_-])(id|code|zip|postcode|category|brand|type|class|kind|group|gender|sex|country|region|city|shop|store|channel|status|segment|occupation)(_?\d+)?$/i

export function inferSpec(cells: Cells): Inferred {
  const known = cells.rows - cells.missing
  const { distinct } = cells
  if (known === 0) return { spec: { kind: 'skip' }, reason: 'it has no values' }
  if (distinct === 1 && cells.missing === 0)
    return { spec: { kind: 'skip' }, reason: 'it is the same in every row' }
  const numeric = cells
    .tryParsed(parseNumber)
    .every((value, code) => cells.counts[code] === 0 || !Number.isNaN(value))
  const coded = codeNames.test(cells.name) || cells.texts.some((text) => /^0\d/.test(text))
  if (numeric && isTimeName(cells.name) && allEpochs(cells))
    return { spec: { kind: 'date', cyclic: false }, reason: 'epoch times, by their name and size' }
  if (numeric && !coded)
    return { spec: { kind: 'number', scale: 'standard' }, reason: 'every value is a number' }
  if (!numeric && everyTime(cells))
    return { spec: { kind: 'date', cyclic: false }, reason: 'every value is a date' }
  return inferText(cells, known, distinct)
}

function inferText(cells: Cells, known: number, distinct: number): Inferred {
  const separator = separatorOf(cells)
  if (separator !== null) {
    const values = memberCounts(cells, separator).size
    const what = separator === LIST_SEPARATOR ? 'lists' : `values with ${separator} between them`
    if (values <= MAX_VALUES)
      return { spec: { kind: 'multi', separator, minCount: null }, reason: `${what}, ${values} in all` }
    const size = hashSize(values)
    return {
      spec: { kind: 'hash', size, separator },
      reason: `${what}, ${values} in all, more than ${MAX_VALUES}`,
    }
  }
  const words = cells.texts.reduce(
    (sum, text, code) => sum + (cells.counts[code] > 0 ? wordsOf(text).length : 0),
    0,
  )
  if (distinct > known / 2 && words / distinct >= WORDS_OF_TEXT)
    return {
      spec: { kind: 'tfidf', words: 1000 },
      reason: `text, about ${Math.round(words / distinct)} words a cell`,
    }
  if (distinct > known * UNIQUE_SHARE && known > 20)
    return {
      spec: { kind: 'skip' },
      reason: `${distinct} values in ${known} rows: it tells rows apart, not what they share`,
    }
  const remark = numbersAmong(cells, known)
  if (distinct <= MAX_VALUES)
    return { spec: { kind: 'category', minCount: null }, reason: `${distinct} values${remark}` }
  return {
    spec: { kind: 'hash', size: hashSize(distinct), separator: null },
    reason: `${distinct} values, more than ${MAX_VALUES}${remark}`,
  }
}

/** A hint at a column of numbers with some other texts in it, which may be marks for unknown ones. */
function numbersAmong(cells: Cells, known: number): string {
  const numbers = cells.tryParsed(parseNumber)
  const other = numbers.findIndex((value, code) => Number.isNaN(value) && cells.counts[code] > 0)
  const rows = numbers.reduce((sum, value, code) => sum + (Number.isNaN(value) ? 0 : cells.counts[code]), 0)
  return other >= 0 && rows > known / 2
    ? `; numbers in ${rows} of ${known} rows, but also ${excerpt(cells.texts[other])}`
    : ''
}

/** A power of two, of about as many columns as values. */
function hashSize(values: number): number {
  return Math.min(MAX_HASH, 2 ** Math.ceil(Math.log2(values)))
}

function isTimeName(name: string): boolean {
  return /date|time|joined|created|updated|birth|since|_at$/i.test(name)
}

/** Whole numbers of the size of seconds or milliseconds since 1970, from 1980 on. */
function allEpochs(cells: Cells): boolean {
  return cells
    .tryParsed(parseNumber)
    .every((value, code) => cells.counts[code] === 0 || (Number.isInteger(value) && value > 3e8))
}

function everyTime(cells: Cells): boolean {
  return cells.tryParsed(parseTime).every((value, code) => cells.counts[code] === 0 || !Number.isNaN(value))
}

/** The separator of a column of several short values in a cell; null where it is not one. */
function separatorOf(cells: Cells): string | null {
  if (cells.list) return LIST_SEPARATOR
  for (const separator of ['|', ';', ',']) {
    const rows = cells.texts.reduce(
      (sum, text, code) => sum + (text.includes(separator) ? cells.counts[code] : 0),
      0,
    )
    if (rows * 20 < cells.rows - cells.missing) continue
    const counts = memberCounts(cells, separator)
    const members = [...counts.values()].reduce((sum, n) => sum + n, 0)
    const length = [...counts.keys()].reduce((sum, value) => sum + value.length, 0) / counts.size
    if (length <= 20 && counts.size * 2 <= members) return separator
  }
  return null
}

function memberCounts(cells: Cells, separator: string): Map<string, number> {
  const counts = new Map<string, number>()
  cells.texts.forEach((text, code) => {
    if (cells.counts[code] === 0) return
    for (const value of membersOf(text, separator))
      counts.set(value, (counts.get(value) ?? 0) + cells.counts[code])
  })
  return counts
}
