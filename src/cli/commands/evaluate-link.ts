/** `homophily evaluate link <method> <source...>` */
import type { Command } from 'commander'
import {
  type EdgeFeature,
  edgeFeatures,
  evaluateLinks,
  type LinkRun,
  summarizeLinks,
} from '../../evaluate/link-prediction.ts'
import { type LinkSplit, splitEdges } from '../../evaluate/link-split.ts'
import { trainEmbedding } from '../../evaluate/train-embedding.ts'
import { fail } from '../../errors.ts'
import type { Graph } from '../../graph/graph.ts'
import { resolveConfig } from '../../models/method.ts'
import { embedders, findEmbedder } from '../../models/embed/index.ts'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { run } from '../../train/run.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { checkTargets } from '../files.ts'
import {
  choiceFlag,
  collect,
  commonFlags,
  cutoffFlag,
  given,
  positive,
  reportFlags,
  seedFlags,
  share,
  words,
} from '../flags.ts'
import { graphFlags, type GraphFlags, readGraph } from '../graph-source.ts'
import { settingsFromPairs } from '../settings.ts'
import { type ReportFiles, reportValue, sheetText, writeReports } from '../sheet.ts'
import type { Shell } from '../shell.ts'
import { counted, duration, nameSources } from '../text.ts'

interface LinkFlags extends CommonOptions, GraphFlags, ReportFiles {
  readonly set?: string[]
  readonly preset?: string
  readonly seed: number
  readonly seeds: number
  readonly share: number
  readonly keep: LinkSplit['keep']
  readonly features?: EdgeFeature[]
  readonly trainingEdges?: number
  readonly k?: number[]
}

/** What learns from nothing but a graph, which edges can be held out of. */
const methods = embedders
  .filter(({ needs }) => needs.every((need) => need === 'graph'))
  .map(({ name }) => name)

export function addEvaluateLink(evaluate: Command, shell: Shell): void {
  const command = evaluate
    .command('link')
    .description('train a method on a graph without some of its edges, and see whether it puts them first')
    .argument('<method>', methods.join(', '))
    .argument('<source...>', 'edges as CSV, TSV, words, adjacency lists, GraphML or GEXF; or events')
    .option('--set <setting=value>', 'a setting of the method (may come several times)', collect)
    .option('--preset <name>', 'a preset of the method')
    .option('--share <share>', 'share of the edges to hold out', share, 0.2)
    .addOption(
      choiceFlag('--keep <rule>', 'connected: held-out edges leave all components whole; any: any edge', [
        'connected',
        'any',
      ]).default('connected'),
    )
    .option(
      '--features <list>',
      `features for regressions (default: ${Object.keys(edgeFeatures).join(',')})`,
      words,
    )
    .option(
      '--training-edges <count>',
      'edges at most that regressions learn from (default: 20000)',
      positive,
    )
  seedFlags(command)
  graphFlags(command)
  commonFlags(reportFlags(cutoffFlag(command, '10,50,100'))).action(
    (method: string, sources: string[], options: LinkFlags) =>
      shell.run(options, (context) => link(context, method, sources, options)),
  )
}

async function link(
  context: Context,
  method: string,
  sources: readonly string[],
  flags: LinkFlags,
): Promise<Output> {
  const definition = findEmbedder(method)
  if (!methods.includes(method)) {
    throw fail('ARGUMENT', {
      what: 'evaluate link',
      expected: `a method that learns from a graph alone (${methods.join(', ')})`,
      got: method,
    })
  }
  const config = resolveConfig(definition, settingsFromPairs(definition, flags.set ?? []), flags.preset)
  for (const feature of flags.features ?? []) {
    if (!Object.hasOwn(edgeFeatures, feature))
      throw fail('UNKNOWN_NAME', { kind: 'feature', name: feature, known: Object.keys(edgeFeatures) })
  }
  await checkTargets(flags.reportJson, flags.reportMd)
  context.announceKernels()
  const { graph } = await readGraph(context, sources, flags)
  const seeds = Array.from({ length: flags.seeds }, (_, i) => flags.seed + i)
  const started = performance.now()
  const runs: LinkRun[] = []
  for (const seed of seeds) {
    context.progress.begin(flags.seeds > 1 ? `${method}, seed ${seed}` : method)
    runs.push(await once(context, graph, { method, config: config as Record<string, unknown>, seed }, flags))
  }
  const seconds = (performance.now() - started) / 1000
  context.progress.clear()
  const summary = summarizeLinks(runs, flags.keep)
  const sheet = {
    settings: {
      title: `${definition.title} on ${nameSources(sources)}`,
      split: `${Number((100 * flags.share).toPrecision(4))} % of the edges held out before training, drawn by the seed`,
      seeds,
    },
    report: summary,
    facts: [
      `${counted(seeds.length, 'split')}, each with its training and evaluation, in ${duration(seconds)}; ${kernelsInUse()}.`,
    ],
    warnings: context.warnings,
  }
  const value = {
    command: 'evaluate link',
    method,
    config,
    seeds,
    share: flags.share,
    keep: flags.keep,
    sources,
    seconds,
    kernels: kernelsInUse(),
    evaluation: reportValue(sheet),
    runs: runs.map(({ seed, result }) => ({ seed, ...result })),
    warnings: context.warnings,
  }
  await writeReports(flags, sheet, value)
  return context.answer(value, sheetText(sheet))
}

/** One split, one training on what it leaves, one evaluation. */
async function once(
  context: Context,
  graph: Graph,
  training: { readonly method: string; readonly config: Record<string, unknown>; readonly seed: number },
  { share, keep, features, trainingEdges, k }: LinkFlags,
): Promise<LinkRun> {
  const { seed } = training
  const rng = new Random(seed)
  const split = splitEdges(graph, { share, keep, rng: rng.stream('split') })
  using model = await trainEmbedding({ graph: split.train }, { ...training, ...context.runOptions })
  const { data, shape } = model.state.vectors
  const options = { rng: rng.stream('evaluation'), ...given({ features, trainingEdges, k }) }
  const job = evaluateLinks(new Matrix(shape[0], shape[1], data), split, options)
  return { seed, result: await run(job, context.runOptions) }
}
