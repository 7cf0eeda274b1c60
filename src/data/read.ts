/** Reading interactions from files. */
import { fail } from '../errors.ts'
import type { Events } from './events.ts'
import { type Interactions, interactionsFromEvents, range } from './interactions.ts'
import { Loading } from './loading.ts'
import type { ReadOptions } from './options.ts'
import { duplicatePolicies } from './pairs.ts'
import { readCsv } from './read-csv.ts'
import { readJsonLines } from './read-jsonl.ts'
import { readLightGcn } from './read-lightgcn.ts'
import { readParquet } from './read-parquet.ts'
import { describeBadRow, type LoadReport } from './report.ts'
import { display, resolveSources, type Format, type Source } from './source.ts'

const readers: Readonly<Record<Format, (source: Source, loading: Loading) => Promise<void>>> = {
  csv: readCsv,
  tsv: readCsv,
  jsonl: readJsonLines,
  lightgcn: readLightGcn,
  parquet: readParquet,
}

/**
 * Reads interactions from CSV, TSV, JSON Lines, Parquet or LightGCN text. Users and items are numbered in the order in which they
 * first appear in the input (files of a glob sorted by name), so the same files give the same rows on every run.
 *
 * All or nothing: an unreadable file, a missing column, or more bad rows than `maxBadRows` allows is an error; otherwise the
 * report accounts for every row.
 *
 * @param source paths or globs; `-` is standard input and needs `format`
 */
export async function readInteractions(
  source: string | readonly string[],
  options: ReadOptions = {},
): Promise<{ interactions: Interactions; report: LoadReport }> {
  const { events, report } = await readEvents(source, options)
  const { interactions, duplicates } = interactionsFromEvents(events, options.duplicates)
  const { matrix, times } = interactions
  return {
    interactions,
    report: { ...report, kept: matrix.nnz, duplicates, timeRange: times && range(times) },
  }
}

/** Reads what {@link readInteractions} reads, with repetitions and in input order. The report has no duplicates. */
export async function readEvents(
  source: string | readonly string[],
  options: ReadOptions = {},
): Promise<{ events: Events; report: LoadReport }> {
  check(options)
  const sources = resolveSources(source, options.format)
  const loading = new Loading(options)
  for (const each of sources) await readers[each.format](each, loading)
  const { tally, collector } = loading
  const files = sources.map(({ file }) => display(file))
  tally.check(options.maxBadRows ?? 0.01)
  if (tally.rows === 0) {
    throw fail('EMPTY', {
      what: `${files.join(', ')} ${files.length === 1 ? 'has' : 'have'} no rows`,
      todo: 'Give a file with a header and at least one row, such as:\nuser,item,rating,timestamp',
    })
  }
  if (collector.size === 0 && !options.vocabularies) throw nothingLeft(files, loading)
  const { unknown, unknownUser, unknownItem } = collector
  const events = collector.events()
  return {
    events,
    report: {
      files,
      rows: tally.rows,
      kept: events.userRows.length,
      duplicates: 0,
      bad: tally.bad,
      badRows: tally.badRows,
      unknown,
      unknownUser,
      unknownItem,
      filtered: tally.filtered,
      events: loading.events(),
      columns: loading.columns!,
      timeRange: events.times && range(events.times),
    },
  }
}

function check({ duplicates, maxBadRows, minWeight }: ReadOptions): void {
  if (duplicates !== undefined && !duplicatePolicies.includes(duplicates)) {
    throw fail('UNKNOWN_NAME', {
      kind: 'duplicate policy',
      name: duplicates,
      known: duplicatePolicies,
    })
  }
  if (maxBadRows !== undefined && !(maxBadRows >= 0 && maxBadRows <= 1)) {
    throw fail('ARGUMENT', { what: 'maxBadRows', expected: 'a share from 0 to 1', got: String(maxBadRows) })
  }
  if (minWeight !== undefined && !Number.isFinite(minWeight)) {
    throw fail('ARGUMENT', { what: 'minWeight', expected: 'a number', got: String(minWeight) })
  }
}

function nothingLeft(files: readonly string[], loading: Loading): Error {
  const { options, tally } = loading
  const events = loading.events()
  const filters = [
    options.events && `events ${options.events.join(', ')}`,
    options.minWeight !== undefined && `minimum weight ${options.minWeight}`,
  ].filter(Boolean)
  return fail('EMPTY', {
    what: `None of the ${tally.rows} rows of ${files.join(', ')} is left`,
    todo:
      filters.length > 0
        ? `The filter asks for ${filters.join(' and ')}${events ? `; the events are ${Object.keys(events).slice(0, 20).join(', ')}` : ''}.`
        : `All of them are bad; the first is ${describeBadRow(tally.badRows[0])}.`,
  })
}
