/** What a file holds, before it is imported: its columns, its first rows, and what they are likely to mean. */
import { type Row, type RowFormat, scanRows } from '../../data/rows.ts'
import type { Cell } from '../../data/table.ts'
import { type ImportSource, type LineProblem, sourceOf } from './import.ts'
import { type AttributeType, type FileKind, guessColumns, guessKind, missingFields } from './mapping.ts'
import { ColumnTypes } from './types.ts'

export interface Preview {
  readonly format: RowFormat
  /** Rows looked at. */
  readonly rows: number
  /** Whether these are all. */
  readonly complete: boolean
  readonly columns: readonly {
    readonly name: string
    readonly type: AttributeType
    readonly filled: number
    readonly samples: readonly string[]
  }[]
  readonly first: readonly Row[]
  readonly kind: FileKind
  readonly mapping: { readonly columns: Readonly<Record<string, string>> }
  /** Fields that the kind must have and that no column was found for. */
  readonly missing: readonly string[]
  readonly problems: readonly LineProblem[]
}

const LOOKED_AT = 1000
const FIRST = 20
const SAMPLES = 5
const PROBLEMS = 100

export interface PreviewOptions {
  /** What the file is to be; the likeliest when absent. */
  readonly kind?: FileKind | undefined
  /** The file is the beginning of a longer one: its last line may be cut off. */
  readonly partial?: boolean
}

export async function previewFile(
  source: ImportSource,
  { kind: asked, partial = false }: PreviewOptions = {},
): Promise<Preview> {
  const types = new ColumnTypes()
  const samples = new Map<string, Set<string>>()
  const first: Row[] = []
  const problems: LineProblem[] = []
  let [rows, all] = [0, 0]
  let last: LineProblem | null = null
  const columns = await scanRows(sourceOf(source), {
    row(row) {
      last = null
      if (++all > LOOKED_AT) return
      rows++
      types.add(row)
      for (const [name, value] of Object.entries(row)) sample(samples, name, value)
      if (first.length < FIRST) first.push(row)
    },
    bad(line, detail) {
      last = { line, detail }
      if (++all > LOOKED_AT) return
      rows++
      if (problems.length < PROBLEMS) problems.push(last)
    },
    pause: async () => {},
  })
  // A line that was cut in two is not a broken one.
  if (partial && last !== null && problems.at(-1) === last) {
    problems.pop()
    rows--
  }
  const kind = asked ?? guessKind(columns)
  const found = guessColumns(kind, columns)
  return {
    format: source.format,
    rows,
    complete: !partial && all <= LOOKED_AT,
    columns: columns.map((name) => ({
      name,
      type: types.typeOf(name),
      filled: types.filled(name),
      samples: [...(samples.get(name) ?? [])],
    })),
    first,
    kind,
    mapping: { columns: found },
    missing: missingFields(kind, found),
    problems,
  }
}

function sample(samples: Map<string, Set<string>>, name: string, value: Cell): void {
  if (value === null || value === undefined) return
  let seen = samples.get(name)
  if (!seen) samples.set(name, (seen = new Set()))
  if (seen.size < SAMPLES)
    seen.add((typeof value === 'object' ? value.join('|') : String(value)).slice(0, 100))
}
