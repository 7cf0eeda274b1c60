/** What a file of rows can hold, and which of its columns means what: by name, or as told. */
import * as z from 'zod'
import { columnNames, simplify } from '../../data/columns.ts'
import { fail } from '../../errors.ts'

export const fileKinds = ['events', 'users', 'items', 'relations'] as const
export type FileKind = (typeof fileKinds)[number]

interface Field {
  readonly name: string
  readonly needed: boolean
  /** Names that are recognised, in order of preference. */
  readonly names: readonly string[]
}

const field = (name: string, names: readonly string[], needed = false): Field => ({ name, names, needed })

export const fieldsOf: Readonly<Record<FileKind, readonly Field[]>> = {
  events: [
    field('user', columnNames('user'), true),
    field('item', columnNames('item'), true),
    field('id', ['id', 'event_id', 'uuid']),
    field('type', ['type', ...columnNames('event')]),
    field('weight', ['weight', ...columnNames('weight')]),
    field('time', columnNames('time')),
    field('recommendation', ['recommendation', 'recommendation_id']),
  ],
  users: [field('id', ['id', ...columnNames('user')], true)],
  items: [field('id', ['id', ...columnNames('item')], true)],
  relations: [
    field('source', ['source', 'from', 'src', 'follower', ...columnNames('user')], true),
    field('target', ['target', 'to', 'dst', 'friend', 'friend_id', 'followee', 'trusted'], true),
    field('kind', ['kind', 'relation', 'type']),
    field('weight', ['weight', 'strength', 'trust']),
  ],
}

export const attributeTypes = ['text', 'number', 'boolean', 'list'] as const
export type AttributeType = (typeof attributeTypes)[number]

const column = z.string().min(1).max(1000)
const word = z.string().min(1).max(500)
export const mapping = z
  .strictObject({
    columns: z.record(z.string().max(100), column).default({}).describe('Which column a field is in.'),
    attributes: z
      .array(column)
      .max(1000)
      .optional()
      .describe('Columns of users or items that are kept as attributes. Default: all that are no field.'),
    types: z
      .record(column, z.enum(attributeTypes))
      .optional()
      .describe('What attributes are, where it should not be found out. Members of a list stand between |.'),
    type: word.optional().describe('What the events are, where no column says it. Default: interaction.'),
    kind: word.optional().describe('What the relations are, where no column says it. Default: knows.'),
  })
  .meta({ id: 'Mapping' })
/** As it comes: what is left out is guessed or has a default. */
export type MappingInput = z.input<typeof mapping>
export type Mapping = z.output<typeof mapping>

/** Which columns are likely to be the fields of a kind, each column once. */
export function guessColumns(kind: FileKind, columns: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { name, names } of fieldsOf[kind]) {
    const taken = new Set(Object.values(found))
    const free = columns.filter((candidate) => !taken.has(candidate))
    const match = names
      .map((known) => free.find((candidate) => simplify(candidate) === simplify(known)))
      .find((candidate) => candidate !== undefined)
    if (match !== undefined) found[name] = match
  }
  return found
}

/** The kind that most of the columns speak for. */
export function guessKind(columns: readonly string[]): FileKind {
  const whole = (kind: FileKind): boolean => missingFields(kind, guessColumns(kind, columns)).length === 0
  if (whole('events')) return 'events'
  if (whole('relations')) return 'relations'
  return 'id' in guessColumns('users', columns) && !('id' in guessColumns('items', columns))
    ? 'users'
    : 'items'
}

export function missingFields(kind: FileKind, columns: Readonly<Record<string, string>>): string[] {
  return fieldsOf[kind]
    .filter(({ name, needed }) => needed && !Object.hasOwn(columns, name))
    .map(({ name }) => name)
}

/**
 * The mapping with what was left out guessed.
 *
 * @throws ARGUMENT for a field or column that is not there; MISSING_COLUMN without one that is needed.
 */
export function completeMapping(
  file: string,
  kind: FileKind,
  input: MappingInput,
  columns: readonly string[],
): Mapping {
  const given = mapping.parse(input)
  const fields = fieldsOf[kind].map(({ name }) => name)
  for (const [name, from] of Object.entries(given.columns)) {
    if (!fields.includes(name)) throw fail('UNKNOWN_NAME', { kind: `field of ${kind}`, name, known: fields })
    requireColumn(from, columns)
  }
  for (const name of [...(given.attributes ?? []), ...Object.keys(given.types ?? {})])
    requireColumn(name, columns)
  const told = new Set(Object.values(given.columns))
  const guessed = guessColumns(
    kind,
    columns.filter((name) => !told.has(name)),
  )
  const all = { ...guessed, ...given.columns }
  const [missing] = missingFields(kind, all)
  if (missing !== undefined) {
    const candidates = fieldsOf[kind].find(({ name }) => name === missing)!.names
    throw fail('MISSING_COLUMN', {
      file,
      column: missing,
      candidates,
      columns,
      flag: `--map ${missing}=<column>`,
    })
  }
  return { ...given, columns: all }
}

function requireColumn(name: string, columns: readonly string[]): void {
  if (!columns.includes(name)) throw fail('UNKNOWN_NAME', { kind: 'column', name, known: columns })
}
