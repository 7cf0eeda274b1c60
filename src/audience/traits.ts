/** What is known of users, as profiles compare it: values that they have or have not, and numbers. */
import { Cells, missingMarks } from '../data/features/cells.ts'
import { inferSpec } from '../data/features/infer.ts'
import type { FitOptions } from '../data/features/plan.ts'
import type { Interactions } from '../data/interactions.ts'
import { membersOf, type Table } from '../data/table.ts'
import { parseNumber, parseTime } from '../data/values.ts'
import type { Vocabulary } from '../data/vocabulary.ts'
import { Sparse } from '../tensor/sparse.ts'

/** An attribute of which each user may have some values. */
export interface ValueTrait {
  readonly attribute: string
  readonly values: readonly string[]
  /** users × values, entries are ones. */
  readonly has: Sparse
  /** 1 for the users of whom the attribute is known: lifts are within these. */
  readonly known: Uint8Array
}

export interface NumberTrait {
  readonly attribute: string
  /** NaN where it is not known. */
  readonly values: Float64Array
}

export interface Traits {
  readonly values: readonly ValueTrait[]
  readonly numbers: readonly NumberTrait[]
}

/** What columns are, where it is not to be guessed; and which texts mean "not known". */
export type TraitOptions = Pick<FitOptions, 'features' | 'missing'>

/**
 * The columns of a table as traits of `population`. Row r of the table is that of id r of `ids`. What a column is follows the rules of
 * `homophily features`, unless it is said; columns that tell rows apart, and texts, are none.
 */
export function traitsOf(
  table: Table,
  ids: Vocabulary,
  population: Vocabulary,
  { features = {}, missing = missingMarks }: TraitOptions = {},
): Traits {
  for (const name of Object.keys(features)) table.column(name, '--feature <column=kind>')
  const from = Int32Array.from(population, (id) => ids.row(id))
  const values: ValueTrait[] = []
  const numbers: NumberTrait[] = []
  for (const column of table.columns) {
    const cells = new Cells(table, column, missing)
    const spec = features[column.name] ?? inferSpec(cells).spec
    if (spec.kind === 'number' || spec.kind === 'date') {
      const parsed =
        spec.kind === 'number' ? cells.parsed(parseNumber, 'a number') : cells.parsed(dateOrEpoch, 'a date')
      numbers.push({
        attribute: column.name,
        values: Float64Array.from(from, (row) => {
          const code = row < 0 ? -1 : cells.codes[row]
          return code < 0 ? NaN : parsed[code]
        }),
      })
    } else if (spec.kind === 'category' || spec.kind === 'multi' || spec.kind === 'hash') {
      values.push(valueTrait(cells, 'separator' in spec ? spec.separator : null, from))
    }
  }
  return { values, numbers }
}

function dateOrEpoch(bytes: Uint8Array, start: number, end: number): number {
  const time = parseTime(bytes, start, end)
  return Number.isNaN(time) ? parseNumber(bytes, start, end) : time
}

function valueTrait(cells: Cells, separator: string | null, from: Int32Array): ValueTrait {
  const places = new Map<string, number>()
  const members = cells.texts.map((text, code) => {
    if (cells.counts[code] === 0) return []
    return (separator === null ? [text] : membersOf(text, separator)).map((value) => {
      const place = places.get(value) ?? places.size
      places.set(value, place)
      return place
    })
  })
  const known = new Uint8Array(from.length)
  const lists = Array.from(from, (row, u) => {
    const code = row < 0 ? -1 : cells.codes[row]
    if (code < 0) return []
    known[u] = 1
    return members[code]
  })
  return { attribute: cells.name, values: [...places.keys()], has: ones(lists, places.size), known }
}

function ones(lists: readonly (readonly number[])[], columns: number): Sparse {
  const indptr = new Uint32Array(lists.length + 1)
  lists.forEach((list, r) => (indptr[r + 1] = indptr[r] + list.length))
  const indices = new Int32Array(indptr[lists.length])
  lists.forEach((list, r) =>
    indices.set(
      [...list].sort((a, b) => a - b),
      indptr[r],
    ),
  )
  return new Sparse(lists.length, columns, indptr, indices, null)
}

/** The items that each of `population` has interacted with. */
export function itemsOf({ users, items, matrix }: Interactions, population: Vocabulary): Sparse {
  const from = Int32Array.from(population, (id) => users.row(id))
  const indptr = new Uint32Array(from.length + 1)
  from.forEach((row, r) => (indptr[r + 1] = indptr[r] + (row < 0 ? 0 : matrix.degree(row))))
  const indices = new Int32Array(indptr[from.length])
  from.forEach((row, r) => {
    if (row >= 0) indices.set(matrix.row(row), indptr[r])
  })
  return new Sparse(from.length, items.size, indptr, indices, null)
}

/** A user leans to a value that comes this many times, and this many times as often among their items as among everybody's. */
const LEAST = 2
const OFTEN = 2

/**
 * What users like, from what their items are: a user leans to a value of an item attribute when at least two of their items have it,
 * and it comes at least twice as often among them as among everybody's. So a user counts once, however active. Users without items are unknown.
 */
export function leanings(items: Sparse, itemTraits: readonly ValueTrait[]): ValueTrait[] {
  return itemTraits.map(({ attribute, values, has, known: itemKnown }) => {
    const totals = new Float64Array(values.length)
    let all = 0
    const { indices } = items
    for (let e = 0; e < indices.length; e++) {
      const item = indices[e]
      all += itemKnown[item]
      for (const value of has.row(item)) totals[value]++
    }
    const known = new Uint8Array(items.rows)
    const own = new Float64Array(values.length)
    const lists = Array.from({ length: items.rows }, (_, user) => {
      const history = items.row(user)
      let of = 0
      for (const item of history) {
        of += itemKnown[item]
        for (const value of has.row(item)) own[value]++
      }
      known[user] = of > 0 ? 1 : 0
      const list = new Set<number>()
      for (const item of history) {
        for (const value of has.row(item)) {
          if (own[value] >= LEAST && own[value] * all >= OFTEN * of * totals[value]) list.add(value)
        }
      }
      for (const item of history) for (const value of has.row(item)) own[value] = 0
      return [...list]
    })
    return { attribute: `likes ${attribute}`, values, has: ones(lists, values.length), known }
  })
}
