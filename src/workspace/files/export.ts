/** What is stored, as files: CSV and JSON Lines piece by piece, Parquet through a file of JSON Lines that DuckDB reads. */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { identifier } from '../../data/parquet.ts'
import { escapeGlob, sqlText, withDuckDB } from '../duckdb.ts'
import type { Store } from '../store/store.ts'
import type { FileKind } from './mapping.ts'

export const exportFormats = ['csv', 'jsonl', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]

type Cell = string | number | boolean | null | readonly (string | number | boolean)[]
type Record = { readonly [column: string]: Cell }
type ColumnType = 'DOUBLE' | 'BOOLEAN' | 'VARCHAR' | 'VARCHAR[]' | 'TIMESTAMP'

/** Columns in order, and records page by page. What is put or erased while they are read may be in them or not. */
interface Records {
  readonly columns: ReadonlyMap<string, ColumnType>
  pages(): AsyncGenerator<readonly Record[], void, void>
}

const PAGE = 5000

/** The file's text. */
export async function* exportText(
  store: Store,
  kind: FileKind,
  format: Exclude<ExportFormat, 'parquet'>,
): AsyncGenerator<string, void, void> {
  const records = await recordsOf(store, kind)
  if (format === 'jsonl') return yield* jsonLines(records)
  const names = [...records.columns.keys()]
  yield `${names.map(field).join(',')}\n`
  for await (const page of records.pages()) {
    yield page.map((record) => `${names.map((name) => field(own(record, name))).join(',')}\n`).join('')
  }
}

/** Writes the file to `path`, by a second one beside it. */
export async function exportFile(
  store: Store,
  kind: FileKind,
  format: ExportFormat,
  path: string,
): Promise<void> {
  if (format !== 'parquet')
    return pipeline(Readable.from(exportText(store, kind, format)), createWriteStream(path))
  const records = await recordsOf(store, kind)
  const lines = `${path}.jsonl`
  try {
    await pipeline(Readable.from(jsonLines(records)), createWriteStream(lines))
    await withDuckDB(async (connection) => {
      const types = [...records.columns].map(([name, type]) => `${sqlText(name)}: ${sqlText(type)}`)
      const names = [...records.columns.keys()].map(identifier).join(', ')
      const from = `read_json(${sqlText(escapeGlob(lines))}, format = 'newline_delimited', columns = {${types.join(', ')}})`
      const options = 'FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false'
      await connection.run(`COPY (SELECT ${names} FROM ${from}) TO ${sqlText(path)} (${options})`)
    })
  } finally {
    await rm(lines, { force: true })
  }
}

async function* jsonLines({ pages }: Records): AsyncGenerator<string, void, void> {
  for await (const page of pages()) yield page.map((record) => `${JSON.stringify(record)}\n`).join('')
}

async function recordsOf(store: Store, kind: FileKind): Promise<Records> {
  if (kind === 'events') return eventRecords(store)
  if (kind === 'relations') return relationRecords(store)
  return entityRecords(store, kind === 'users' ? 'user' : 'item')
}

function eventRecords(store: Store): Records {
  const text = (name: string) => [name, 'VARCHAR'] as const
  return {
    columns: new Map<string, ColumnType>([
      ...['id', 'user', 'item', 'type'].map(text),
      ['weight', 'DOUBLE'],
      ['time', 'TIMESTAMP'],
      text('recommendation'),
    ]),
    async *pages() {
      for await (const page of store.events.upTo(await store.events.last(), PAGE)) {
        yield page.map(({ id, user, item, type, weight, time, recommendation }) => {
          return { id, user, item, type, weight, time: new Date(time).toISOString(), recommendation }
        })
      }
    },
  }
}

function relationRecords(store: Store): Records {
  return {
    columns: new Map<string, ColumnType>([
      ['source', 'VARCHAR'],
      ['target', 'VARCHAR'],
      ['kind', 'VARCHAR'],
      ['weight', 'DOUBLE'],
    ]),
    async *pages() {
      for await (const page of store.relations.all(PAGE)) {
        yield page.map(({ source, target, kind, weight }) => ({ source, target, kind, weight }))
      }
    },
  }
}

/** Attributes are columns beside `id`; one that is called so itself is `id.1`. Which there are takes a reading of its own. */
async function entityRecords(store: Store, kind: 'user' | 'item'): Promise<Records> {
  const columns = new Map<string, ColumnType>([['id', 'VARCHAR']])
  const nameOf = (name: string): string => (name === 'id' ? 'id.1' : name)
  for await (const page of store.entities.all(kind, PAGE)) {
    for (const { attributes } of page) {
      for (const [name, value] of Object.entries(attributes)) {
        const type = typeOf(value as Cell)
        const before = columns.get(nameOf(name))
        // Text holds everything.
        columns.set(nameOf(name), before === undefined || before === type ? type : 'VARCHAR')
      }
    }
  }
  return {
    columns,
    async *pages() {
      for await (const page of store.entities.all(kind, PAGE)) {
        yield page.map(({ id, attributes }) => {
          const cells = Object.entries(attributes).map(
            ([name, value]) => [nameOf(name), value as Cell] as const,
          )
          return { id, ...Object.fromEntries(cells) }
        })
      }
    },
  }
}

function typeOf(value: Cell): ColumnType {
  if (typeof value === 'number') return 'DOUBLE'
  if (typeof value === 'boolean') return 'BOOLEAN'
  return Array.isArray(value) ? 'VARCHAR[]' : 'VARCHAR'
}

function own(record: Record, name: string): Cell {
  return Object.hasOwn(record, name) ? record[name] : null
}

/** A field of CSV (RFC 4180); members of a list stand between |. */
function field(value: Cell): string {
  if (value === null) return ''
  const text = Array.isArray(value) ? value.join('|') : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
