/**
 * From a table to a matrix of numbers. A plan says what each column becomes; it is fitted on one table, is plain JSON, and gives other
 * tables the same columns.
 */
import { z } from 'zod'
import { fail } from '../../errors.ts'
import { columnNames as usualNames } from '../columns.ts'
import type { Table } from '../table.ts'
import { Cells, missingMarks } from './cells.ts'
import { columnEncoding, columnNames, encodeColumn, fitColumn, type ColumnEncoding } from './encoders.ts'
import { inferSpec, type Inferred } from './infer.ts'
import type { FeatureSpec } from './spec.ts'

const planSchema = z.strictObject({
  format: z.literal('homophily features 1'),
  /** Rows that the plan was fitted on. */
  rows: z.int().nonnegative(),
  /** Texts that mean "not known". */
  missing: z.array(z.string()),
  layout: z.enum(['dense', 'sparse']),
  columns: z.array(
    z.strictObject({
      name: z.string(),
      encoding: columnEncoding,
      /** Why it is so: what was found, or that it was asked for. */
      reason: z.string(),
    }),
  ),
})
export type FeaturePlan = z.output<typeof planSchema>

export interface FitOptions {
  /** What some columns become, by name; the others are inferred. */
  readonly features?: Readonly<Record<string, FeatureSpec>>
  /** Texts that mean "not known", instead of {@link missingMarks}; an empty cell always does. */
  readonly missing?: readonly string[]
  /** Default: sparse where less than a quarter of the numbers are not zero. */
  readonly layout?: 'dense' | 'sparse' | undefined
  /** Of the hash. Default 1. */
  readonly seed?: number
}

/** Below this share of numbers that are not zero a sparse matrix is smaller and faster. */
const SPARSE_BELOW = 0.25

/** Learns a plan from the rows of a table. */
export function fitFeatures(table: Table, options: FitOptions = {}): FeaturePlan {
  const { features = {}, missing = missingMarks, seed = 1 } = options
  for (const name of Object.keys(features)) table.column(name, '--feature <column=kind>')
  let ids: string | null = null
  let entries = 0
  let width = 0
  const columns = table.columns.map((column) => {
    const { name } = column
    const given: FeatureSpec | undefined = Object.hasOwn(features, name) ? features[name] : undefined
    const isId = given ? given.kind === 'id' : ids === null && isIdColumn(table, name)
    const cells = new Cells(table, column, missing)
    const { spec, reason }: Inferred = given
      ? { spec: given, reason: 'as asked' }
      : isId
        ? { spec: { kind: 'id' }, reason: 'a value of its own in every row, and called so' }
        : inferSpec(cells)
    if (isId && ids !== null) {
      const got = `${ids} and ${name}`
      throw fail('ARGUMENT', { what: 'features', expected: 'at most one column of ids', got })
    }
    if (isId) ids = name
    const encoding = fitColumn(cells, spec, seed)
    width += columnNames(name, encoding).length
    entries += countEntries(encoding, cells)
    return { name, encoding, reason }
  })
  if (width === 0)
    throw fail('EMPTY', {
      what: 'No column of the table becomes a feature',
      todo: `Say what they are, such as --feature ${table.names[0]}=category.`,
    })
  const density = entries / (table.rows * width)
  const layout = options.layout ?? (density < SPARSE_BELOW ? 'sparse' : 'dense')
  return { format: 'homophily features 1', rows: table.rows, missing: [...missing], layout, columns }
}

function countEntries(encoding: ColumnEncoding, cells: Cells): number {
  const block = encodeColumn(encoding, cells)
  if (!block) return 0
  return (
    cells.counts.reduce((sum, count, code) => sum + count * block.entries.degree(code), 0) +
    cells.missing * block.entries.degree(cells.texts.length)
  )
}

const idNames = new Set(['id', 'node', 'node_id', ...usualNames('user'), ...usualNames('item')])

function isIdColumn(table: Table, name: string): boolean {
  const { codes, values } = table.find(name)!
  return idNames.has(name.toLowerCase()) && values.size === table.rows && !codes.includes(-1)
}

/** A plan out of JSON; `source` says where it is from. */
export function parsePlan(json: unknown, source: string): FeaturePlan {
  const parsed = planSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw fail('ARTEFACT', {
    path: source,
    expected: 'a plan of features written by this version',
    got: `${issue.path.join('.')}: ${issue.message}`,
    todo: 'Fit it again.',
  })
}

/** Names of the matrix's columns. */
export function featureNames(plan: FeaturePlan): string[] {
  return plan.columns.flatMap(({ name, encoding }) => columnNames(name, encoding))
}

export interface PlanLine {
  readonly column: string
  /** As it can be asked for with `--feature`. */
  readonly feature: string
  /** Columns of the matrix. */
  readonly width: number
  readonly detail: string
  readonly reason: string
}

/** The plan for people, column by column. */
export function describePlan(plan: FeaturePlan): PlanLine[] {
  return plan.columns.map(({ name, encoding, reason }) => ({
    column: name,
    feature: featureText(encoding),
    width: columnNames(name, encoding).length,
    detail: detail(encoding),
    reason,
  }))
}

function featureText(encoding: ColumnEncoding): string {
  switch (encoding.kind) {
    case 'number':
      return `number(${encoding.scale})`
    case 'buckets':
      return `buckets(${encoding.edges.length + 1})`
    case 'date':
      return encoding.circles.length > 0 ? 'date(cyclic)' : 'date'
    case 'category':
      return `category(${encoding.minCount})`
    case 'multi':
      return `multi(${printable(encoding.separator)},${encoding.minCount})`
    case 'hash':
      return `hash(${encoding.size}${encoding.separator === null ? '' : `,${printable(encoding.separator)}`})`
    case 'tfidf':
      return `tfidf(${encoding.words.length})`
    case 'id':
    case 'skip':
      return encoding.kind
  }
}

/** Lists need no separator; any stands for theirs. */
function printable(separator: string): string {
  return separator < ' ' ? '|' : separator
}

function detail(encoding: ColumnEncoding): string {
  const parts: string[] = []
  const n = (x: number): string => String(Number(x.toPrecision(4)))
  if (encoding.kind === 'number') parts.push(`centre ${n(encoding.centre)}, spread ${n(encoding.spread)}`)
  if (encoding.kind === 'date') {
    parts.push(
      `centre ${new Date(encoding.centre * 86_400_000).toISOString().slice(0, 10)}, spread ${n(encoding.spread)} days`,
    )
  }
  if ((encoding.kind === 'category' || encoding.kind === 'multi') && encoding.other)
    parts.push(`values of fewer than ${encoding.minCount} rows share a column`)
  if ('impute' in encoding && encoding.indicator) parts.push('unknown ones take the median and a mark')
  else if ('indicator' in encoding && encoding.indicator) parts.push('unknown ones have a column')
  return parts.join('; ')
}
