/** `homophily cluster <method> <source>` */
import type { Command } from 'commander'
import {
  chooseClusters,
  type ClusterChoice,
  criteria,
  type Criterion,
} from '../../evaluate/choose-clusters.ts'
import { clusteringOutline, choiceOutline, comparisonOutline } from '../../evaluate/clustering-report.ts'
import { clusteringStability, type StabilityOptions } from '../../evaluate/clustering-stability.ts'
import {
  type ClustererComparison,
  compareClusterers,
  type Contender,
} from '../../evaluate/compare-clusterers.ts'
import { estimateClustering, shapeOfClusterInput } from '../../evaluate/train-clusterer.ts'
import { fail } from '../../errors.ts'
import { labelLines } from '../label-lines.ts'
import type { ClustererDefinition } from '../../models/cluster/family/definition.ts'
import type { FittedClustering } from '../../models/cluster/family/fitted.ts'
import { clusterers, findClusterer } from '../../models/cluster/index.ts'
import { resolveConfig, settingNames } from '../../models/method.ts'
import { saveClustering } from '../../workspace/clusterings.ts'
import { checkName } from '../../workspace/names.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import {
  type ClusterFiles,
  type ClusterInputFlags,
  clusterInputFlags,
  readClusterInput,
} from '../cluster-input.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { checkTargets, writePieces } from '../files.ts'
import { choiceFlag, commonFlags, positive, reportFlags, seedFlags, words, workspaceFlag } from '../flags.ts'
import { addSettingFlags, givenSettings } from '../settings.ts'
import { type ReportFiles, type Sheet, sheetText, writeReports } from '../sheet.ts'
import type { Shell } from '../shell.ts'
import { bytes, duration } from '../text.ts'
import { peakMemory } from '../trial.ts'

interface ClusterFlags extends CommonOptions, ClusterInputFlags, ReportFiles {
  readonly preset?: string
  readonly seed: number
  readonly seeds: number
  readonly beside?: string[]
  readonly choose?: readonly [number, number]
  readonly by?: Criterion
  readonly stability?: true | number
  readonly over: NonNullable<StabilityOptions['over']>
  readonly name?: string
  readonly workspace: string
  readonly save: boolean
  readonly out?: string
}

export function addCluster(program: Command, shell: Shell): void {
  const cluster = commonFlags(program.command('cluster'))
    .description('group the rows of a matrix, or the nodes of a graph, and save the clusters')
    .usage('<method> <source> [options]')
    .argument('[method]')
    .argument('[source...]')
    .allowUnknownOption()
    .addHelpText('after', '\nThe settings of a method: homophily cluster <method> --help\n')
    .action((method: string | undefined, _sources: string[], options: CommonOptions) =>
      shell.run(options, async () => {
        if (method !== undefined && !method.startsWith('-')) findClusterer(method)
        throw fail('ARGUMENT', {
          what: 'cluster',
          expected: `a method first (${clusterers.map((each) => each.name).join(', ')}), then a file`,
          got: method ?? 'none',
        })
      }),
    )
  for (const definition of clusterers) addMethod(cluster, definition, shell)
}

function addMethod(cluster: Command, definition: ClustererDefinition, shell: Shell): void {
  const { name, title, summary, paper, needs, presets } = definition
  const command = cluster
    .command(name)
    .summary(title)
    .description(`${title}: ${summary}${paper === undefined ? '' : `\n${paper}`}`)
    .argument(
      '<source>',
      needs.includes('features')
        ? 'features: .npy, CSV of numbers, CSV of node, feature, value, or a table with --table'
        : 'edges: CSV of two row numbers and maybe a weight; features with --knn or --graph',
    )
  addSettingFlags(command, definition)
  clusterInputFlags(command).optionsGroup('Training:')
  const named = Object.entries(presets).map(([preset, { summary: what }]) => `${preset}: ${what}`)
  if (named.length > 0) command.option('--preset <name>', named.join('; '))
  seedFlags(command).option(
    '--beside <methods>',
    'also run these methods, with the same K and seeds and settings of their own by default',
    words,
  )
  if (settingNames(definition).includes('clusters')) {
    command
      .option('--choose <range>', 'choose K from a range such as 2-10, before anything else', range)
      .addOption(choiceFlag('--by <criterion>', 'what chooses K', criteria))
  }
  command
    .option('--stability [runs]', 'how far the clusters come back in other runs (default: 10)', positive)
    .addOption(
      choiceFlag('--over <what>', 'what differs in those runs', ['seeds', 'bootstrap']).default('seeds'),
    )
    .optionsGroup('Saving and reporting:')
    .option('--name <name>', 'name of the clustering', name)
    .option('--out <file>', 'also write the cluster of each row as CSV')
  workspaceFlag(command).option('--no-save', 'do not keep the clustering')
  commonFlags(reportFlags(command)).action((source: string, options: ClusterFlags) =>
    shell.run(options, (context) => run(context, definition, source, options)),
  )
}

function range(text: string): readonly [number, number] {
  const [, low, high] = /^(\d+)-(\d+)$/.exec(text) ?? []
  if (low === undefined || high === undefined || Number(low) < 1 || Number(low) > Number(high))
    throw fail('ARGUMENT', { what: '--choose', expected: 'a range such as 2-10', got: text })
  return [Number(low), Number(high)]
}

async function run(
  context: Context,
  definition: ClustererDefinition,
  source: string,
  flags: ClusterFlags,
): Promise<Output> {
  const name = flags.name ?? definition.name
  const values = givenSettings(definition, flags as unknown as Record<string, unknown>)
  checkName(name)
  await checkTargets(flags.reportJson, flags.reportMd, flags.out)
  const beside = (flags.beside ?? []).map(findClusterer)
  if (!flags.choose) resolveConfig(definition, values, flags.preset)
  const workspace = await openWorkspace(flags.workspace)
  context.announceKernels()
  const needs = [...new Set([definition, ...beside].flatMap((each) => each.needs))]
  const files = await readClusterInput(context, needs, source, flags)

  const choice = flags.choose ? await choose(context, definition, values, files, flags) : null
  const config = choice ? { ...values, clusters: choice.clusters } : values
  const contenders = [
    { name: definition.name, method: definition.name, config, preset: flags.preset },
    ...beside.map((each) => contender(each, config)),
  ]
  const seeds = Array.from({ length: flags.seeds }, (_, i) => flags.seed + i)
  sayMemory(context, contenders, files)
  let model: FittedClustering | undefined
  context.progress.begin(name)
  const comparison = await compareClusterers(files.input, contenders, {
    ...context.runOptions,
    seeds,
    truth: files.truth,
    nodes: files.nodes,
    features: files.plan,
    onModel: (each, { seed }, c) => {
      if (c === 0 && seed === flags.seed) model = each
      context.progress.begin(contenders[c].name)
    },
  })
  const kept = await withStability(context, model!, files, flags)
  context.check()
  const saved = flags.save
    ? await saveClustering(workspace, name, kept, {
        metrics: comparison.rows[0].runs[0].result.measures,
        data: { source, rows: files.rows },
      })
    : null
  if (flags.out !== undefined) await writePieces(flags.out, labelLines(kept))
  context.progress.clear()

  const sheet = describe(context, definition, {
    source,
    name,
    files,
    comparison,
    choice,
    model: kept,
    saved,
    flags,
  })
  const value = {
    command: 'cluster',
    model: saved,
    method: definition.name,
    config: kept.origin.config,
    seeds,
    data: { source, ...kept.shape },
    facts: kept.facts,
    sizes: Array.from(kept.sizes),
    stability: kept.stability,
    choice: choice && { by: choice.by, clusters: choice.clusters, rows: choice.rows, exact: choice.exact },
    evaluation: comparison,
    peakMemoryBytes: peakMemory(),
    kernels: kernelsInUse(),
    warnings: context.warnings,
  }
  await writeReports(flags, sheet, value)
  return context.answer(value, sheetText(sheet))
}

/** What each method will take, before it starts. */
function sayMemory(context: Context, contenders: readonly Contender[], { input }: ClusterFiles): void {
  for (const { method, config = {}, preset } of contenders) {
    const { bytes: needed } = estimateClustering(method, shapeOfClusterInput(input), config, preset)
    context.notice(
      `${findClusterer(method).title} takes about ${bytes(needed)} beside the data; ${bytes(process.availableMemory())} available`,
    )
  }
}

/** The other method with the same K, where it takes one. */
function contender(
  definition: ClustererDefinition,
  config: Readonly<Record<string, unknown>>,
): Contender & { name: string } {
  const shared = settingNames(definition).includes('clusters') && 'clusters' in config
  return {
    name: definition.name,
    method: definition.name,
    config: shared ? { clusters: config['clusters'] } : {},
  }
}

async function choose(
  context: Context,
  { name }: ClustererDefinition,
  config: Readonly<Record<string, unknown>>,
  { input }: ClusterFiles,
  { choose: [low, high] = [2, 2], by, preset, seed, stability }: ClusterFlags,
): Promise<ClusterChoice> {
  context.progress.begin('choosing K')
  return chooseClusters(input, {
    ...context.runOptions,
    method: name,
    config,
    preset,
    seed,
    clusters: Array.from({ length: high - low + 1 }, (_, i) => low + i),
    ...(by ? { by } : {}),
    ...(stability === undefined ? {} : { runs: stability === true ? 10 : stability }),
  })
}

async function withStability(
  context: Context,
  model: FittedClustering,
  { input }: ClusterFiles,
  { stability, over }: ClusterFlags,
): Promise<FittedClustering> {
  if (stability === undefined) return model
  context.progress.begin('stability')
  const runs = stability === true ? 10 : stability
  return model.withStability(await clusteringStability(model, input, { ...context.runOptions, over, runs }))
}

interface Done {
  readonly source: string
  readonly name: string
  readonly files: ClusterFiles
  readonly comparison: ClustererComparison
  readonly choice: ClusterChoice | null
  readonly model: FittedClustering
  readonly saved: { readonly version: number } | null
  readonly flags: ClusterFlags
}

function describe(context: Context, definition: ClustererDefinition, done: Done): Sheet {
  const { source, name, files, comparison, choice, model, saved, flags } = done
  const [first] = comparison.rows
  const alone = clusteringOutline(first.runs[0].result, model)
  const outlines = [
    ...(choice ? [choiceOutline(choice)] : []),
    ...(comparison.rows.length > 1 || comparison.seeds.length > 1
      ? [comparisonOutline(comparison), { tables: alone.tables.slice(1), notes: alone.notes }]
      : [alone]),
  ]
  const given = 'clusters' in model.origin.config && !choice
  const spent = first.runs.map((run) => run.seconds)
  return {
    settings: {
      title: `${definition.title} on ${source}`,
      split: `none: all rows are clustered${given ? ', K is given' : ''}${files.truth ? ', labels are read by the evaluation alone' : ''}`,
      seeds: comparison.seeds,
    },
    report: null,
    tables: outlines.flatMap((each) => each.tables),
    facts: [
      ...new Set(outlines.flatMap((each) => each.notes)),
      ...files.facts,
      `Trained in ${spent.map(duration).join(', ')}; peak memory of this process ${bytes(peakMemory())}; ${kernelsInUse()}.`,
      saved
        ? `Saved as ${name}, version ${saved.version}${comparison.seeds.length > 1 ? ` (seed ${flags.seed})` : ''}, in ${flags.workspace}.`
        : 'Not saved (--no-save).',
    ],
    warnings: context.warnings,
  }
}
