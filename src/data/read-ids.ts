/** Lists of ids in files: a line for each, or a column of a table. */
import { fail } from '../errors.ts'
import { columnNames, simplify } from './columns.ts'
import { readTable } from './read-table.ts'
import { display, readBytes, resolveSources } from './source.ts'

export const idFormats = ['lines', 'csv', 'tsv', 'jsonl', 'parquet'] as const
export type IdFormat = (typeof idFormats)[number]

export interface IdOptions {
  /** Default: a table where the name ends in .csv, .tsv, .jsonl or .parquet (.gz and .zst may follow), else lines. */
  readonly format?: IdFormat
  /** The column of a table; by default one with a usual name for users, or `id`. */
  readonly column?: string
}

/**
 * The ids of a file or a glob (`-`: standard input) in its order, as often as they come. Empty lines and cells are passed over.
 *
 * @throws MISSING without a file, EMPTY without any id, MISSING_COLUMN for a table without the column.
 */
export async function readIds(file: string, { format, column }: IdOptions = {}): Promise<string[]> {
  const kind = format ?? formatOf(file)
  const ids = kind === 'lines' ? await idLines(file) : await idColumn(file, kind, column)
  if (ids.length > 0) return ids
  throw fail('EMPTY', {
    what: `${display(file)} has no ids`,
    todo: 'Give one id per line, or a table with a column user.',
  })
}

function formatOf(file: string): IdFormat {
  const [, extension = ''] = /\.(csv|tsv|jsonl|parquet)(\.gz|\.zst)?$/.exec(file.toLowerCase()) ?? []
  return extension === '' ? 'lines' : (extension as IdFormat)
}

async function idLines(files: string): Promise<string[]> {
  const ids: string[] = []
  for (const { file } of resolveSources(files, 'csv')) {
    const decoder = new TextDecoder()
    let text = ''
    for await (const bytes of readBytes(file)) text += decoder.decode(bytes, { stream: true })
    for (const line of (text + decoder.decode()).split(/\r?\n/)) if (line !== '') ids.push(line)
  }
  return ids
}

async function idColumn(
  file: string,
  format: Exclude<IdFormat, 'lines'>,
  column: string | undefined,
): Promise<string[]> {
  const { table } = await readTable(file, { format })
  const candidates = column === undefined ? [...columnNames('user'), 'id'] : [column]
  const found = candidates
    .map((name) => table.columns.find((each) => simplify(each.name) === simplify(name)))
    .find((each) => each !== undefined)
  if (!found) {
    throw fail('MISSING_COLUMN', {
      file: display(file),
      column: 'user',
      candidates,
      columns: table.names,
      flag: '--user-column <name>',
    })
  }
  const { codes, values } = found
  return Array.from(
    codes.filter((code) => code >= 0),
    (code) => values.id(code),
  )
}
