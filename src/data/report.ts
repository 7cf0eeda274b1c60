/** What happened to every row of the input: nothing is left out silently. */
import { fail, quote } from '../errors.ts'
import type { Role } from './columns.ts'

export interface BadRow {
  readonly file: string
  /** Physical line where the row begins, from 1; in a Parquet file the row's number, from 1. */
  readonly line: number
  /** The column at fault; null when the row as a whole is malformed. */
  readonly column: string | null
  readonly expected: string
  readonly got: string
}

export interface LoadReport {
  readonly files: readonly string[]
  /** Rows read (for the LightGCN format: user–item pairs). rows = kept + duplicates + bad + unknown + filtered. */
  readonly rows: number
  /** Entries in the result. */
  readonly kept: number
  /** Rows merged into another row of the same user and item. */
  readonly duplicates: number
  /** Malformed rows, left out; the first of them are in `badRows`. */
  readonly bad: number
  readonly badRows: readonly BadRow[]
  /** Rows left out because the given vocabularies lack their user or item, and how many lack which (a row may lack both). */
  readonly unknown: number
  readonly unknownUser: number
  readonly unknownItem: number
  /** Rows left out by `events` or `minWeight`. */
  readonly filtered: number
  /** Rows per event name, where there is an event column. */
  readonly events: Readonly<Record<string, number>> | null
  /** The column read for each role in the first file; null where there is none. */
  readonly columns: Readonly<Record<Role, string | null>>
  /** Milliseconds since 1970; null without timestamps. */
  readonly timeRange: readonly [number, number] | null
}

const MAX_SAMPLES = 10

/** Counts rows while files are read. */
export class Tally {
  rows = 0
  bad = 0
  filtered = 0
  readonly badRows: BadRow[] = []

  badRow(row: () => BadRow): void {
    this.bad++
    if (this.badRows.length < MAX_SAMPLES) this.badRows.push(row())
  }

  /** Fails when more than `share` of the rows are bad. */
  check(share: number): void {
    if (this.bad === 0 || this.bad <= this.rows * share) return
    const [first, ...others] = this.badRows
    const more = others.slice(0, 4).map((row) => `\n  ${describeBadRow(row)}`)
    throw fail('DATA', {
      file: first.file,
      line: first.line,
      ...(first.column === null ? {} : { column: first.column }),
      expected: first.expected,
      got:
        `${first.got}. ${this.bad} of ${this.rows} rows are bad, and at most ${percent(share)} may be (--max-bad-rows)` +
        (more.length > 0 ? `. Others:${more.join('')}` : ''),
    })
  }
}

/** `file:line, column "rating": expected a number, got "abc"`. */
export function describeBadRow({ file, line, column, expected, got }: BadRow): string {
  return `${file}:${line}${column === null ? '' : `, column ${quote(column)}`}: expected ${expected}, got ${got}`
}

/** The report in sentences: what was read, what was left out and why, and the first bad rows. */
export function describeLoad(report: LoadReport): string[] {
  const n = (count: number): string => count.toLocaleString('en-US')
  const { files } = report
  const left: [number, string][] = [
    [report.duplicates, 'merged as duplicates'],
    [report.filtered, 'left out by the filter'],
    [report.bad, 'bad and left out'],
    [
      report.unknown,
      `left out with an unknown user (${n(report.unknownUser)}) or item (${n(report.unknownItem)})`,
    ],
  ]
  const rest = left.filter(([count]) => count > 0).map(([count, what]) => `, ${n(count)} ${what}`)
  const where = files.length === 1 ? files[0] : `${files.length} files`
  return [
    `${n(report.rows)} rows in ${where}: ${n(report.kept)} kept${rest.join('')}.`,
    ...report.badRows.map(describeBadRow),
  ]
}

/** A line or a field for a message: quoted, cut to 80 characters. */
export function excerpt(text: string): string {
  return quote(text.length > 80 ? `${text.slice(0, 79)}…` : text)
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`
}
