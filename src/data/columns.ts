/** Which column is the user, the item, the weight, the time and the event: by name, or as told. */
import { fail } from '../errors.ts'

export type Role = 'user' | 'item' | 'weight' | 'time' | 'event'
export const roles: readonly Role[] = ['user', 'item', 'weight', 'time', 'event']

/** Names that are recognised, in order of preference; case, and `_`, `-` and spaces, do not matter. */
const known: Readonly<Record<Role, readonly string[]>> = {
  user: [
    'user',
    'user_id',
    'uid',
    'username',
    'customer',
    'customer_id',
    'visitor',
    'visitor_id',
    'member',
    'member_id',
  ],
  item: [
    'item',
    'item_id',
    'iid',
    'product',
    'product_id',
    'movie',
    'movie_id',
    'song_id',
    'artist_id',
    'article_id',
    'sku',
    'asin',
  ],
  weight: ['rating', 'weight', 'count', 'plays', 'play_count', 'score', 'quantity'],
  time: ['timestamp', 'time', 'date', 'ts', 'datetime', 'event_time', 'created_at', 'unix_time'],
  event: ['event', 'event_type', 'action', 'behavior', 'behavior_type'],
}

/** The names that the column of a role may have, in order of preference. */
export function columnNames(role: Role): readonly string[] {
  return known[role]
}

/** Position of each role's column; −1 where there is none (never for user and item). */
export type ColumnPositions = Readonly<Record<Role, number>>

export function resolveColumns(
  file: string,
  names: readonly string[],
  given: Readonly<Partial<Record<Role, string>>>,
  required: ReadonlySet<Role>,
): ColumnPositions {
  const plain = names.map(simplify)
  const found = { user: -1, item: -1, weight: -1, time: -1, event: -1 }
  const missing = (role: Role, candidates: readonly string[]): Error =>
    fail('MISSING_COLUMN', {
      file,
      column: role,
      candidates,
      columns: names,
      flag: `--${role}-column <name>`,
    })
  for (const role of roles) {
    const name = given[role]
    if (name === undefined) continue
    found[role] = names.indexOf(name)
    if (found[role] < 0) found[role] = plain.indexOf(simplify(name))
    if (found[role] < 0) throw missing(role, [name])
  }
  for (const role of roles) {
    if (found[role] >= 0) continue
    const taken = new Set(Object.values(found))
    for (const candidate of known[role]) {
      const at = plain.findIndex((name, i) => name === simplify(candidate) && !taken.has(i))
      if (at >= 0) {
        found[role] = at
        break
      }
    }
    if (found[role] < 0 && required.has(role)) throw missing(role, known[role])
  }
  return found
}

export function simplify(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
}

/** Columns of a file without a header: user, item, and optionally weight, time; or as given, by number from 1. */
export function positionalColumns(
  file: string,
  width: number,
  given: Readonly<Partial<Record<Role, string>>>,
  required: ReadonlySet<Role>,
): ColumnPositions {
  const names = Array.from({ length: width }, (_, i) => String(i + 1))
  const explicit = Object.keys(given).length > 0
  const usual: Partial<Record<Role, string>> = { user: '1', item: '2' }
  if (!explicit && width > 2) usual.weight = '3'
  if (!explicit && width > 3) usual.time = '4'
  const wanted = { ...usual, ...given }
  const found = { user: -1, item: -1, weight: -1, time: -1, event: -1 }
  for (const role of roles) {
    const name = wanted[role]
    found[role] = name === undefined ? -1 : names.indexOf(name)
    if (found[role] < 0 && (name !== undefined || required.has(role))) {
      throw fail('MISSING_COLUMN', {
        file,
        column: role,
        candidates: [name === undefined ? 'a column number' : `column number ${name}`],
        columns: names,
        flag: `--${role}-column <number>`,
      })
    }
  }
  return found
}
