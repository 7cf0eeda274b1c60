/**
 * Files of events, users, items or relations into the store. A file is read twice: every row is checked before the first is stored, so that
 * a file with more bad rows than are allowed stores nothing. Then rows are stored some thousands at a time. What is cut off in between is made whole by
 * importing the same file again: nothing is stored twice, since an event without an id gets one from the file's contents, the mapping and
 * its line.
 */
import { createHash } from 'node:crypto'
import { type Row, type RowFormat, scanRows } from '../../data/rows.ts'
import { fail } from '../../errors.ts'
import type { Progress } from '../../train/run.ts'
import { fingerprintFile } from '../safetensors.ts'
import type { Store } from '../store/store.ts'
import type { EntityKind } from '../store/tables.ts'
import { completeMapping, type FileKind, type Mapping, type MappingInput } from './mapping.ts'
import { BadCell, type Parsed, rowParser } from './parse.ts'
import { ColumnTypes } from './types.ts'

export interface ImportSource {
  readonly path: string
  /** How the file is called in messages. */
  readonly name: string
  readonly format: RowFormat
  /** Of CSV; found out when absent. */
  readonly delimiter?: string | undefined
}

export interface ImportOptions<K extends FileKind = FileKind> {
  readonly source: ImportSource
  readonly kind: K
  readonly mapping?: MappingInput
  /** Share of the rows that may be bad; they are left out and told. Default 0. */
  readonly maxBadRows?: number
  /** Checks only. */
  readonly dryRun?: boolean
  readonly now: () => number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

export interface LineProblem {
  readonly line: number
  readonly detail: string
}

export interface ImportReport {
  readonly kind: FileKind
  readonly format: RowFormat
  readonly mapping: Mapping
  /** rows = stored + duplicates + rejected, where everything was stored. */
  readonly rows: number
  /** Events that were not there before; users, items and relations made or replaced. */
  readonly stored: number
  /** Events whose id was there already. */
  readonly duplicates: number
  readonly rejected: number
  /** What is wrong with the first of them. */
  readonly problems: readonly LineProblem[]
  readonly dryRun: boolean
  /** Whether there were more bad rows than allowed, and so nothing was stored. */
  readonly refused: boolean
}

/** Problems that are told one by one. */
const TOLD = 100
/** Rows that are stored together. */
const CHUNK = 1000

/** Imports a file, or tells why not in its report. @throws what the file as a whole is wrong by: its columns, its format, no rows. */
export async function importFile<K extends FileKind>(
  store: Store,
  options: ImportOptions<K>,
): Promise<ImportReport> {
  const { source, kind, maxBadRows = 0, dryRun = false } = options
  const types = new ColumnTypes()
  const columns = await scanRows(sourceOf(source), { ...nothing, row: (row) => types.add(row) })
  const mapping = completeMapping(source.name, kind, options.mapping ?? {}, columns)
  // What a file with types says is so; text has to be looked at.
  const typed = source.format === 'jsonl' || source.format === 'parquet'
  const parse = rowParser(
    kind,
    mapping,
    (column) => mapping.types?.[column] ?? (typed ? 'given' : types.typeOf(column)),
  )

  const problems: LineProblem[] = []
  let rejected = 0
  const rows = await eachRow(options, 'check', parse, {
    ...nothing,
    bad(line, detail) {
      rejected++
      if (problems.length < TOLD) problems.push({ line, detail })
    },
  })
  if (rows === 0) {
    throw fail('EMPTY', {
      what: `${source.name}: no rows`,
      todo: 'Give a file with column names and at least one row.',
    })
  }
  const refused = rejected > rows * maxBadRows
  const report = { kind, format: source.format, mapping, rows, rejected, problems, dryRun, refused }
  if (refused || dryRun) return { ...report, stored: 0, duplicates: 0 }

  const put = await sinks[kind](store, options, mapping)
  let chunk: Numbered<Parsed[K]>[] = []
  let stored = 0
  const flush = async (least: number): Promise<void> => {
    while (chunk.length > least) {
      stored += await put(chunk.slice(0, CHUNK))
      chunk = chunk.slice(CHUNK)
      // Whoever asks meanwhile is answered between two chunks.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await eachRow(options, 'store', parse, {
    ...nothing,
    row: (value, line) => void chunk.push({ value, line }),
    pause: () => flush(CHUNK - 1),
  })
  await flush(0)
  return { ...report, stored, duplicates: rows - rejected - stored }
}

interface Numbered<T> {
  readonly value: T
  readonly line: number
}

interface ParsedVisitor<T> {
  row(value: T, line: number): void
  bad(line: number, detail: string): void
  pause(): Promise<void>
}
const nothing = { row: () => {}, bad: () => {}, pause: async () => {} }

/** Visits every row, parsed; those that cannot be are bad. Answers how many rows there are. */
async function eachRow<T>(
  { source, signal, onProgress }: ImportOptions,
  phase: string,
  parse: (row: Row) => T,
  visitor: ParsedVisitor<T>,
): Promise<number> {
  let rows = 0
  await scanRows(sourceOf(source), {
    row(row, line) {
      rows++
      let value: T
      try {
        value = parse(row)
      } catch (error) {
        if (!(error instanceof BadCell)) throw error
        return visitor.bad(line, error.message)
      }
      visitor.row(value, line)
    },
    bad(line, detail) {
      rows++
      visitor.bad(line, detail)
    },
    async pause() {
      if (signal?.aborted) throw fail('CANCELLED', { what: 'the import' })
      onProgress?.({ phase, done: rows, of: rows, unit: 'rows' })
      await new Promise((resolve) => setImmediate(resolve))
      await visitor.pause()
    },
  })
  return rows
}

export function sourceOf({ path, format, delimiter }: ImportSource) {
  return { file: path, format, delimiter }
}

/** Stores rows, and answers how many were not there before. */
type Sink<T> = (
  store: Store,
  options: ImportOptions,
  mapping: Mapping,
) => Promise<(chunk: readonly Numbered<T>[]) => Promise<number>>

const entitySink =
  (kind: EntityKind): Sink<Parsed['users']> =>
  async (store) =>
  async (chunk) => {
    await store.entities.put(
      kind,
      lastOf(chunk, ({ id }) => id),
    )
    return chunk.length
  }

const sinks: { readonly [K in FileKind]: Sink<Parsed[K]> } = {
  async events(store, { source, now }, mapping) {
    const { sha256 } = await fingerprintFile(source.path)
    const prefix = createHash('sha256')
      .update(JSON.stringify([sha256, mapping]))
      .digest('hex')
      .slice(0, 32)
    return async (chunk) => {
      const events = chunk.map(({ value, line }) => ({
        ...value,
        id: value.id ?? `file-${prefix}-${line}`,
        time: value.time ?? now(),
      }))
      return (await store.events.append(events)).stored
    }
  },
  users: entitySink('user'),
  items: entitySink('item'),
  relations: async (store) => async (chunk) => {
    await store.relations.put(
      lastOf(chunk, ({ kind, source, target }) => JSON.stringify([kind, source, target])),
    )
    return chunk.length
  },
}

/** Of rows with the same key the last: one statement cannot replace a row twice. */
function lastOf<T>(chunk: readonly Numbered<T>[], keyOf: (value: T) => string): T[] {
  return [...new Map(chunk.map(({ value }) => [keyOf(value), value])).values()]
}
