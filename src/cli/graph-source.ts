/** From the files named on the command line to a graph: its edges, or the transitions between what people did. */
import type { Command } from 'commander'
import { type EdgeRole, edgeRoles } from '../data/network/edge-table.ts'
import { type NetworkFormat, networkFormats } from '../data/network/formats.ts'
import { readNetwork } from '../data/network/read.ts'
import type { Edges } from '../data/edges.ts'
import { type Format, formats } from '../data/source.ts'
import { fail } from '../errors.ts'
import { edgesOf, graphFrom } from '../graph/build.ts'
import type { Parallel } from '../graph/csr.ts'
import type { Graph } from '../graph/graph.ts'
import { readSequences } from '../graph/sequences.ts'
import { transitionGraph, type TransitionOptions } from '../graph/transitions.ts'
import type { Context } from './context.ts'
import { choiceFlag, decimalNumber, given } from './flags.ts'
import { counted, duration } from './text.ts'
import { grouped } from '../evaluate/numbers.ts'

export interface GraphFlags {
  readonly format?: NetworkFormat
  readonly header?: boolean
  readonly delimiter?: string
  readonly sourceColumn?: string
  readonly targetColumn?: string
  readonly weightColumn?: string
  readonly timeColumn?: string
  readonly typeColumn?: string
  readonly userColumn?: string
  readonly itemColumn?: string
  readonly directed?: boolean
  readonly undirected?: boolean
  readonly parallel?: Parallel
  readonly transitions?: boolean
  readonly gap?: number
  readonly decay?: number
}

export function graphFlags(command: Command): Command {
  command.optionsGroup('Reading:')
  for (const role of edgeRoles)
    command.option(`--${role}-column <name>`, `the ${role} column, where it has another name`)
  return command
    .addOption(choiceFlag('--format <format>', 'format of the input (default: by file name)', networkFormats))
    .option('--delimiter <character>', 'of CSV files (default: found out)')
    .option('--header', 'the first line names the columns (default but for words separated by spaces)')
    .option('--no-header', 'the first line is data; columns are numbers from 1')
    .option('--directed', 'edges have a direction (default: what the file says, else none)')
    .option('--undirected', 'edges have none, whatever the file says')
    .addOption(
      choiceFlag(
        '--parallel <way>',
        'several edges between the same nodes: add their weights, or take the greatest',
        ['sum', 'max'],
      ),
    )
    .optionsGroup('From behaviour:')
    .option('--transitions', 'the files hold events (user, item, time): an edge leads to what was done next')
    .option('--user-column <name>', 'the user column of events')
    .option('--item-column <name>', 'the item column of events')
    .option('--gap <minutes>', 'a longer pause begins a new session', decimalNumber)
    .option('--decay <rate>', 'weigh a transition by exp(−rate · its age in days)', decimalNumber)
    .optionsGroup('Options:')
}

export interface GraphInput {
  readonly graph: Graph
  /** As they were read, none merged; for behaviour, the edges of the graph. */
  readonly edges: Edges
}

/** Reads, says what was read, and warns of what was merged or left out. */
export async function readGraph(
  context: Context,
  sources: readonly string[],
  flags: GraphFlags,
): Promise<GraphInput> {
  if (flags.directed && flags.undirected) {
    throw fail('ARGUMENT', { what: 'the graph', expected: '--directed or --undirected', got: 'both' })
  }
  const started = performance.now()
  const input = await context.untilInterrupted(() =>
    flags.transitions ? readTransitions(context, sources, flags) : readEdgeFiles(context, sources, flags),
  )
  const { graph } = input
  const seconds = (performance.now() - started) / 1000
  context.notice(
    `read ${sources.join(', ')}: ${graph.directed ? 'a directed' : 'an undirected'} graph of ` +
      `${counted(graph.nodes.size, 'node')} in ${duration(seconds)}`,
  )
  return input
}

async function readEdgeFiles(
  context: Context,
  sources: readonly string[],
  flags: GraphFlags,
): Promise<GraphInput> {
  refuse(flags, ['userColumn', 'itemColumn', 'gap', 'decay'], 'only with --transitions')
  const columns = Object.fromEntries(
    edgeRoles
      .map((role: EdgeRole) => [role, flags[`${role}Column`]])
      .filter(([, name]) => name !== undefined),
  ) as Partial<Record<EdgeRole, string>>
  const { edges, report } = await readNetwork(sources, {
    columns,
    ...given({ format: flags.format, header: flags.header, delimiter: flags.delimiter }),
  })
  const directed = flags.directed ? true : flags.undirected ? false : (edges.directed ?? false)
  const { graph, report: built } = graphFrom(edges, { directed, parallel: flags.parallel ?? 'sum' })
  const where = report.files.join(', ')
  if (report.ignored.length > 0) context.warnings.push(`${where}: not read: ${report.ignored.join(', ')}.`)
  if (built.parallel > 0) {
    const how = flags.parallel === 'max' ? 'the greatest weight counts' : 'their weights were added'
    context.warnings.push(
      `${where}: ${counted(built.parallel, 'edge')} ${built.parallel === 1 ? 'repeats' : 'repeat'} another; ${how}.`,
    )
  }
  if (built.zero > 0) {
    context.warnings.push(`${where}: ${counted(built.zero, 'edge')} of weight 0 left out.`)
  }
  return { graph, edges: { ...edges, directed } }
}

async function readTransitions(
  context: Context,
  sources: readonly string[],
  flags: GraphFlags,
): Promise<GraphInput> {
  refuse(
    flags,
    ['sourceColumn', 'targetColumn', 'typeColumn', 'weightColumn', 'directed', 'undirected', 'parallel'],
    'not with --transitions',
  )
  if (flags.format !== undefined && !formats.includes(flags.format as Format)) {
    throw fail('ARGUMENT', { what: '--format', expected: formats.join(', '), got: flags.format })
  }
  const { sequences, report } = await readSequences(sources, {
    columns: given({ user: flags.userColumn, item: flags.itemColumn, time: flags.timeColumn }),
    implicit: true,
    ...given({
      format: flags.format as Format | undefined,
      header: flags.header,
      delimiter: flags.delimiter,
    }),
  })
  if (report.bad > 0) {
    context.warnings.push(
      `${report.files.join(', ')}: ${grouped(report.bad)} rows are malformed and left out.`,
    )
  }
  if (!sequences.times)
    context.warnings.push('There are no times: events are taken in the order of the file.')
  const graph = transitionGraph(sequences, transitionOptions(flags))
  return { graph, edges: edgesOf(graph) }
}

export function transitionOptions({ gap, decay }: GraphFlags): TransitionOptions {
  return { ...(gap === undefined ? {} : { gap: gap * 60_000 }), ...given({ decay }) }
}

function refuse(flags: GraphFlags, names: readonly (keyof GraphFlags)[], when: string): void {
  refuseFlags(flags, names, `it ${when}`, flags.transitions ? 'both' : 'it alone')
}

/** The first of these flags that was given is an error. */
export function refuseFlags<F>(
  flags: F,
  names: readonly (keyof F & string)[],
  expected: string,
  got: string,
): void {
  const name = names.find((each) => flags[each] !== undefined)
  if (name === undefined) return
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw fail('ARGUMENT', { what: flag, expected, got })
}
