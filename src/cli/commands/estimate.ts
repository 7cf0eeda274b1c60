/** `homophily estimate <method>`: memory and time before anything is trained. */
import type { Command } from 'commander'
import type { NetworkFormat } from '../../data/network/formats.ts'
import { estimateClustering } from '../../evaluate/train-clusterer.ts'
import { estimateEmbedding, shapeOfInput } from '../../evaluate/train-embedding.ts'
import { checkMemory, estimateTraining, shapeOfData } from '../../evaluate/train-recommender.ts'
import { wrap } from '../../evaluate/table.ts'
import { fail, HomophilyError } from '../../errors.ts'
import type { ClustererDefinition, ClusterShape } from '../../models/cluster/family/definition.ts'
import { clusterers } from '../../models/cluster/index.ts'
import type { EmbedderDefinition, EmbedderShape } from '../../models/embed/family/definition.ts'
import { embedders } from '../../models/embed/index.ts'
import type { Estimate } from '../../models/method.ts'
import type { DataShape, RecommenderDefinition } from '../../models/recommend/family/definition.ts'
import { recommenders } from '../../models/recommend/index.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { collect, commonFlags, given, positive } from '../flags.ts'
import { readInput } from '../embed-input.ts'
import { type ReaderFlags, readerFlags, readTraining } from '../load.ts'
import { measureSpeeds } from '../speeds.ts'
import { settingsFromPairs } from '../settings.ts'
import type { Shell } from '../shell.ts'
import { bytes, columns, counted, roughly } from '../text.ts'

interface EstimateFlags extends CommonOptions, ReaderFlags {
  readonly users?: number
  readonly items?: number
  readonly interactions?: number
  readonly nodes?: number
  readonly edges?: number
  readonly rows?: number
  readonly columns?: number
  readonly preset?: string
  readonly set?: string[]
}

export function addEstimate(program: Command, shell: Shell): void {
  const command = program
    .command('estimate')
    .description('memory and time that training would take, and whether it fits this machine')
    .argument('<method>')
    .argument('[source...]', 'files of interactions or edges; or give the sizes')
    .option('--users <count>', 'number of users', positive)
    .option('--items <count>', 'number of items', positive)
    .option('--interactions <count>', 'number of user-item pairs', positive)
    .option('--nodes <count>', 'for embeddings: number of nodes', positive)
    .option('--edges <count>', 'for embeddings and clusters: number of edges, or of events', positive)
    .option('--rows <count>', 'for clusters: number of rows', positive)
    .option('--columns <count>', 'for clusters: number of features', positive)
    .option('--preset <name>', 'preset of the method')
    .option('--set <setting=value>', 'a setting of the method (may come several times)', collect)
  commonFlags(command)
  readerFlags(command).action((method: string, sources: string[], options: EstimateFlags) =>
    shell.run(options, (context) => estimate(context, method, sources, options)),
  )
}

async function estimate(
  context: Context,
  method: string,
  sources: readonly string[],
  flags: EstimateFlags,
): Promise<Output> {
  const definition = find(method)
  const config = settingsFromPairs(definition, flags.set ?? [])
  const { shape, need, data } = isEmbedder(definition)
    ? await embedding(context, definition, sources, config, flags)
    : isClusterer(definition)
      ? clustering(context, definition, sources, config, flags)
      : await recommender(context, definition, sources, config, flags)
  const available = process.availableMemory()
  const refusal = refuse(definition.title, need, available)
  if (refusal !== null) context.exitCode = exitCodes.tooLarge
  const speeds = measureSpeeds()
  context.check()
  const seconds = { low: need.operations / speeds.dense, high: need.operations / speeds.sparse }
  const value = {
    command: 'estimate',
    method,
    shape,
    bytes: need.bytes,
    availableBytes: available,
    fits: refusal === null,
    refusal,
    operations: need.operations,
    seconds,
    kernels: kernelsInUse(),
  }
  const rows = [
    ['data', data],
    ['memory', `${bytes(need.bytes)} beside the data; ${bytes(available)} available`],
    ['time', `${roughly(seconds.low)} to ${roughly(seconds.high)}, roughly; evaluation not included`],
    ['fits', refusal === null ? 'yes' : 'no'],
  ]
  const note =
    `The time is ${need.operations.toExponential(1)} multiply-adds at the two speeds measured just now: ${billions(speeds.dense)} billion a second in dense ` +
    `products, ${billions(speeds.sparse)} billion in sparse ones. Early stopping may end it sooner.`
  const text = [
    `${definition.title}\n${columns(rows, [true, true], '  ').trimEnd()}`,
    ...(refusal === null ? [] : [wrap(refusal, 100)]),
    wrap(note, 100),
  ]
  return context.answer(value, `${text.join('\n')}\n`)
}

function billions(n: number): string {
  return (n / 1e9).toPrecision(2)
}

/** Why it does not fit, or null where it does. */
function refuse(title: string, need: Parameters<typeof checkMemory>[1], available: number): string | null {
  try {
    checkMemory(title, need, available)
    return null
  } catch (error) {
    if (error instanceof HomophilyError && error.code === 'TOO_LARGE') return error.message
    throw error
  }
}

interface Sized {
  readonly shape: DataShape | EmbedderShape | ClusterShape
  readonly need: Estimate
  readonly data: string
}

type Definition = RecommenderDefinition | EmbedderDefinition | ClustererDefinition

function find(name: string): Definition {
  const all: Definition[] = [...recommenders, ...embedders, ...clusterers]
  const found = all.find((each) => each.name === name)
  if (!found) throw fail('UNKNOWN_NAME', { kind: 'method', name, known: all.map((each) => each.name) })
  return found
}

function isEmbedder(definition: Definition): definition is EmbedderDefinition {
  return embedders.some((each) => each === definition)
}

function isClusterer(definition: Definition): definition is ClustererDefinition {
  return clusterers.some((each) => each === definition)
}

async function recommender(
  context: Context,
  { name }: RecommenderDefinition,
  sources: readonly string[],
  config: Readonly<Record<string, unknown>>,
  flags: EstimateFlags,
): Promise<Sized> {
  const announced = shapeGiven(sources, flags, ['users', 'items', 'interactions'])
  if (announced && announced.interactions > announced.users * announced.items) {
    throw fail('ARGUMENT', {
      what: '--interactions',
      expected: `at most users × items, ${announced.users * announced.items}`,
      got: String(announced.interactions),
    })
  }
  context.announceKernels()
  const shape = announced ?? shapeOfData(await readTraining(context, sources, flags))
  const data = `${counted(shape.interactions, 'interaction')} of ${counted(shape.users, 'user')} with ${counted(shape.items, 'item')}`
  return { shape, need: estimateTraining(name, shape, config, flags.preset), data }
}

async function embedding(
  context: Context,
  definition: EmbedderDefinition,
  sources: readonly string[],
  config: Readonly<Record<string, unknown>>,
  flags: EstimateFlags,
): Promise<Sized> {
  const announced = shapeGiven(sources, flags, ['nodes', 'edges'])
  context.announceKernels()
  let shape: EmbedderShape
  let data: string
  if (announced) {
    const { nodes, edges } = announced
    const events = definition.needs.includes('sequences')
    // Both directions of an edge are stored.
    shape = { nodes, edges: events ? 0 : 2 * edges, tokens: events ? edges : 0 }
    data = `${counted(nodes, 'node')}, ${counted(edges, events ? 'event' : 'edge')}`
  } else {
    const needs = definition.needs.filter((kind) => kind !== 'attributes')
    const { format, ...others } = flags
    const input = { ...others, ...given({ format: format as NetworkFormat | undefined }) }
    const read = await readInput(context, { name: definition.name, needs }, sources, input)
    shape = shapeOfInput(read.input)
    data = read.description
  }
  return { shape, need: estimateEmbedding(definition.name, shape, config, flags.preset), data }
}

/** From sizes alone: `homophily cluster` says what its own files take before it starts. */
function clustering(
  context: Context,
  { name, needs }: ClustererDefinition,
  sources: readonly string[],
  config: Readonly<Record<string, unknown>>,
  flags: EstimateFlags,
): Sized {
  const wanted = ['rows', ...needs.map((need) => (need === 'features' ? 'columns' : 'edges'))] as const
  if (sources.length > 0) {
    throw fail('ARGUMENT', {
      what: 'estimate',
      expected: `the sizes of the data for ${name}: ${wanted.map((size) => `--${size}`).join(', ')}`,
      got: 'files; homophily cluster says what they take before it starts',
    })
  }
  const {
    rows,
    columns = 0,
    edges = 0,
  } = shapeGiven(sources, flags, wanted)! as Partial<Record<Size, number>> & {
    rows: number
  }
  context.announceKernels()
  const shape = { rows, columns, entries: rows * columns, edges: 2 * edges }
  const data = [
    counted(rows, 'row'),
    ...(columns > 0 ? [`${counted(columns, 'feature')}, all stored`] : []),
    ...(edges > 0 ? [counted(edges, 'edge')] : []),
  ].join(', ')
  return { shape, need: estimateClustering(name, shape, config, flags.preset), data }
}

const sizes = ['users', 'items', 'interactions', 'nodes', 'edges', 'rows', 'columns'] as const
type Size = (typeof sizes)[number]

/** The sizes that `wanted` names, from flags; null where there are files to read them from. */
function shapeGiven<W extends Size>(
  sources: readonly string[],
  flags: EstimateFlags,
  wanted: readonly W[],
): Record<W, number> | null {
  const named = sizes.filter((size) => flags[size] !== undefined)
  if (sources.length > 0 && named.length === 0) return null
  if (
    sources.length > 0 ||
    named.length !== wanted.length ||
    wanted.some((size) => flags[size] === undefined)
  ) {
    const list = wanted.map((size) => `--${size}`)
    throw fail('ARGUMENT', {
      what: 'estimate',
      expected: `files, or all of ${list.slice(0, -1).join(', ')} and ${list.at(-1)}`,
      got: sources.length > 0 ? 'both' : named.map((size) => `--${size}`).join(', ') || 'none of them',
    })
  }
  return Object.fromEntries(wanted.map((size) => [size, flags[size]])) as Record<W, number>
}
