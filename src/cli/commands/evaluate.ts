/** `homophily evaluate <model> --test <file>` */
import type { Command } from 'commander'
import { splitGiven } from '../../data/split.ts'
import { fail } from '../../errors.ts'
import { evaluateRecommender } from '../../evaluate/evaluate-recommender.ts'
import { loadRecommender } from '../../workspace/recommenders.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { checkTargets } from '../files.ts'
import { commonFlags, cutoffFlag, reportFlags, versionFlag, workspaceFlag } from '../flags.ts'
import { read, type ReaderFlags, readerFlags } from '../load.ts'
import { type ReportFiles, reportValue, sheetText, writeReports } from '../sheet.ts'
import type { Shell } from '../shell.ts'
import { counted, duration } from '../text.ts'
import { addEvaluateClassify } from './evaluate-classify.ts'
import { addEvaluateClusters } from './evaluate-clusters.ts'
import { addEvaluateLink } from './evaluate-link.ts'
import { addEvaluateLookalike } from './evaluate-lookalike.ts'
import { addEvaluateNext } from './evaluate-next.ts'

interface EvaluateFlags extends CommonOptions, ReaderFlags, ReportFiles {
  readonly test?: string
  readonly validation?: string
  readonly k?: number[]
  readonly workspace: string
  readonly version?: number
}

export function addEvaluate(program: Command, shell: Shell): void {
  const command = program
    .command('evaluate')
    .enablePositionalOptions()
    .description('evaluate a saved model on a file of interactions it was not trained on; or as below')
    .argument('<model>', 'name of a saved model')
    .option('--test <file>', 'the test interactions (needed)')
    .option(
      '--validation <file>',
      'interactions not to recommend, such as those the training stopped early by',
    )
  workspaceFlag(versionFlag(command))
  commonFlags(reportFlags(cutoffFlag(command)))
  readerFlags(command, false).action((name: string, options: EvaluateFlags) =>
    shell.run(options, (context) => evaluate(context, name, options)),
  )
  addEvaluateClassify(command, shell)
  addEvaluateLink(command, shell)
  addEvaluateNext(command, shell)
  addEvaluateClusters(command, shell)
  addEvaluateLookalike(command, shell)
}

async function evaluate(context: Context, name: string, flags: EvaluateFlags): Promise<Output> {
  // Not a required option: the subcommands would then require it too.
  if (flags.test === undefined)
    throw fail('ARGUMENT', { what: '--test', expected: 'a file of test interactions', got: 'none' })
  await checkTargets(flags.reportJson, flags.reportMd)
  const model = await loadRecommender(await openWorkspace(flags.workspace), name, flags.version)
  context.announceKernels()
  const tests = await read(context, flags.test, flags)
  const known = flags.validation === undefined ? null : await read(context, flags.validation, flags)
  const { test, validation, warnings } = splitGiven(model.interactions, tests, known)
  context.warnings.push(...warnings)
  context.progress.begin(name)
  const started = performance.now()
  const result = await evaluateRecommender(model, test, {
    ...context.runOptions,
    exclude: validation,
    ...(flags.k ? { k: flags.k } : {}),
  })
  const seconds = (performance.now() - started) / 1000
  context.progress.clear()

  const { method, seed, config } = model.origin
  const split = `given file: test ${flags.test}; train is what the model was trained on`
  const sheet = {
    settings: { title: `${name} on ${flags.test}`, split, seeds: [seed] },
    report: result,
    facts: [
      `Model ${name}: method ${method}, trained on ${counted(model.interactions.matrix.nnz, 'interaction')}.`,
      `Evaluated in ${duration(seconds)}; ${kernelsInUse()}.`,
    ],
    warnings: context.warnings,
  }
  const value = {
    command: 'evaluate',
    model: name,
    method,
    config,
    seconds,
    kernels: kernelsInUse(),
    evaluation: reportValue(sheet),
    warnings: context.warnings,
  }
  await writeReports(flags, sheet, value)
  return context.answer(value, sheetText(sheet))
}
