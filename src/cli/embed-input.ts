/** From the files named on the command line to what an embedding method needs: a graph, sequences, attributes. */
import type { Command } from 'commander'
import { alignAttributes, type FieldSpec } from '../data/attributes.ts'
import { resolveColumns, type Role } from '../data/columns.ts'
import { type NetworkFormat, networkFormatOf } from '../data/network/formats.ts'
import { describeParquet, withParquet } from '../data/parquet.ts'
import { readAttributes } from '../data/read-attributes.ts'
import { type Format, formats, peek, readBytes, resolveSources } from '../data/source.ts'
import { fail, HomophilyError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { readSequences, type Sequences } from '../graph/sequences.ts'
import { transitionGraph } from '../graph/transitions.ts'
import type { EmbedderDefinition, EmbedderInputs } from '../models/embed/family/definition.ts'
import type { Context } from './context.ts'
import { choiceFlag, decimalNumber, given, words } from './flags.ts'
import { type GraphFlags, graphFlags, readGraph, refuseFlags, transitionOptions } from './graph-source.ts'
import { loadWarnings, type ReaderFlags } from './load.ts'
import { counted, duration, nameSources } from './text.ts'

export interface InputFlags extends GraphFlags, Pick<ReaderFlags, 'eventColumn' | 'events' | 'maxBadRows'> {
  readonly attributes?: string
  readonly fields?: string[]
}

const eventRoles: readonly Role[] = ['user', 'item', 'event']

/** For a method on a graph the flags of graphs, for one on sequences those of events; and attributes where it uses them. */
export function inputFlags(command: Command, needs: readonly (keyof EmbedderInputs)[]): Command {
  if (needs.includes('graph')) graphFlags(command).optionsGroup('From behaviour:')
  else sequenceFlags(command)
  command
    .option('--event-column <name>', 'the column of what was done')
    .option('--events <list>', 'read only these events', words)
    .option('--max-bad-rows <share>', 'share of malformed rows to accept (default: 0.01)', decimalNumber)
  if (!needs.includes('attributes')) return command
  return command
    .optionsGroup('Side information:')
    .option('--attributes <file>', 'attributes of the nodes')
    .option('--fields <list>', 'their columns to use, such as category,tags:tags,price:number', words)
}

function sequenceFlags(command: Command): void {
  command.optionsGroup('Reading:')
  for (const role of ['user', 'item', 'time'] as const)
    command.option(`--${role}-column <name>`, `the ${role} column, where it has another name`)
  command
    .addOption(choiceFlag('--format <format>', 'format of the input (default: by file name)', formats))
    .option('--delimiter <character>', 'of CSV files (default: found out)')
    .option('--no-header', 'the first line is data; columns are numbers from 1')
}

/** The input of `definition`, and what to tell about it. */
export async function readInput(
  context: Context,
  definition: Pick<EmbedderDefinition, 'name' | 'needs'>,
  sources: readonly string[],
  flags: InputFlags,
): Promise<{ readonly input: Partial<EmbedderInputs>; readonly description: string }> {
  const needs = new Set<keyof EmbedderInputs>(definition.needs)
  checkFlags(definition.name, needs, flags)
  const behaviour = needs.has('sequences') || (flags.transitions ?? (await areEvents(sources, flags)))
  const { graph, sequences, description } = behaviour
    ? await events(context, sources, flags, needs.has('graph'))
    : await edges(context, sources, flags)
  const nodes = graph?.nodes ?? sequences!.items
  const attributes = needs.has('attributes') ? await readSide(context, flags, nodes) : undefined
  return { input: given({ graph, sequences, attributes }), description }
}

function checkFlags(
  method: string,
  needs: ReadonlySet<keyof EmbedderInputs>,
  { attributes, fields }: InputFlags,
): void {
  const side = needs.has('attributes')
  if (!side || (attributes !== undefined && fields)) return
  const named = [attributes !== undefined && '--attributes', fields && '--fields'].filter(Boolean)
  throw fail('ARGUMENT', {
    what: method,
    expected: '--attributes <file> and --fields <list>, its side information',
    got: named.join(' and ') || 'neither',
  })
}

async function edges(
  context: Context,
  sources: readonly string[],
  flags: InputFlags,
): Promise<{ graph: Graph; sequences?: undefined; description: string }> {
  refuseFlags(flags, ['eventColumn', 'events'], 'events (--transitions)', 'edges')
  const { graph } = await readGraph(context, sources, flags)
  return { graph, description: describeGraph(graph) }
}

function describeGraph({ nodes, adjacency, directed }: Graph): string {
  const both = directed ? adjacency.nnz : (adjacency.nnz + selfLoops(adjacency)) / 2
  return `${counted(nodes.size, 'node')}, ${counted(both, `${directed ? 'directed' : 'undirected'} edge`)}`
}

function selfLoops(adjacency: Graph['adjacency']): number {
  let loops = 0
  for (let v = 0; v < adjacency.rows; v++) if (adjacency.has(v, v)) loops++
  return loops
}

async function events(
  context: Context,
  sources: readonly string[],
  flags: InputFlags,
  asGraph: boolean,
): Promise<{ graph?: Graph; sequences: Sequences; description: string }> {
  const ofEdges = ['sourceColumn', 'targetColumn', 'typeColumn', 'weightColumn', 'parallel'] as const
  refuseFlags(flags, [...ofEdges, 'directed', 'undirected'], 'edges', 'events')
  const started = performance.now()
  const columns = given({
    user: flags.userColumn,
    item: flags.itemColumn,
    time: flags.timeColumn,
    event: flags.eventColumn,
  })
  const { format, header, delimiter, maxBadRows, events: only } = flags
  if (format !== undefined && !formats.includes(format as Format))
    throw fail('ARGUMENT', { what: '--format', expected: formats.join(', '), got: format })
  const { sequences, report } = await context.untilInterrupted(() =>
    readSequences(sources, {
      columns,
      implicit: true,
      ...given({ format: format as Format | undefined, header, delimiter, maxBadRows, events: only }),
    }),
  )
  context.warnings.push(...loadWarnings(report))
  const { users, items, sentences } = sequences
  const seen = `${counted(sentences.tokens.length, 'event')} of ${counted(users.size, 'user')} with ${counted(items.size, 'item')}`
  context.notice(
    `read ${seen} from ${nameSources(sources)} in ${duration((performance.now() - started) / 1000)}`,
  )
  if (!sequences.times) context.warnings.push('The events have no times: the order of the files was taken.')
  if (!asGraph) return { sequences, description: seen }
  const graph = transitionGraph(sequences, transitionOptions(flags))
  return { graph, sequences, description: `${seen}; ${describeGraph(graph)}` }
}

/** Whether the files hold events: by the flags, then by the columns, where a user and an item can only be events. */
async function areEvents(sources: readonly string[], flags: InputFlags): Promise<boolean> {
  if (eventRoles.some((role) => flags[`${role}Column` as keyof InputFlags] !== undefined)) return true
  if (flags.sourceColumn !== undefined || flags.targetColumn !== undefined || flags.header === false)
    return false
  const [first] = resolveSources(sources, 'csv')
  if (first.file === '-') return false
  const names = await columnsOf(first.file, flags.format ?? networkFormatOf(first.file), flags.delimiter)
  try {
    resolveColumns(first.file, names, {}, new Set(['user', 'item']))
    return true
  } catch (error) {
    if (error instanceof HomophilyError && error.code === 'MISSING_COLUMN') return false
    throw error
  }
}

/** The names of a file's columns, as far as its beginning tells; none for formats without. */
async function columnsOf(
  file: string,
  format: NetworkFormat,
  delimiter?: string,
): Promise<readonly string[]> {
  if (format === 'parquet') {
    let names: readonly string[] = []
    await withParquet(file, async (connection, from) => {
      names = (await describeParquet(connection, from)).names
    })
    return names
  }
  if (format !== 'csv' && format !== 'tsv' && format !== 'jsonl') return []
  const [head, rest] = await peek(readBytes(file), 1 << 16)
  await rest.return(undefined)
  const [line] = Buffer.from(head).toString('utf8').split(/\r?\n/, 1)
  if (format === 'jsonl') {
    try {
      return Object.keys(JSON.parse(line) as object)
    } catch {
      // The reader will say what is wrong with it.
      return []
    }
  }
  return line.split(delimiter ?? /[,;\t|]/).map((name) => name.replace(/^\s*"?|"?\s*$/g, ''))
}

export interface SideFlags {
  readonly attributes?: string
  readonly fields?: string[]
  readonly itemColumn?: string
  readonly maxBadRows?: number
}

/** Side information of `nodes`, and a warning of what has none. */
export async function readSide(
  context: Context,
  flags: SideFlags,
  nodes: Graph['nodes'],
): Promise<EmbedderInputs['attributes']> {
  const { attributes, report } = await context.untilInterrupted(() =>
    readAttributes(flags.attributes!, flags.fields!.map(fieldOf), {
      of: 'item',
      maxBadRows: flags.maxBadRows ?? 0.01,
      ...given({ id: flags.itemColumn }),
    }),
  )
  if (report.bad > 0)
    context.warnings.push(`${flags.attributes}: ${counted(report.bad, 'row')} malformed and left out.`)
  const missing = nodes.ids().filter((id) => attributes.ids.row(id) < 0).length
  if (missing > 0)
    context.warnings.push(`${counted(missing, 'node')} of ${counted(nodes.size, 'node')} without attributes.`)
  return alignAttributes(attributes, nodes)
}

/** `price:number` */
function fieldOf(text: string): FieldSpec {
  const [, name = text, kind = 'category'] = /^(.*):(category|tags|number)$/.exec(text) ?? []
  return { name, kind: kind as FieldSpec['kind'] }
}
