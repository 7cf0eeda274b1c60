/** `homophily graph info` and `homophily graph convert` */
import type { Command } from 'commander'
import { networkFormatOf } from '../../data/network/formats.ts'
import { lostIn, networkText, type WrittenFormat, writtenFormats } from '../../data/network/write.ts'
import { fail } from '../../errors.ts'
import { edgesOf } from '../../graph/build.ts'
import { type Communities, leiden, louvain } from '../../graph/communities/communities.ts'
import { type DegreeFacts, type GraphFacts, graphFacts } from '../../graph/facts.ts'
import { modularity } from '../../metrics/modularity.ts'
import { Random } from '../../random.ts'
import { run } from '../../train/run.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets, compressed, writePieces } from '../files.ts'
import { choiceFlag, commonFlags, decimalNumber, positive, wholeNumber } from '../flags.ts'
import { graphFlags, type GraphFlags, readGraph } from '../graph-source.ts'
import type { Shell } from '../shell.ts'
import { columns, counted } from '../text.ts'
import { grouped } from '../../evaluate/numbers.ts'

interface InfoFlags extends CommonOptions, GraphFlags {
  readonly top: number
  readonly communities?: 'louvain' | 'leiden'
  readonly resolution: number
  readonly seed: number
}

interface ConvertFlags extends CommonOptions, GraphFlags {
  readonly output: string
  readonly to?: WrittenFormat
  readonly merge?: boolean
}

export function addGraph(program: Command, shell: Shell): void {
  const graph = program
    .command('graph')
    .description('facts about a graph, and its conversion to other formats')
  const info = graph
    .command('info')
    .description('size, degrees, components, clustering and the most important nodes of a graph')
    .argument('<files...>', 'edges as CSV, TSV, words, adjacency lists, GraphML or GEXF; or events')
    .option('--top <count>', 'how many nodes with the highest PageRank to name', positive, 10)
    .addOption(choiceFlag('--communities <method>', 'also find communities', ['louvain', 'leiden']))
    .option('--resolution <number>', 'of communities: more gives more and smaller ones', decimalNumber, 1)
    .option('--seed <number>', 'seed of communities and of sampling', wholeNumber, 1)
  commonFlags(graphFlags(info)).action((files: string[], options: InfoFlags) =>
    shell.run(options, (context) => describe(context, files, options)),
  )
  const convert = graph
    .command('convert')
    .description('write a graph in another format')
    .argument('<files...>', 'a graph to read')
    .requiredOption('--output <file>', 'the file to write; .gz compresses it')
    .addOption(choiceFlag('--to <format>', 'its format (default: by its name)', writtenFormats))
    .option('--merge', 'write every edge once, with what --parallel makes of its repetitions')
  commonFlags(graphFlags(convert)).action((files: string[], options: ConvertFlags) =>
    shell.run(options, (context) => rewrite(context, files, options)),
  )
}

async function describe(context: Context, files: readonly string[], flags: InfoFlags): Promise<Output> {
  const { graph } = await readGraph(context, files, flags)
  const rng = new Random(flags.seed)
  const facts = await run(graphFacts(graph, rng, { top: flags.top }), context.runOptions)
  let found: (Communities & { readonly modularity: number }) | null = null
  if (flags.communities) {
    const method = flags.communities === 'leiden' ? leiden : louvain
    const communities = await run(method(graph, rng, { resolution: flags.resolution }), context.runOptions)
    found = { ...communities, modularity: modularity(graph, communities.of, flags.resolution) }
  }
  const { warnings } = context
  const value = {
    command: 'graph info',
    files,
    ...facts,
    ...(found && {
      communities: { method: flags.communities, modularity: found.modularity, sizes: [...found.sizes] },
    }),
    warnings,
  }
  const rows = [
    ...factRows(facts),
    ...(found
      ? [
          [
            'communities',
            `${grouped(found.sizes.length)} by ${flags.communities}, modularity ${found.modularity.toFixed(4)}; ` +
              `the largest have ${[...found.sizes.subarray(0, 5)].map(grouped).join(', ')} nodes`,
          ],
        ]
      : []),
  ]
  const top = facts.top.map(({ id, score }, i) => [String(i + 1), id, score.toPrecision(4)])
  const notes = warnings.map((warning) => `! ${warning}\n`).join('')
  return context.answer(
    value,
    `${columns(rows, [true, true])}\nHighest PageRank\n${columns(top, [false, true, false], '  ')}${notes === '' ? '' : `\n${notes}`}`,
  )
}

function factRows(facts: GraphFacts): string[][] {
  const { clustering, components, weights, inDegree } = facts
  const mean = clustering.mean.toFixed(4)
  return [
    [
      'kind',
      `${facts.directed ? 'directed' : 'undirected'}, ${weights ? 'weighted' : 'every edge weighs 1'}`,
    ],
    ['nodes', `${grouped(facts.nodes)}, ${grouped(facts.isolated)} of them isolated`],
    ['edges', `${grouped(facts.edges)}, ${grouped(facts.selfLoops)} of them self-loops`],
    ['density', facts.density.toPrecision(4)],
    ...(weights
      ? [['weights', `${weights.min} to ${weights.max}, sum ${Number(weights.sum.toPrecision(12))}`]]
      : []),
    [inDegree ? 'out-degree' : 'degree', degreeText(facts.degree)],
    ...(inDegree ? [['in-degree', degreeText(inDegree)]] : []),
    ['components', `${grouped(components.count)}; the largest has ${counted(components.largest, 'node')}`],
    [
      'clustering',
      clustering.sampled === null
        ? mean
        : `${mean} ± ${clustering.error.toFixed(4)}, from ${grouped(clustering.sampled)} sampled nodes`,
    ],
    ['degrees', distributionText(facts.degree)],
  ]
}

function degreeText({ min, median, mean, max }: DegreeFacts): string {
  return `${min} to ${grouped(max)}, median ${median}, mean ${Number(mean.toPrecision(4))}`
}

/** `0: 2 · 1: 5 · 2–3: 40` */
function distributionText({ distribution }: DegreeFacts): string {
  return distribution
    .map(({ from, to, nodes }) => `${from === to ? from : `${from}–${to}`}: ${grouped(nodes)}`)
    .join(' · ')
}

async function rewrite(context: Context, files: readonly string[], flags: ConvertFlags): Promise<Output> {
  await checkTargets(flags.output)
  const format = flags.to ?? writtenFormat(flags.output)
  const { graph, edges: read } = await readGraph(context, files, flags)
  const edges = flags.merge ? { ...edgesOf(graph), nodeTypes: read.nodeTypes } : read
  const lost = lostIn(edges, format)
  if (lost.length > 0) context.warnings.push(`${format} leaves out ${lost.join(', and ')}.`)
  await writePieces(flags.output, compressed(flags.output, stoppable(context, networkText(edges, format))))
  const value = {
    command: 'graph convert',
    files,
    output: flags.output,
    format,
    nodes: edges.nodes.size,
    edges: edges.sources.length,
    warnings: context.warnings,
  }
  const notes = context.warnings.map((warning) => `! ${warning}\n`).join('')
  return context.answer(
    value,
    `${flags.output}: ${counted(value.edges, 'edge')} of ${counted(value.nodes, 'node')} as ${format}\n${notes}`,
  )
}

function writtenFormat(file: string): WrittenFormat {
  const format = networkFormatOf(file)
  const found = writtenFormats.find((each) => each === format)
  if (found) return found
  throw fail('ARGUMENT', {
    what: '--output',
    expected: `a format of ${writtenFormats.join(', ')}`,
    got: format,
  })
}

/** The same pieces; between two of them the person may interrupt. */
function* stoppable(context: Context, pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) {
    context.check()
    yield piece
  }
}
