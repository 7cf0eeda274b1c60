/** `homophily embed <method> <source...>` */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { fail } from '../../errors.ts'
import { holdOut } from '../../evaluate/hold-out.ts'
import { trainEmbedding } from '../../evaluate/train-embedding.ts'
import { grouped } from '../../evaluate/numbers.ts'
import { wrap } from '../../evaluate/table.ts'
import { embedders, findEmbedder } from '../../models/embed/index.ts'
import type { EmbedderDefinition } from '../../models/embed/family/definition.ts'
import type { FittedEmbedding } from '../../models/embed/family/fitted.ts'
import { resolveConfig } from '../../models/method.ts'
import { alignEmbedding } from '../../workspace/alignment.ts'
import type { DriftRecord } from '../../workspace/drifts.ts'
import { exportEmbedding, saveEmbedding } from '../../workspace/embedders.ts'
import { Random } from '../../random.ts'
import { checkName } from '../../workspace/names.ts'
import { vectorFormatOf } from '../../workspace/vectors/index.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import { type CheckpointFlags, checkpointFlags, checkpointing, keepsCheckpoints } from '../checkpoints.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { type InputFlags, inputFlags, readInput } from '../embed-input.ts'
import { checkTargets } from '../files.ts'
import { commonFlags, decimalNumber, wholeNumber, workspaceFlag } from '../flags.ts'
import { addSettingFlags, givenSettings } from '../settings.ts'
import type { Shell } from '../shell.ts'
import { alignmentFact, bytes, counted, duration, nameSources, shellWord } from '../text.ts'
import { peakMemory } from '../trial.ts'

interface EmbedFlags extends CommonOptions, InputFlags, CheckpointFlags {
  readonly preset?: string
  readonly seed: number
  readonly heldOut?: number
  readonly name: string
  readonly workspace: string
  readonly save: boolean
  readonly export?: string
}

export function addEmbed(program: Command, shell: Shell): void {
  const embed = commonFlags(program.command('embed'))
    .description('learn a vector for every node of a graph, or every item of behaviour, and save them')
    .usage('<method> <source...> [options]')
    .argument('[method]')
    .argument('[source...]')
    .allowUnknownOption()
    .addHelpText('after', '\nThe settings of a method: homophily embed <method> --help\n')
    .action((method: string | undefined, _sources: string[], options: CommonOptions) =>
      shell.run(options, async () => {
        if (method !== undefined && !method.startsWith('-')) findEmbedder(method)
        const names = embedders.map((each) => each.name).join(', ')
        throw fail('ARGUMENT', {
          what: 'embed',
          expected: `a method first (${names}), then files`,
          got: method ?? 'none',
        })
      }),
    )
  for (const definition of embedders) addMethod(embed, definition, shell)
}

function addMethod(embed: Command, definition: EmbedderDefinition, shell: Shell): void {
  const { name, title, summary, paper, presets } = definition
  const takes = (definition.needs as readonly string[]).includes('sequences') ? 'events' : 'edges or events'
  const command = embed
    .command(name)
    .summary(title)
    .description(`${title}: ${summary}${paper === undefined ? '' : `\n${paper}`}`)
    .argument('<source...>', `files or globs of ${takes}; - is standard input`)
  addSettingFlags(command, definition)
  command.optionsGroup('Training:')
  const all = Object.entries(presets).map(([preset, { summary: what }]) => `${preset}: ${what}`)
  if (all.length > 0) command.option('--preset <name>', all.join('; '))
  command
    .option('--seed <number>', 'seed of the training', wholeNumber, 1)
    .option(
      '--held-out <share>',
      `keep this share of the ${takes === 'events' ? 'last steps' : 'edges'} from training, and say after each epoch how well they are told apart`,
      decimalNumber,
    )
  inputFlags(command, definition.needs)
  command.optionsGroup('Saving:').option('--name <name>', 'name of the model', name)
  workspaceFlag(command)
    .option('--no-save', 'do not keep the model')
    .option('--export <file>', 'also write the vectors to a file, as `homophily export` does')
  commonFlags(checkpointFlags(command)).action((sources: string[], options: EmbedFlags) =>
    shell.run(options, (context) => run(context, definition, sources, options)),
  )
}

async function run(
  context: Context,
  definition: EmbedderDefinition,
  sources: readonly string[],
  flags: EmbedFlags,
): Promise<Output> {
  const { name, seed } = flags
  const values = givenSettings(definition, flags as unknown as Record<string, unknown>)
  const config = resolveConfig(definition, values, flags.preset) as Record<string, unknown>
  checkName(name)
  if (flags.export !== undefined) vectorFormatOf(flags.export)
  await checkTargets(flags.export)
  const checkpoints = keepsCheckpoints(context, flags)
  const workspace = await openWorkspace(flags.workspace)
  context.announceKernels()
  const read = await readInput(context, definition, sources, flags)
  const { input, heldOut } =
    flags.heldOut === undefined
      ? { ...read, heldOut: null }
      : holdOut(read.input, flags.heldOut, new Random(seed).stream('held out'))
  const description = heldOut
    ? `${read.description}, ${counted(heldOut.from.length, 'pair')} held out`
    : read.description

  context.progress.begin(name)
  const started = performance.now()
  const recipe = { method: definition.name, config, seed }
  const keeping = checkpoints
    ? await checkpointing(context, workspace, name, { ...recipe, input }, flags)
    : {}
  const trained = await trainEmbedding(input, { ...recipe, heldOut, ...keeping, ...context.runOptions })
  const seconds = (performance.now() - started) / 1000
  context.progress.clear()
  context.check()

  const { model, aligned } = flags.save
    ? await alignEmbedding(workspace, name, trained)
    : { model: trained, aligned: null }
  const curve = curveOf(model)
  const auc = heldOutAucOf(model)
  const data = { sources, description }
  if (flags.export !== undefined) await exportEmbedding(resolve(flags.export), model)
  const saved = flags.save
    ? await saveEmbedding(workspace, name, model, {
        metrics: { trainSeconds: seconds, ...(auc === null ? {} : { heldOutAuc: auc }) },
        data,
        aligned,
      })
    : null
  if (saved && checkpoints) await workspace.removeCheckpoint(name)
  const value = {
    command: 'embed',
    model: saved,
    method: definition.name,
    config,
    seed,
    data,
    vectors: model.nodes.size,
    dim: model.dim,
    seconds,
    aligned: aligned?.record ?? null,
    facts: model.facts,
    exported: flags.export ?? null,
    peakMemoryBytes: peakMemory(),
    kernels: kernelsInUse(),
    warnings: context.warnings,
  }
  const facts = [
    `${counted(model.nodes.size, 'vector')} of ${counted(model.dim, 'number')} from ${description}.`,
    `Trained in ${duration(seconds)}${describeCurve(curve, seconds)}; peak memory of this process ${bytes(peakMemory())}; ${kernelsInUse()}.`,
    ...(auc === null
      ? []
      : [`The vectors tell held-out pairs from others with an AUC of ${auc.toFixed(4)} (of dot products).`]),
    ...(flags.export === undefined ? [] : [`Vectors written to ${flags.export}.`]),
    ...(saved ? describeSaved(saved.version, model, aligned?.record, flags) : ['Not saved (--no-save).']),
  ]
  const title = `${definition.title} on ${nameSources(sources)}`
  const lines = [...context.warnings.map((warning) => `! ${warning}`), ...facts]
  const text = lines.map((line) => `${wrap(line, 100, '  ')}\n`).join('')
  return context.answer(value, `${title}\n${'═'.repeat(Math.min(100, title.length))}\n${text}`)
}

function describeSaved(
  version: number,
  model: FittedEmbedding,
  aligned: DriftRecord | undefined,
  { name, workspace }: EmbedFlags,
): string[] {
  const place = workspace === './.homophily' ? '' : ` --workspace ${shellWord(workspace)}`
  return [
    `Saved as ${name}, version ${version}, in ${workspace}.`,
    ...(aligned ? [alignmentFact(aligned)] : []),
    `Next: homophily similar ${name} --id ${shellWord(model.nodes.id(0))}${place}`,
  ]
}

interface Epoch {
  readonly loss: number
  readonly tokens?: number
  readonly auc?: number | null
}

function curveOf({ facts }: FittedEmbedding): readonly Epoch[] {
  return Array.isArray(facts['curve']) ? (facts['curve'] as Epoch[]) : []
}

/** The last score of the held-out pairs, where there are any; of LINE's two orders the second's. */
function heldOutAucOf(model: FittedEmbedding): number | null {
  const scores = model.facts['heldOutAuc'] as readonly number[] | undefined
  return scores?.at(-1) ?? curveOf(model).at(-1)?.auc ?? null
}

/** ` (2 epochs, 3,200,000 words, 1,600,000 words/s, loss 1.234)` */
function describeCurve(curve: readonly Epoch[], seconds: number): string {
  const last = curve.at(-1)
  if (!last) return ''
  const words = curve.reduce((sum, { tokens = 0 }) => sum + tokens, 0)
  const rate = words > 0 ? [`${grouped(words)} words`, `${grouped(Math.round(words / seconds))} words/s`] : []
  return ` (${[counted(curve.length, 'epoch'), ...rate, `loss ${last.loss.toPrecision(4)}`].join(', ')})`
}
