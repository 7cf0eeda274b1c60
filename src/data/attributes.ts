/**
 * What items (or users) are: fields of categories, lists of tags, and numbers in buckets, each as a sparse matrix of entities ×
 * values. Which values and buckets there are is learned from one table and can be applied to the rows of another.
 */
import { fail } from '../errors.ts'
import { Sparse } from '../tensor/sparse.ts'
import { encodeField } from './attribute-field.ts'
import { Tally } from './report.ts'
import { addRecord, type Cell, checkRecord, type Table, TableBuilder, type TableColumn } from './table.ts'
import { ID } from './values.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface FieldSpec {
  readonly name: string
  /** One value, a list of values, or a number that is put into a bucket. */
  readonly kind: 'category' | 'tags' | 'number'
  /** Separates the values of a list in one cell. Default `,`. */
  readonly separator?: string
  /** Buckets of a number, with about equally many entities each. Default 10. */
  readonly buckets?: number
  /** Texts that mean: not known. An empty cell always does. */
  readonly missing?: readonly string[]
}

export interface AttributeField {
  readonly spec: FieldSpec
  /** The values that were learned; for a number the names of its buckets. */
  readonly values: Vocabulary
  /** Inner edges of the buckets of a number (see `bucketOf`); null for other kinds. */
  readonly edges: Float64Array | null
  /** Entities × values: which values each entity has, all ones. An empty row: not known. */
  readonly features: Sparse
}

export interface Attributes {
  readonly ids: Vocabulary
  readonly fields: readonly AttributeField[]
}

/** How complete a field is. */
export interface FieldReport {
  readonly field: string
  readonly values: number
  /** Entities without any known value. */
  readonly missing: number
  /** Cells with values that the field had not learned: they count as missing. */
  readonly unknown: number
}

export interface Encoded {
  readonly attributes: Attributes
  readonly report: readonly FieldReport[]
}

/**
 * Encodes the rows of a table: with the values and buckets that it has itself, or with those learned before. An id that comes on
 * several rows is one entity, with the tags of all of them and otherwise the last value that is known. A value that learned fields lack is
 * treated as missing, and counted. Cells that should be numbers and are not count as bad rows in `tally`, and as missing.
 *
 * @param id the column of the ids; `flag` is what names a field's column in messages
 */
export function encodeAttributes(
  table: Table,
  id: TableColumn,
  fields: Fields,
  tally: Tally,
  flag = '--fields <names>',
): Encoded {
  const learned = 'like' in fields ? fields.like.fields : null
  const specs = specsOf(fields)
  if (new Set(specs.map((s) => s.name)).size < specs.length) {
    const got = specs.map((s) => s.name).join(', ')
    throw fail('ARGUMENT', { what: 'fields', expected: 'every name once', got })
  }
  const columns = specs.map((spec) => table.column(spec.name, flag))
  // Ids are numbered by first appearance, as the distinct values of their column are.
  id.codes.forEach((cell, row) => {
    if (cell >= 0) return
    tally.badRow(() => ({ ...table.where(row), column: id.name, expected: ID, got: 'nothing' }))
  })
  const done = specs.map((spec, f) =>
    encodeField(table, columns[f], spec, learned?.[f] ?? null, id.codes, id.values.size, tally),
  )
  return {
    attributes: { ids: id.values, fields: done.map((d) => d.field) },
    report: done.map((d) => d.report),
  }
}

/** What to make of the columns: fields to learn, or those of attributes learned before. */
export type Fields = readonly FieldSpec[] | { readonly like: Attributes }

function specsOf(fields: Fields): readonly FieldSpec[] {
  return 'like' in fields ? fields.like.fields.map((f) => f.spec) : fields
}

/** Attributes of a program's own records: `id`, and a value, a list or nothing for each field. A bad number is an error. */
export function attributesFrom(
  records: Iterable<{ readonly id: string; readonly [field: string]: Cell }>,
  fields: Fields,
): Attributes {
  const builder = new TableBuilder()
  builder.file('record')
  // A field that no record has is an empty column.
  for (const name of ['id', ...specsOf(fields).map((spec) => spec.name)]) builder.column(name)
  for (const record of records) {
    checkRecord(record, builder.rows + 1)
    addRecord(builder, record, builder.rows + 1)
  }
  const table = builder.finish()
  const tally = new Tally()
  tally.rows = table.rows
  const { attributes } = encodeAttributes(table, table.column('id', 'id'), fields, tally)
  tally.check(0)
  return attributes
}

/** The same attributes with row r for row r of `ids`: an id that has none gets an empty row in every field. */
export function alignAttributes(attributes: Attributes, ids: Vocabulary): Attributes {
  const from = Int32Array.from(ids, (id) => attributes.ids.row(id))
  const fields = attributes.fields.map((field): AttributeField => {
    const { features } = field
    const indptr = new Uint32Array(from.length + 1)
    from.forEach((row, r) => {
      indptr[r + 1] = indptr[r] + (row < 0 ? 0 : features.degree(row))
    })
    const indices = new Int32Array(indptr[from.length])
    from.forEach((row, r) => {
      if (row >= 0) indices.set(features.row(row), indptr[r])
    })
    return { ...field, features: new Sparse(from.length, features.cols, indptr, indices, null) }
  })
  return { ids, fields }
}
