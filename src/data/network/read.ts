/** Reading graphs from files. */
import { fail } from '../../errors.ts'
import type { Edges } from '../edges.ts'
import { readTable } from '../read-table.ts'
import { display, readBytes, resolveSources } from '../source.ts'
import { EdgeCollector } from './collector.ts'
import { type EdgeColumns, edgesFromTable } from './edge-table.ts'
import { type NetworkFormat, networkFormatOf } from './formats.ts'
import { Gexf } from './gexf.ts'
import { GraphMl } from './graphml.ts'
import { Markup } from './markup.ts'
import { readAdjacencyList, readSpacedTable } from './spaced.ts'
import { scanXml } from './xml.ts'

export interface NetworkOptions {
  /** The format of all files; told by each file's name when absent. Needed for standard input. */
  readonly format?: NetworkFormat
  /** Whether the first line names the columns. Default: true for CSV and TSV, false for words separated by spaces. */
  readonly header?: boolean
  /** The delimiter of CSV files. Default: found out. */
  readonly delimiter?: string
  /** Names of columns (or, without a header, numbers from 1) where they differ from the usual ones. */
  readonly columns?: EdgeColumns
}

export interface NetworkReport {
  readonly files: readonly string[]
  readonly format: NetworkFormat
  /** Columns and attributes that were not read. */
  readonly ignored: readonly string[]
}

/**
 * Reads edges from CSV, TSV, JSON Lines, Parquet, words separated by spaces, adjacency lists, GraphML or GEXF; text also from .gz and
 * .zst. Node ids are strings of any content. Strict: the first bad row is an error with its file and line, and so is a weight that is
 * negative or no number.
 *
 * @param source paths or globs of one format; `-` is standard input and needs `format`
 */
export async function readNetwork(
  source: string | readonly string[],
  options: NetworkOptions = {},
): Promise<{ readonly edges: Edges; readonly report: NetworkReport }> {
  // Which files there are; their formats are another matter than those of events.
  const files = resolveSources(source, 'csv').map(({ file }) => file)
  const formats = new Set(files.map((file) => options.format ?? networkFormatOf(file)))
  const [format] = formats
  if (formats.size > 1) {
    throw fail('ARGUMENT', {
      what: 'files of a graph',
      expected: 'one format',
      got: [...formats].join(' and '),
    })
  }
  const { edges, ignored } = await read(files, format, options)
  return { edges, report: { files: files.map(display), format, ignored } }
}

async function read(
  files: readonly string[],
  format: NetworkFormat,
  { header, delimiter, columns = {} }: NetworkOptions,
): Promise<{ readonly edges: Edges; readonly ignored: readonly string[] }> {
  if (format === 'edges') {
    return edgesFromTable(await readSpacedTable(files, header ?? false), header ?? false, columns)
  }
  if (format !== 'adjacency' && format !== 'graphml' && format !== 'gexf') {
    const { table } = await readTable(files, {
      format,
      header: header ?? true,
      ...(delimiter === undefined ? {} : { delimiter }),
    })
    return edgesFromTable(table, header ?? true, columns)
  }
  if (files.length > 1) {
    throw fail('ARGUMENT', { what: `files in ${format}`, expected: 'one', got: String(files.length) })
  }
  const collector = new EdgeCollector()
  if (format === 'adjacency') {
    await readAdjacencyList(files[0], collector)
    return { edges: collector.finish(null), ignored: [] }
  }
  const markup = new Markup(display(files[0]), collector)
  const sink = format === 'graphml' ? new GraphMl(markup) : new Gexf(markup)
  await scanXml(display(files[0]), readBytes(files[0]), sink)
  const edges = collector.finish(sink.end())
  markup.check((row) => edges.nodes.id(row))
  return { edges, ignored: [...markup.ignored] }
}
