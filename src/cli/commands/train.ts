/** `homophily train <method> <source...>` */
import type { Command } from 'commander'
import { summarizeSeeds } from '../../evaluate/seeds.ts'
import { fail } from '../../errors.ts'
import { resolveConfig, settingNames } from '../../models/method.ts'
import type { RecommenderDefinition } from '../../models/recommend/family/definition.ts'
import { findRecommender, recommenders } from '../../models/recommend/index.ts'
import { checkName } from '../../workspace/names.ts'
import { alignWithService } from '../../workspace/alignment.ts'
import { saveRecommender } from '../../workspace/recommenders.ts'
import { openWorkspace, type Workspace } from '../../workspace/workspace.ts'
import { type CheckpointFlags, checkpointFlags, checkpointing, keepsCheckpoints } from '../checkpoints.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { checkTargets } from '../files.ts'
import { commonFlags, cutoffFlag, reportFlags, seedFlags, workspaceFlag } from '../flags.ts'
import { readerFlags } from '../load.ts'
import { addSettingFlags, givenSettings } from '../settings.ts'
import { type ReportFiles, reportValue, sheetText, writeReports } from '../sheet.ts'
import type { Shell } from '../shell.ts'
import { loadParts, type Parts, type SplitFlags, splitFlags } from '../splitting.ts'
import { alignmentFact, nameSources, shellWord } from '../text.ts'
import { describeParts, describeTraining, partSizes, peakMemory, type Trial, tryOut } from '../trial.ts'

interface TrainFlags extends CommonOptions, SplitFlags, ReportFiles, CheckpointFlags {
  readonly preset?: string
  readonly seeds: number
  readonly name?: string
  readonly workspace: string
  readonly save: boolean
  readonly k?: number[]
}

export function addTrain(program: Command, shell: Shell): void {
  const train = commonFlags(program.command('train'))
    .description('train a method on a file of interactions, evaluate it, and save it')
    .usage('<method> <source...> [options]')
    .argument('[method]')
    .argument('[source...]')
    .allowUnknownOption()
    .addHelpText('after', '\nThe settings of a method: homophily train <method> --help\n')
    .action((method: string | undefined, _sources: string[], options: CommonOptions) =>
      shell.run(options, async () => {
        if (method !== undefined && !method.startsWith('-')) findRecommender(method)
        const names = recommenders.map((each) => each.name).join(', ')
        throw fail('ARGUMENT', {
          what: 'train',
          expected: `a method first (${names}), then files`,
          got: method ?? 'none',
        })
      }),
    )
  for (const definition of recommenders) addMethod(train, definition, shell)
}

function addMethod(train: Command, definition: RecommenderDefinition, shell: Shell): void {
  const command = train
    .command(definition.name)
    .summary(definition.title)
    .description(
      `${definition.title}: ${definition.summary}${definition.paper === undefined ? '' : `\n${definition.paper}`}`,
    )
    .argument('<source...>', 'files or globs of interactions; - is standard input')
  addSettingFlags(command, definition)
  command.optionsGroup('Training:')
  const presets = Object.entries(definition.presets).map(([name, { summary }]) => `${name}: ${summary}`)
  if (presets.length > 0) command.option('--preset <name>', presets.join('; '))
  seedFlags(command)
  splitFlags(command, true)
  readerFlags(command)
  command.optionsGroup('Saving and reporting:').option('--name <name>', 'name of the model', definition.name)
  workspaceFlag(command).option('--no-save', 'do not keep the model')
  if (canStopEarly(definition)) checkpointFlags(command)
  commonFlags(reportFlags(cutoffFlag(command))).action((sources: string[], options: TrainFlags) =>
    shell.run(options, (context) => run(context, definition, sources, options)),
  )
}

/** Iterative methods validate, stop early and give snapshots. */
function canStopEarly(definition: RecommenderDefinition): boolean {
  return settingNames(definition).includes('patience')
}

async function run(
  context: Context,
  definition: RecommenderDefinition,
  sources: readonly string[],
  flags: TrainFlags,
): Promise<Output> {
  const name = flags.name ?? definition.name
  const values = givenSettings(definition, flags as unknown as Record<string, unknown>)
  const config = resolveConfig(definition, values, flags.preset) as Record<string, unknown>
  checkName(name)
  const checkpoints = keepsCheckpoints(context, flags)
  if (checkpoints && flags.seeds > 1) {
    throw fail('ARGUMENT', {
      what: '--checkpoint and --resume',
      expected: 'one seed',
      got: `--seeds ${flags.seeds}`,
    })
  }
  await checkTargets(flags.reportJson, flags.reportMd)
  const workspace = await openWorkspace(flags.workspace)
  context.announceKernels()
  const parts = await loadParts(context, sources, flags)
  if (parts.validation && !canStopEarly(definition)) {
    context.warnings.push(
      `${definition.title} does not stop early: the validation part was held out and not used.`,
    )
  }

  const seeds = Array.from({ length: flags.seeds }, (_, i) => flags.seed + i)
  const trials: Trial[] = []
  for (const seed of seeds) {
    context.progress.begin(flags.seeds > 1 ? `${name}, seed ${seed}` : name)
    const identity = { method: definition.name, config, seed, interactions: parts.train }
    const keeping = checkpoints ? await checkpointing(context, workspace, name, identity, flags) : {}
    const trial = await tryOut(context, parts, { method: definition.name, config, seed, ...keeping }, flags.k)
    if (trials.length > 0) trial.model.dispose()
    trials.push(trial)
  }
  context.check()
  return conclude(context, definition, {
    name,
    config,
    seeds,
    trials,
    parts,
    sources,
    flags,
    workspace,
    checkpoints,
  })
}

interface Done {
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  readonly seeds: readonly number[]
  readonly trials: readonly Trial[]
  readonly parts: Parts
  readonly sources: readonly string[]
  readonly flags: TrainFlags
  readonly workspace: Workspace
  readonly checkpoints: boolean
}

async function conclude(context: Context, definition: RecommenderDefinition, done: Done): Promise<Output> {
  const { name, config, seeds, trials, parts, sources, flags, workspace } = done
  const [first] = trials as [Trial]
  const evaluated = trials.flatMap(({ result, seconds }, i) =>
    result ? [{ seed: seeds[i], result, seconds }] : [],
  )
  const summary = evaluated.length > 1 ? summarizeSeeds(evaluated) : null
  const title = `${definition.title} on ${nameSources(sources)}`
  const single = {
    settings: { title, split: parts.description, seeds: seeds.slice(0, 1) },
    report: first.result,
  }
  const shown = summary ? { settings: { title, split: parts.description, seeds }, report: summary } : single

  const data = { sources, ...partSizes(parts) }
  const kept = flags.save ? await alignWithService(workspace, name, first.model) : null
  const { model, aligned } = kept ?? { model: first.model, aligned: null }
  const saved = flags.save
    ? await saveRecommender(workspace, name, model, {
        metrics: metricsOf(first),
        report: reportValue(single) ?? undefined,
        data,
        aligned,
      })
    : null
  if (saved && done.checkpoints) await workspace.removeCheckpoint(name)

  const facts = [describeParts(parts), describeTraining(model, first.seconds), `${kernelsInUse()}.`]
  if (saved) {
    const whose = summary ? ` (seed ${seeds[0]})` : ''
    const place = flags.workspace === './.homophily' ? '' : ` --workspace ${shellWord(flags.workspace)}`
    facts.push(`Saved as ${name}, version ${saved.version}${whose}, in ${flags.workspace}.`)
    if (aligned) facts.push(alignmentFact(aligned.record))
    facts.push(`Next: homophily recommend ${name} --user ${shellWord(someUser(parts))}${place}`)
  } else facts.push('Not saved (--no-save).')
  const sheet = { ...shown, facts, warnings: context.warnings }
  const value = {
    command: 'train',
    model: saved,
    method: definition.name,
    config,
    seeds,
    data,
    seconds: trials.map(({ seconds }) => seconds),
    aligned: aligned?.record ?? null,
    facts: model.facts,
    peakMemoryBytes: peakMemory(),
    kernels: kernelsInUse(),
    evaluation: reportValue(shown),
    warnings: context.warnings,
  }
  await writeReports(flags, sheet, value)
  return context.answer(value, sheetText(sheet))
}

/** What lists of models show: numbers that are undefined are left out. */
function metricsOf({ result, seconds }: Trial): Record<string, number> {
  const all = { ...result?.means, ...result?.beyond, trainSeconds: seconds }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => Number.isFinite(value)))
}

/** A user to try: the first one with interactions. */
function someUser({ train }: Parts): string {
  for (let u = 0; u < train.matrix.rows; u++) if (train.matrix.degree(u) > 0) return train.users.id(u)
  return train.users.id(0)
}
