/** Edges from the rows of a table. */
import { fail } from '../../errors.ts'
import { columnNames, simplify } from '../columns.ts'
import type { Edges, Kinds } from '../edges.ts'
import { InternTable } from '../interning.ts'
import { excerpt } from '../report.ts'
import type { Table, TableColumn } from '../table.ts'
import { ID, parseNumber, parseTime, TIME } from '../values.ts'
import { encode, Vocabulary } from '../vocabulary.ts'

export type EdgeRole = 'source' | 'target' | 'weight' | 'time' | 'type'
export const edgeRoles: readonly EdgeRole[] = ['source', 'target', 'weight', 'time', 'type']
export type EdgeColumns = Readonly<Partial<Record<EdgeRole, string>>>

export const WEIGHT = 'a weight of 0 or more'

/** Names that are recognised, in order of preference; case, and `_`, `-` and spaces, do not matter. */
const known: Readonly<Record<EdgeRole, readonly string[]>> = {
  source: ['source', 'source_id', 'src', 'from', 'follower', 'truster', 'head', 'subject', 'node1', 'user'],
  target: ['target', 'target_id', 'dst', 'to', 'followee', 'trustee', 'tail', 'object', 'node2', 'friend'],
  weight: ['weight', 'count', 'strength', 'value'],
  time: columnNames('time'),
  type: ['type', 'edge_type', 'relation', 'predicate', 'label'],
}

/**
 * One edge per row; nodes are numbered in the order in which they first appear. Without a header the first two columns are source and
 * target and the third, if there is one, the weight. Strict: the first cell that is not what it should be is an error.
 */
export function edgesFromTable(
  table: Table,
  header: boolean,
  given: EdgeColumns,
): { readonly edges: Edges; readonly ignored: readonly string[] } {
  const columns = header ? named(table, given) : numbered(table, given)
  const { source, target, weight, time, type } = columns
  const interned = new InternTable(Math.max(source!.values.size, target!.values.size))
  const used = new Set(Object.values(columns))
  const ends = nodeRows(table, interned, source!, target!)
  return {
    edges: {
      nodes: Vocabulary.fromTable(interned),
      ...ends,
      weights: weight ? numbers(table, weight, Float32Array, weightOf, WEIGHT) : null,
      times: time ? numbers(table, time, Float64Array, parseTime, TIME) : null,
      types: type ? kinds(table, type) : null,
      nodeTypes: null,
      directed: null,
    },
    ignored: table.columns.filter((column) => !used.has(column)).map(({ name }) => name),
  }
}

type Columns = Partial<Record<EdgeRole, TableColumn>>

function named(table: Table, given: EdgeColumns): Columns {
  const plain = table.names.map(simplify)
  const columns: Columns = {}
  for (const role of edgeRoles) {
    const wanted = given[role]
    if (wanted === undefined) continue
    const at = table.names.includes(wanted) ? table.names.indexOf(wanted) : plain.indexOf(simplify(wanted))
    if (at < 0) throw missing(table, role, [wanted])
    columns[role] = table.columns[at]
  }
  for (const role of edgeRoles) {
    if (columns[role]) continue
    const taken = new Set(Object.values(columns))
    const at = known[role]
      .map((name) => plain.findIndex((p, i) => p === simplify(name) && !taken.has(table.columns[i])))
      .find((i) => i >= 0)
    if (at !== undefined) columns[role] = table.columns[at]
    else if (role === 'source' || role === 'target') throw missing(table, role, known[role])
  }
  return columns
}

function numbered(table: Table, given: EdgeColumns): Columns {
  const usual: EdgeColumns = {
    source: '1',
    target: '2',
    ...(table.columns.length > 2 ? { weight: '3' } : {}),
  }
  const wanted = Object.keys(given).length > 0 ? { source: '1', target: '2', ...given } : usual
  return Object.fromEntries(
    Object.entries(wanted).map(([role, name]) => {
      const found = table.find(name)
      if (!found) throw missing(table, role, [`column number ${name}`])
      return [role, found]
    }),
  )
}

function missing(table: Table, role: string, candidates: readonly string[]): Error {
  const columns = table.names.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))
    ? [...table.names, '(numbers: if that is no header, say --no-header)']
    : table.names
  const file = table.files.join(', ')
  return fail('MISSING_COLUMN', { file, column: role, candidates, columns, flag: `--${role}-column <name>` })
}

function nodeRows(
  table: Table,
  nodes: InternTable,
  source: TableColumn,
  target: TableColumn,
): { sources: Int32Array; targets: Int32Array } {
  const ends = [source, target].map((column) => ({
    column,
    rowOf: new Int32Array(column.values.size).fill(-1),
    rows: new Int32Array(table.rows),
  }))
  for (let r = 0; r < table.rows; r++) {
    for (const { column, rowOf, rows } of ends) {
      const code = column.codes[r]
      if (code < 0) throw wrong(table, r, column, ID)
      if (rowOf[code] < 0) {
        const { bytes, length } = encode(column.values.id(code))
        rowOf[code] = nodes.intern(bytes, 0, length)
      }
      rows[r] = rowOf[code]
    }
  }
  return { sources: ends[0].rows, targets: ends[1].rows }
}

/** NaN where it is not a number that float32 can hold, or below zero. */
export function weightOf(bytes: Uint8Array, start: number, end: number): number {
  const weight = Math.fround(parseNumber(bytes, start, end))
  return weight >= 0 && weight < Infinity ? weight : NaN
}

function numbers<T extends Float32Array | Float64Array>(
  table: Table,
  column: TableColumn,
  kind: new (length: number) => T,
  parse: (bytes: Uint8Array, start: number, end: number) => number,
  expected: string,
): T {
  const values = new Float64Array(column.values.size)
  for (let code = 0; code < values.length; code++) {
    const { bytes, length } = encode(column.values.id(code))
    values[code] = parse(bytes, 0, length)
  }
  const out = new kind(table.rows)
  for (let r = 0; r < table.rows; r++) {
    const code = column.codes[r]
    const value = code < 0 ? NaN : values[code]
    if (Number.isNaN(value)) throw wrong(table, r, column, expected)
    out[r] = value
  }
  return out
}

function kinds(table: Table, column: TableColumn): Kinds {
  const empty = column.codes.indexOf(-1)
  if (empty >= 0) throw wrong(table, empty, column, 'a type')
  return { names: column.values.ids(), of: column.codes }
}

function wrong(table: Table, row: number, column: TableColumn, expected: string): Error {
  const code = column.codes[row]
  const got = code < 0 ? 'nothing' : excerpt(column.values.id(code))
  return fail('DATA', { ...table.where(row), column: column.name, expected, got })
}
