/** What is to be done with a file: which column is which field, and what else becomes of them. */
import type { ImportMapping, ImportPreview } from 'homophily/client'

export type Kind = ImportPreview['kind']
export type AttributeType = ImportPreview['columns'][number]['type']

/** The fields of each kind of file; those before the bar must be there. */
const fields = {
  events: [
    ['user', 'item'],
    ['time', 'type', 'weight', 'id', 'recommendation'],
  ],
  users: [['id'], []],
  items: [['id'], []],
  relations: [
    ['source', 'target'],
    ['kind', 'weight'],
  ],
} as const
export type Field = (typeof fields)[Kind][number][number]

export interface Draft {
  readonly kind: Kind
  readonly columns: Readonly<Partial<Record<Field, string>>>
  /** Attributes of users and items: columns with what they are; those that are not here are left out. */
  readonly attributes: ReadonlyMap<string, AttributeType>
  /** What all events or relations are, where no column says it. */
  readonly word: string
  /** Share of the rows that may be bad, in hundredths. */
  readonly badShare: number
}

export const kinds = Object.keys(fields) as Kind[]

export function fieldsOf(kind: Kind): { readonly name: Field; readonly needed: boolean }[] {
  const [needed, others] = fields[kind]
  return [
    ...needed.map((name) => ({ name, needed: true })),
    ...others.map((name) => ({ name, needed: false })),
  ]
}

/** The guess of the service, to be changed. */
export function begin({ kind, mapping, columns }: ImportPreview): Draft {
  const taken = new Set(Object.values(mapping.columns))
  return {
    kind,
    columns: mapping.columns,
    attributes: new Map(
      columns.filter(({ name }) => !taken.has(name)).map(({ name, type }) => [name, type] as const),
    ),
    word: '',
    badShare: 0,
  }
}

export function hasAttributes(kind: Kind): boolean {
  return kind === 'users' || kind === 'items'
}

export function missingFields({ kind, columns }: Draft): Field[] {
  return fieldsOf(kind)
    .filter(({ name, needed }) => needed && columns[name] === undefined)
    .map(({ name }) => name)
}

export function mappingOf({ kind, columns, attributes, word }: Draft): ImportMapping {
  const taken = new Set(Object.values(columns))
  const own = [...attributes].filter(([name]) => !taken.has(name))
  return {
    columns: Object.fromEntries(Object.entries(columns)),
    ...(hasAttributes(kind) ? { attributes: own.map(([name]) => name), types: Object.fromEntries(own) } : {}),
    ...(word !== '' && kind === 'events' && columns.type === undefined ? { type: word } : {}),
    ...(word !== '' && kind === 'relations' && columns.kind === undefined ? { kind: word } : {}),
  }
}
