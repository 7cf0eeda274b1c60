/** From the cells of a row to what is stored, or to what is wrong with them. */
import type { Row } from '../../data/rows.ts'
import { type Cell, membersOf } from '../../data/table.ts'
import { ID, parseNumber, parseTime, TIME } from '../../data/values.ts'
import { encode } from '../../data/vocabulary.ts'
import type { Event } from '../store/events.ts'
import type { Relation } from '../store/relations.ts'
import { type AttributeType, fieldsOf, type FileKind, type Mapping } from './mapping.ts'

/** An id that is not there is given by whoever stores the event. */
export type ParsedEvent = Omit<Event, 'id' | 'time'> & {
  readonly id: string | null
  readonly time: number | null
}
export interface ParsedEntity {
  readonly id: string
  readonly attributes: Readonly<Record<string, unknown>>
}
export interface Parsed {
  readonly events: ParsedEvent
  readonly users: ParsedEntity
  readonly items: ParsedEntity
  readonly relations: Relation
}

/** What keeps a row from being stored. */
export class BadCell extends Error {}

const LONGEST_ID = 500
const LONGEST_TEXT = 10_000
const LONGEST_LIST = 1000
/** Beyond these, sums over many events lose their digits. */
export const GREATEST = 1e12
const LATEST = 8.64e15
const LIST = '|'

/** Reads rows as a kind. `typeOf` says what an attribute is; `given`: what its cell is. */
export function rowParser<K extends FileKind>(
  kind: K,
  mapping: Mapping,
  typeOf: (column: string) => AttributeType | 'given',
): (row: Row) => Parsed[K] {
  const parsers: { readonly [L in FileKind]: (row: Row) => Parsed[L] } = {
    events: (row) => ({
      id: optionalId(cell(row, 'id'), 'id'),
      user: id(cell(row, 'user'), 'user'),
      item: id(cell(row, 'item'), 'item'),
      type: optionalId(cell(row, 'type'), 'type') ?? mapping.type ?? 'interaction',
      weight: number(cell(row, 'weight'), 'weight') ?? 1,
      time: time(cell(row, 'time')),
      recommendation: optionalId(cell(row, 'recommendation'), 'recommendation'),
    }),
    users: entity,
    items: entity,
    relations(row) {
      const weight = number(cell(row, 'weight'), 'weight') ?? 1
      if (weight <= 0) throw new BadCell(`weight: expected a number above 0, got ${weight}`)
      return {
        source: id(cell(row, 'source'), 'source'),
        target: id(cell(row, 'target'), 'target'),
        kind: optionalId(cell(row, 'kind'), 'kind') ?? mapping.kind ?? 'knows',
        weight,
      }
    },
  }
  const { columns } = mapping
  const fields = new Set(fieldsOf[kind].map(({ name }) => columns[name]))
  const cell = (row: Row, field: string): Cell => {
    const from = Object.hasOwn(columns, field) ? columns[field] : undefined
    return from !== undefined && Object.hasOwn(row, from) ? row[from] : undefined
  }
  return parsers[kind]

  function entity(row: Row): ParsedEntity {
    const names = mapping.attributes ?? Object.keys(row).filter((name) => !fields.has(name))
    const attributes = names.flatMap((name) => {
      const value = Object.hasOwn(row, name) ? row[name] : undefined
      return value === undefined || value === null || value === ''
        ? []
        : [[name, attribute(name, value, typeOf(name))]]
    })
    return { id: id(cell(row, 'id'), 'id'), attributes: Object.fromEntries(attributes) }
  }
}

function id(value: Cell, field: string): string {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || text === '')
    throw new BadCell(`${field}: expected ${ID}, got ${shown(value)}`)
  if (text.length > LONGEST_ID || !text.isWellFormed() || text.includes('\0'))
    throw new BadCell(`${field}: expected Unicode text without NUL of at most ${LONGEST_ID} characters`)
  return text
}

function optionalId(value: Cell, field: string): string | null {
  return value === undefined || value === null || value === '' ? null : id(value, field)
}

function number(value: Cell, field: string): number | null {
  if (value === undefined || value === null || value === '') return null
  const found = typeof value === 'number' ? value : typeof value === 'string' ? numberOf(value) : NaN
  if (Math.abs(found) <= GREATEST) return found
  throw new BadCell(`${field}: expected a number between -1e12 and 1e12, got ${shown(value)}`)
}

function time(value: Cell): number | null {
  if (value === undefined || value === null || value === '') return null
  const { bytes, length } = encode(typeof value === 'object' ? '' : String(value))
  const found = Math.round(parseTime(bytes, 0, length))
  if (found >= 0 && found <= LATEST) return found
  throw new BadCell(`time: expected ${TIME}, from 1970 on, got ${shown(value)}`)
}

/** NaN for what is no number. */
export function numberOf(text: string): number {
  const { bytes, length } = encode(text)
  return parseNumber(bytes, 0, length)
}

function attribute(name: string, value: NonNullable<Cell>, type: AttributeType | 'given'): unknown {
  if (typeof value === 'object') {
    if (value.length > LONGEST_LIST) throw new BadCell(`${name}: expected at most ${LONGEST_LIST} members`)
    return value.map((member) => (typeof member === 'string' ? text(name, member) : member))
  }
  if (typeof value !== 'string') return type === 'text' ? String(value) : value
  text(name, value)
  if (type === 'list') return membersOf(value, LIST)
  if (type === 'boolean' && isBoolean(value)) return value.toLowerCase() === 'true'
  if (type === 'number') return number(value, name)
  if (type === 'boolean') throw new BadCell(`${name}: expected true or false, got ${shown(value)}`)
  return value
}

export function isBoolean(text: string): boolean {
  return /^(true|false)$/i.test(text)
}

function text(name: string, value: string): string {
  if (value.length <= LONGEST_TEXT && value.isWellFormed() && !value.includes('\0')) return value
  throw new BadCell(`${name}: expected Unicode text without NUL of at most ${LONGEST_TEXT} characters`)
}

function shown(value: Cell): string {
  if (value === undefined || value === null || value === '') return 'nothing'
  return JSON.stringify(value).slice(0, 80)
}
