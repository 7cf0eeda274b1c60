/** Lists of recommendations as files. */
import { extname } from 'node:path'
import { csvField } from '../data/csv-field.ts'
import { fail } from '../errors.ts'
import type { Ranked } from '../models/answers.ts'
import { columns } from './text.ts'

export interface Row {
  readonly user: string
  readonly items: readonly Ranked[]
}

export interface ListFormat {
  pieces(rows: Iterable<Row>): Iterable<string>
}

export const listFormats = {
  /** user,rank,item,score; quoted as RFC 4180 says. */
  csv: {
    *pieces(rows) {
      yield 'user,rank,item,score\n'
      for (const { user, items } of rows) {
        const head = csvField(user)
        yield items.map(({ id, score }, i) => `${head},${i + 1},${csvField(id)},${score}\n`).join('')
      }
    },
  },
  /** One user per line: {"user": …, "items": [{"id": …, "score": …}]} */
  jsonl: {
    *pieces(rows) {
      for (const row of rows) yield `${JSON.stringify(row)}\n`
    },
  },
} as const satisfies Record<string, ListFormat>

/** The format of an output file, by its name. */
export function extensionOf(path: string): ListFormat {
  const extension = extname(path).slice(1).toLowerCase()
  if (extension === 'csv') return listFormats.csv
  if (extension === 'jsonl' || extension === 'ndjson') return listFormats.jsonl
  throw fail('ARGUMENT', { what: '--output', expected: 'a name ending in .csv or .jsonl', got: path })
}

/** A ranked list for a terminal. */
export function ranking(items: readonly Ranked[]): string {
  return columns(
    items.map(({ id, score }, i) => [String(i + 1), id, score.toPrecision(4)]),
    [false, true, false],
    '  ',
  )
}
