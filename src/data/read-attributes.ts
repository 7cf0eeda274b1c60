/** Reading attributes of items or users from files. */
import { fail } from '../errors.ts'
import { encodeAttributes, type Attributes, type FieldReport, type Fields } from './attributes.ts'
import { columnNames } from './columns.ts'
import { readTable, type TableOptions } from './read-table.ts'
import { type BadRow, Tally } from './report.ts'

export interface ReadAttributesOptions extends TableOptions {
  /** Whose attributes they are. Default `item`. */
  readonly of?: 'item' | 'user'
  /** The column of the ids, where it is not one of the usual names. */
  readonly id?: string
}

export interface AttributesReport {
  readonly files: readonly string[]
  readonly rows: number
  readonly entities: number
  /** Malformed rows, rows without an id, and numbers that are none. */
  readonly bad: number
  readonly badRows: readonly BadRow[]
  readonly fields: readonly FieldReport[]
}

/**
 * Attributes from CSV, TSV, JSON Lines or Parquet: learned as `fields` say, or with the values and buckets of attributes that
 * were learned before (`{ like }`); a value those lack counts as missing, and the report says how many.
 *
 * @param source paths or globs; `-` is standard input and needs `format`
 */
export async function readAttributes(
  source: string | readonly string[],
  fields: Fields,
  options: ReadAttributesOptions = {},
): Promise<{ attributes: Attributes; report: AttributesReport }> {
  const { of = 'item', maxBadRows = 0 } = options
  const { table, report } = await readTable(source, options)
  const candidates = options.id === undefined ? columnNames(of) : [options.id]
  const name = candidates.find((candidate) => table.find(candidate))
  if (name === undefined) {
    throw fail('MISSING_COLUMN', {
      file: report.files.join(', '),
      column: of,
      candidates,
      columns: table.names,
      flag: `--${of}-column <name>`,
    })
  }
  const tally = new Tally()
  tally.rows = report.rows
  tally.bad = report.bad
  tally.badRows.push(...report.badRows)
  const { attributes, report: encoded } = encodeAttributes(table, table.find(name)!, fields, tally)
  tally.check(maxBadRows)
  return {
    attributes,
    report: {
      files: report.files,
      rows: report.rows,
      entities: attributes.ids.size,
      bad: tally.bad,
      badRows: tally.badRows,
      fields: encoded,
    },
  }
}
