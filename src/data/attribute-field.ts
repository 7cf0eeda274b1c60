/** One field of an attribute table: from text cells to a sparse matrix of entities × values. */
import { fail } from '../errors.ts'
import { Sparse } from '../tensor/sparse.ts'
import type { AttributeField, FieldReport, FieldSpec } from './attributes.ts'
import { bucketNames, bucketOf, quantileEdges } from './buckets.ts'
import type { Tally } from './report.ts'
import { membersOf, type Table, type TableColumn } from './table.ts'
import { parseNumber } from './values.ts'
import { encode, Vocabulary } from './vocabulary.ts'

/** What the distinct texts of a column mean: values of the field, ascending; −1 for one that the field has not learned. */
interface Meaning {
  readonly of: readonly (readonly number[])[]
  readonly values: Vocabulary
  readonly edges: Float64Array | null
}

/** `entity` is the entity of each row of the table, −1 for none. */
export function encodeField(
  table: Table,
  column: TableColumn,
  spec: FieldSpec,
  learned: AttributeField | null,
  entity: Int32Array,
  entities: number,
  tally: Tally,
): { readonly field: AttributeField; readonly report: FieldReport } {
  const meaning =
    spec.kind === 'number'
      ? numberMeaning(table, column, spec, learned, entity, entities, tally)
      : textMeaning(column, spec, learned)
  let unknown = 0
  column.codes.forEach((cell, row) => {
    if (cell >= 0 && entity[row] >= 0 && meaning.of[cell][0] < 0) unknown++
  })
  const known = meaning.of.map((values) => values.filter((v) => v >= 0))
  const gather = spec.kind === 'tags' ? allValues : lastValues
  const features = gather(column.codes, known, entity, entities, meaning.values.size)
  let missing = 0
  for (let r = 0; r < entities; r++) if (features.degree(r) === 0) missing++
  return {
    field: { spec, values: meaning.values, edges: meaning.edges, features },
    report: { field: spec.name, values: meaning.values.size, missing, unknown },
  }
}

function textMeaning(column: TableColumn, spec: FieldSpec, learned: AttributeField | null): Meaning {
  const { kind, separator = ',' } = spec
  if (separator === '') {
    throw fail('ARGUMENT', { what: `separator of ${spec.name}`, expected: 'a character', got: 'none' })
  }
  const missing = new Set(spec.missing).add('')
  const rows = new Map<string, number>()
  const rowOf = (value: string): number => {
    if (learned) return learned.values.row(value)
    const row = rows.get(value) ?? rows.size
    rows.set(value, row)
    return row
  }
  const of = Array.from(column.values, (text) => {
    const parts = kind === 'tags' ? membersOf(text, separator) : [text]
    return ascending(parts.filter((part) => !missing.has(part)).map(rowOf))
  })
  return { of, values: learned?.values ?? Vocabulary.from(rows.keys()), edges: null }
}

function numberMeaning(
  table: Table,
  column: TableColumn,
  spec: FieldSpec,
  learned: AttributeField | null,
  entity: Int32Array,
  entities: number,
  tally: Tally,
): Meaning {
  const missing = new Set(spec.missing)
  const numbers = Float64Array.from(column.values, (text) => {
    const { bytes, length } = encode(text)
    return missing.has(text) ? Infinity : parseNumber(bytes, 0, length)
  })
  const last = new Float64Array(entities).fill(NaN)
  column.codes.forEach((cell, row) => {
    if (cell < 0) return
    const value = numbers[cell]
    if (Number.isNaN(value)) {
      const got = JSON.stringify(column.values.id(cell))
      tally.badRow(() => ({ ...table.where(row), column: column.name, expected: 'a number', got }))
    } else if (value !== Infinity && entity[row] >= 0) last[entity[row]] = value
  })
  const edges =
    learned?.edges ??
    quantileEdges(
      last.filter((v) => !Number.isNaN(v)),
      spec.buckets ?? 10,
    )
  return {
    of: Array.from(numbers, (value) => (Number.isFinite(value) ? [bucketOf(edges, value)] : [])),
    values: learned?.values ?? Vocabulary.from(bucketNames(edges)),
    edges,
  }
}

/** The values of each entity's last cell that has any. */
function lastValues(
  cells: Int32Array,
  valuesOf: readonly (readonly number[])[],
  entity: Int32Array,
  entities: number,
  size: number,
): Sparse {
  const last = new Int32Array(entities).fill(-1)
  cells.forEach((cell, row) => {
    if (cell >= 0 && entity[row] >= 0 && valuesOf[cell].length > 0) last[entity[row]] = cell
  })
  const indptr = new Uint32Array(entities + 1)
  last.forEach((cell, e) => {
    indptr[e + 1] = indptr[e] + (cell < 0 ? 0 : valuesOf[cell].length)
  })
  const indices = new Int32Array(indptr[entities])
  last.forEach((cell, e) => {
    if (cell >= 0) indices.set(valuesOf[cell], indptr[e])
  })
  return new Sparse(entities, size, indptr, indices, null)
}

/** The values of all cells of each entity, once each. */
function allValues(
  cells: Int32Array,
  valuesOf: readonly (readonly number[])[],
  entity: Int32Array,
  entities: number,
  size: number,
): Sparse {
  const start = new Uint32Array(entities + 1)
  cells.forEach((cell, row) => {
    if (cell >= 0 && entity[row] >= 0) start[entity[row] + 1] += valuesOf[cell].length
  })
  for (let e = 0; e < entities; e++) start[e + 1] += start[e]
  const next = start.slice(0, entities)
  const all = new Int32Array(start[entities])
  cells.forEach((cell, row) => {
    if (cell >= 0 && entity[row] >= 0) for (const value of valuesOf[cell]) all[next[entity[row]]++] = value
  })
  const indptr = new Uint32Array(entities + 1)
  let filled = 0
  for (let e = 0; e < entities; e++) {
    const values = all.subarray(start[e], start[e + 1]).sort()
    for (let k = 0; k < values.length; k++) {
      if (k === 0 || values[k] !== values[k - 1]) all[filled++] = values[k]
    }
    indptr[e + 1] = filled
  }
  return new Sparse(entities, size, indptr, all.slice(0, filled), null)
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}
