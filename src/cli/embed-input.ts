/** From the files named on the command line to what an embedding method needs: a graph, sequences, attributes. */
import type { Command } from 'commander'
import { alignAttributes, type FieldSpec } from '../data/attributes.ts'
import { resolveColumns } from '../data/columns.ts'
import { networkFormatOf } from '../data/network/formats.ts'
import { readNetwork } from '../data/network/read.ts'
import { readAttributes } from '../data/read-attributes.ts'
import { describeParquet, withParquet } from '../data/parquet.ts'
import { peek, readBytes, resolveSources } from '../data/source.ts'
import { fail, HomophilyError } from '../errors.ts'
import { graphFrom } from '../graph/build.ts'
import type { Graph } from '../graph/graph.ts'
import { readSequences, type Sequences } from '../graph/sequences.ts'
import { transitionGraph } from '../graph/transitions.ts'
import type { EmbedderDefinition, EmbedderInputs } from '../models/embed/family/definition.ts'
import type { Context } from './context.ts'
import { choiceFlag, given, positive, words } from './flags.ts'
import { loadWarnings, readOptions, type ReaderFlags, readerFlags } from './load.ts'
import { counted, duration, nameSources } from './text.ts'

export interface InputFlags extends ReaderFlags {
  readonly input?: 'edges' | 'events'
  readonly sourceColumn?: string
  readonly targetColumn?: string
  readonly directed?: boolean
  readonly sessionGap?: number
  readonly attributes?: string
  readonly fields?: string[]
}

const MINUTE = 60_000
const inputs = ['edges', 'events'] as const

export function inputFlags(command: Command): Command {
  command
    .optionsGroup('Input:')
    .addOption(choiceFlag('--input <kind>', 'what the files hold (default: told by their columns)', inputs))
    .option('--source-column <name>', 'the column of edges where they begin, where it has another name')
    .option('--target-column <name>', 'the column of edges where they end, where it has another name')
    .option('--directed', 'edges lead one way (events always do)')
    .option('--no-directed', 'edges lead both ways, whatever the file says')
    .option(
      '--session-gap <minutes>',
      'with events: after a longer pause what follows is no transition',
      positive,
    )
    .option('--attributes <file>', 'side information about the nodes, for methods that use it')
    .option(
      '--fields <list>',
      'columns of the attributes to use, such as category,tags:tags,price:number',
      words,
    )
  return readerFlags(command, false, false)
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
  const kind = needs.has('sequences') ? 'events' : (flags.input ?? (await kindOf(sources, flags)))
  checkKind(kind, flags)
  const { graph, sequences, description } =
    kind === 'edges'
      ? await edges(context, sources, flags)
      : await events(context, sources, flags, needs.has('graph'))
  const nodes = graph?.nodes ?? sequences!.items
  const attributes = needs.has('attributes') ? await readSide(context, flags, nodes) : undefined
  return { input: given({ graph, sequences, attributes }), description }
}

function checkFlags(
  method: string,
  needs: ReadonlySet<keyof EmbedderInputs>,
  { input, attributes, fields }: InputFlags,
): void {
  if (needs.has('sequences') && input === 'edges')
    throw fail('ARGUMENT', { what: `the input of ${method}`, expected: 'events', got: '--input edges' })
  if (needs.has('attributes') === (attributes !== undefined) && (attributes === undefined) === !fields) return
  throw fail('ARGUMENT', {
    what: method,
    expected: needs.has('attributes')
      ? '--attributes <file> and --fields <list>, its side information'
      : 'no --attributes and --fields: it uses no side information',
    got: attributes === undefined ? (fields ? '--fields alone' : 'neither') : fields ? 'both' : 'no --fields',
  })
}

/** Flags that only one kind of input reads. */
function checkKind(kind: 'edges' | 'events', flags: InputFlags): void {
  const others: readonly (keyof InputFlags)[] =
    kind === 'edges'
      ? ['sessionGap', 'userColumn', 'itemColumn', 'eventColumn', 'events', 'minWeight', 'maxBadRows']
      : ['directed', 'sourceColumn', 'targetColumn']
  const wrong = others.find((flag) => flags[flag] !== undefined)
  if (wrong === undefined) return
  const flag = `--${wrong.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw fail('ARGUMENT', {
    what: flag,
    expected: `${kind === 'edges' ? 'events' : 'edges'} as input`,
    got: kind,
  })
}

async function edges(
  context: Context,
  sources: readonly string[],
  flags: InputFlags,
): Promise<{ graph: Graph; sequences?: undefined; description: string }> {
  const started = performance.now()
  const columns = given({
    source: flags.sourceColumn,
    target: flags.targetColumn,
    weight: flags.weightColumn,
    time: flags.timeColumn,
  })
  const { format, header, delimiter, directed } = flags
  if (format === 'lightgcn')
    throw fail('ARGUMENT', { what: '--format', expected: 'a format of edges', got: format })
  const read = await context.untilInterrupted(() =>
    readNetwork(sources, { columns, ...given({ format, header, delimiter }) }),
  )
  const { graph, report } = graphFrom(read.edges, given({ directed }))
  const description = describeGraph(graph)
  context.notice(`read ${description} from ${nameSources(sources)} in ${since(started)}`)
  if (report.zero > 0)
    context.warnings.push(
      `${counted(report.zero, 'edge')} of weight 0 ${report.zero === 1 ? 'was' : 'were'} left out.`,
    )
  return { graph, description }
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
  const started = performance.now()
  const { sequences, report } = await context.untilInterrupted(() =>
    readSequences(sources, readOptions(flags)),
  )
  context.warnings.push(...loadWarnings(report))
  const { users, items, sentences } = sequences
  const seen = `${counted(sentences.tokens.length, 'event')} of ${counted(users.size, 'user')} with ${counted(items.size, 'item')}`
  context.notice(`read ${seen} from ${nameSources(sources)} in ${since(started)}`)
  if (!sequences.times) context.warnings.push('The events have no times: the order of the files was taken.')
  if (!asGraph) {
    if (flags.sessionGap === undefined) return { sequences, description: seen }
    throw fail('ARGUMENT', {
      what: '--session-gap',
      expected: 'a method on a graph',
      got: 'one on sequences',
    })
  }
  const gap = flags.sessionGap === undefined ? {} : { gap: flags.sessionGap * MINUTE }
  const graph = transitionGraph(sequences, gap)
  return { graph, sequences, description: `${seen}; ${describeGraph(graph)}` }
}

/** Edges, or events: by the format, then by the columns, where a user and an item can only be events. */
async function kindOf(sources: readonly string[], flags: InputFlags): Promise<'edges' | 'events'> {
  if (flags.userColumn !== undefined || flags.itemColumn !== undefined) return 'events'
  if (flags.sourceColumn !== undefined || flags.targetColumn !== undefined) return 'edges'
  if (flags.format === 'lightgcn') return 'events'
  const [first] = resolveSources(sources, 'csv')
  if (flags.header === false || first.file === '-') return 'edges'
  const format = flags.format ?? networkFormatOf(first.file)
  const names = await columnsOf(first.file, format, flags.delimiter)
  try {
    resolveColumns(first.file, names, {}, new Set(['user', 'item']))
    return 'events'
  } catch (error) {
    if (error instanceof HomophilyError && error.code === 'MISSING_COLUMN') return 'edges'
    throw error
  }
}

/** The names of a file's columns, as far as its beginning tells; none for formats without. */
async function columnsOf(file: string, format: string, delimiter?: string): Promise<readonly string[]> {
  if (format === 'parquet') {
    let names: readonly string[] = []
    await withParquet(file, async (connection, from) => {
      names = (await describeParquet(connection, from)).names
    })
    return names
  }
  if (!['csv', 'tsv', 'jsonl'].includes(format)) return []
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

async function readSide(
  context: Context,
  flags: InputFlags,
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

function since(started: number): string {
  return duration((performance.now() - started) / 1000)
}
