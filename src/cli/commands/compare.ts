/** `homophily compare <methods> <source...>`: several methods on one split. */
import type { Command } from 'commander'
import { compareModels } from '../../evaluate/compare.ts'
import { summarizeSeeds } from '../../evaluate/seeds.ts'
import type { Table } from '../../evaluate/table.ts'
import { fail, HomophilyError } from '../../errors.ts'
import { rankingMeasures } from '../../metrics/ranking.ts'
import { resolveConfig } from '../../models/method.ts'
import type { RecommenderDefinition } from '../../models/recommend/family/definition.ts'
import { findRecommender, recommenders } from '../../models/recommend/index.ts'
import { Random } from '../../random.ts'
import { FinishedRuns, type Run } from '../finished-runs.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { checkTargets } from '../files.ts'
import { collect, commonFlags, cutoffFlag, reportFlags, seedFlags, words } from '../flags.ts'
import { readerFlags } from '../load.ts'
import { perMethod, settingsFromPairs } from '../settings.ts'
import { type ReportFiles, reportValue, sheetText, writeReports } from '../sheet.ts'
import type { Shell } from '../shell.ts'
import { loadParts, type Parts, type SplitFlags, splitFlags } from '../splitting.ts'
import { bytes, counted, duration, nameSources } from '../text.ts'
import { describeParts, partSizes, peakMemory, tryOut } from '../trial.ts'

interface CompareFlags extends CommonOptions, SplitFlags, ReportFiles {
  readonly seeds: number
  readonly baseline?: string
  readonly metric?: string
  readonly set?: string[]
  readonly preset?: string[]
  readonly resumeDir?: string
  readonly k?: number[]
}

interface Entrant {
  readonly definition: RecommenderDefinition
  readonly config: Readonly<Record<string, unknown>>
}

interface LeftOut {
  readonly name: string
  readonly reason: string
}

export function addCompare(program: Command, shell: Shell): void {
  const command = program
    .command('compare')
    .description('train several methods on one split and put them into one table, with intervals')
    .argument(
      '<methods>',
      `methods with commas between them, or all: ${recommenders.map((each) => each.name).join(',')}`,
    )
    .argument('<source...>', 'files or globs of interactions; - is standard input')
    .option('--baseline <method>', 'the method that the others are compared with, paired by user')
    .option(
      '--metric <name>',
      'the measure with intervals, such as recall@20 (default: ndcg at the largest cut-off)',
    )
    .option('--set <method.setting=value>', 'a setting of one method (may come several times)', collect)
    .option('--preset <method=preset>', 'a preset for one method (may come several times)', collect)
    .option('--resume-dir <folder>', 'keep each finished result there, and skip what is there already')
  seedFlags(command)
  splitFlags(command, false)
  readerFlags(command)
  command.optionsGroup('Reporting:')
  commonFlags(reportFlags(cutoffFlag(command))).action(
    (methods: string, sources: string[], options: CompareFlags) =>
      shell.run(options, (context) => compare(context, methods, sources, options)),
  )
}

async function compare(
  context: Context,
  methods: string,
  sources: readonly string[],
  flags: CompareFlags,
): Promise<Output> {
  const entrants = entrantsOf(methods, flags)
  const names = entrants.map(({ definition }) => definition.name)
  if (flags.baseline !== undefined && !names.includes(flags.baseline)) {
    throw fail('UNKNOWN_NAME', { kind: 'baseline', name: flags.baseline, known: names })
  }
  const k = flags.k ?? [10, 20]
  const metric = metricOf(flags.metric, k)
  if (flags.resumeDir !== undefined)
    context.interrupted = `interrupted; what was finished is in ${flags.resumeDir}`
  await checkTargets(flags.reportJson, flags.reportMd)
  context.announceKernels()
  const parts = await loadParts(context, sources, flags)
  const seeds = Array.from({ length: flags.seeds }, (_, i) => flags.seed + i)
  const finished = flags.resumeDir === undefined ? null : await FinishedRuns.open(flags.resumeDir, parts, k)
  const { runs, leftOut } = await runAll(context, parts, entrants, { seeds, k, finished })

  const baseline = flags.baseline !== undefined && runs.has(flags.baseline) ? flags.baseline : undefined
  if (flags.baseline !== undefined && baseline === undefined)
    context.warnings.push(`The baseline ${flags.baseline} was left out, so there are no differences.`)
  const first = [...runs].map(([name, list]) => ({
    name,
    result: list[0].result,
    seconds: list[0].seconds,
  }))
  const comparison = compareModels(first, {
    metric,
    rng: new Random(flags.seed),
    ...(baseline === undefined ? {} : { baseline }),
  })
  const summaries =
    flags.seeds > 1 ? [...runs].map(([name, list]) => ({ name, summary: summarizeSeeds(list) })) : []

  const title = `${counted(names.length, 'method')} on ${nameSources(sources)}`
  const facts = [
    describeParts(parts),
    `Peak memory of this process ${bytes(peakMemory())}; ${kernelsInUse()}.`,
  ]
  if (summaries.length > 0)
    facts.push(
      `The tables with intervals are of seed ${flags.seed}; the table over seeds has all ${flags.seeds}.`,
    )
  const settings = { title, split: parts.description, seeds: summaries.length > 0 ? seeds : [flags.seed] }
  const sheet = {
    settings,
    report: comparison,
    tables: summaries.length > 0 ? [seedsTable(summaries, [`recall@${Math.max(...k)}`, metric])] : [],
    facts,
    warnings: [...leftOut.map(({ name, reason }) => `${name} was left out: ${reason}`), ...context.warnings],
  }
  const value = {
    command: 'compare',
    methods: entrants.map(({ definition, config }) => ({ name: definition.name, config })),
    seeds,
    data: { sources, ...partSizes(parts) },
    leftOut,
    comparison: reportValue(sheet),
    overSeeds: summaries.map(({ name, summary }) => ({
      name,
      ...reportValue({ settings, report: summary }),
    })),
    kernels: kernelsInUse(),
    peakMemoryBytes: peakMemory(),
    warnings: context.warnings,
  }
  await writeReports(flags, sheet, value)
  return context.answer(value, sheetText(sheet))
}

/** Checked before anything is trained. */
function metricOf(given: string | undefined, k: readonly number[]): string {
  const known = k.flatMap((cut) => rankingMeasures.map((measure) => `${measure}@${cut}`))
  if (given !== undefined && !known.includes(given))
    throw fail('UNKNOWN_NAME', { kind: 'metric', name: given, known })
  return given ?? `ndcg@${Math.max(...k)}`
}

function entrantsOf(methods: string, flags: CompareFlags): Entrant[] {
  const names = methods === 'all' ? recommenders.map((each) => each.name) : [...new Set(words(methods))]
  const definitions = names.map(findRecommender)
  const presets = new Map(perMethod(names, flags.preset ?? [], '=', '--preset'))
  const values = perMethod(names, flags.set ?? [], '.', '--set')
  return definitions.map((definition) => {
    const own = values.filter(([name]) => name === definition.name).map(([, pair]) => pair)
    const config = resolveConfig(definition, settingsFromPairs(definition, own), presets.get(definition.name))
    return { definition, config: config as Record<string, unknown> }
  })
}

/** Trains and evaluates each entrant with each seed. One that does not fit memory is left out, with the reason, unless none fits. */
async function runAll(
  context: Context,
  parts: Parts,
  entrants: readonly Entrant[],
  {
    seeds,
    k,
    finished,
  }: {
    readonly seeds: readonly number[]
    readonly k: readonly number[]
    readonly finished: FinishedRuns | null
  },
): Promise<{ runs: Map<string, Run[]>; leftOut: LeftOut[] }> {
  const runs = new Map<string, Run[]>()
  const leftOut: LeftOut[] = []
  let refusal: HomophilyError | undefined
  for (const { definition, config } of entrants) {
    const { name } = definition
    const list: Run[] = []
    try {
      for (const seed of seeds)
        list.push(await one(context, parts, { method: name, config, seed }, k, finished))
      runs.set(name, list)
    } catch (error) {
      if (!(error instanceof HomophilyError) || error.code !== 'TOO_LARGE') throw error
      refusal ??= error
      leftOut.push({ name, reason: error.message })
      context.notice(`${name}: left out: ${error.message}`)
    }
  }
  if (runs.size === 0 && refusal) throw refusal
  return { runs, leftOut }
}

async function one(
  context: Context,
  parts: Parts,
  training: {
    readonly method: string
    readonly config: Readonly<Record<string, unknown>>
    readonly seed: number
  },
  k: readonly number[],
  finished: FinishedRuns | null,
): Promise<Run> {
  const { method, seed } = training
  const label = `${method}, seed ${seed}`
  const known = await finished?.load(training)
  if (known) {
    context.notice(`${label}: taken from ${finished!.directory}`)
    return known
  }
  context.progress.begin(label)
  const { model, result, seconds } = await tryOut(context, parts, training, k)
  model.dispose()
  const run = { seed, result: result!, seconds }
  await finished?.save(training, run)
  const cut = Math.max(...k)
  context.notice(
    `${label}: trained in ${duration(seconds)}, recall@${cut} ${result!.means[`recall@${cut}`].toFixed(4)}, ndcg@${cut} ${result!.means[`ndcg@${cut}`].toFixed(4)}`,
  )
  return run
}

function seedsTable(
  summaries: readonly { readonly name: string; readonly summary: ReturnType<typeof summarizeSeeds> }[],
  metrics: readonly string[],
): Table {
  const distinct = [...new Set(metrics)]
  return {
    title: `Over ${summaries[0].summary.seeds.length} seeds: mean ± standard deviation [least, most]`,
    header: ['model', ...distinct, 'train s'],
    rows: summaries.map(({ name, summary }) => [
      name,
      ...distinct.map((metric) => {
        const { mean, std, min, max } = summary.metrics[metric]
        return `${mean.toFixed(4)} ± ${std.toFixed(4)} [${min.toFixed(4)}, ${max.toFixed(4)}]`
      }),
      summary.seconds.mean.toPrecision(3),
    ]),
  }
}
