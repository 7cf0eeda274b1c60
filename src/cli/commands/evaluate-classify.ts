/** `homophily evaluate classify <model> --labels <file>` */
import type { Command } from 'commander'
import { readLabelSets } from '../../data/read-label-sets.ts'
import { evaluateClassification } from '../../evaluate/node-classification.ts'
import { fail } from '../../errors.ts'
import { Random } from '../../random.ts'
import { run } from '../../train/run.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { checkTargets } from '../files.ts'
import {
  commonFlags,
  decimalNumber,
  given,
  positive,
  reportFlags,
  share,
  wholeNumber,
  words,
} from '../flags.ts'
import { type ReportFiles, reportValue, sheetText, writeReports } from '../sheet.ts'
import type { Shell } from '../shell.ts'
import { counted, duration } from '../text.ts'
import { loadVectors, type VectorFlags, vectorFlags } from '../vectors-source.ts'

interface ClassifyFlags extends CommonOptions, ReportFiles, VectorFlags {
  readonly labels?: string
  readonly nodeColumn?: string
  readonly labelColumn?: string
  readonly shares?: number[]
  readonly splits: number
  readonly c: number
  readonly validation?: number
  readonly seed: number
}

export function addEvaluateClassify(evaluate: Command, shell: Shell): void {
  const command = evaluate
    .command('classify')
    .description('how well labels of nodes follow from the vectors of an embedding (the DeepWalk protocol)')
    .argument('[model]', 'name of a saved embedding')
    .option('--labels <file>', 'a table with a row for each label of each node (needed)')
    .option('--node-column <name>', 'the column of nodes, where it is not called node or id')
    .option('--label-column <name>', 'the column of labels, where it is not called label')
    .option(
      '--shares <list>',
      'shares of labelled nodes to train on (default: 0.1,0.5,0.9)',
      (text: string) => words(text).map(share),
    )
    .option('--splits <count>', 'random splits for each share', positive, 10)
    .option('--c <number>', 'C of the logistic regression', decimalNumber, 1)
    .option(
      '--validation <share>',
      'score this share of the training nodes instead of the test nodes, to choose settings by',
      share,
    )
    .option('--seed <number>', 'seed of the splits', wholeNumber, 1)
  vectorFlags(command)
  commonFlags(reportFlags(command)).action((model: string | undefined, options: ClassifyFlags) =>
    shell.run(options, (context) => classify(context, model, options)),
  )
}

async function classify(context: Context, model: string | undefined, flags: ClassifyFlags): Promise<Output> {
  if (flags.labels === undefined)
    throw fail('ARGUMENT', { what: '--labels', expected: 'a file of labels', got: 'none' })
  await checkTargets(flags.reportJson, flags.reportMd)
  const { name, nodes, vectors, seeds, description } = await loadVectors(model, flags)
  const { labels, unknown } = await readLabelSets(
    flags.labels,
    nodes,
    given({ node: flags.nodeColumn, label: flags.labelColumn }),
  )
  if (unknown > 0)
    context.warnings.push(`${counted(unknown, 'node')} of ${flags.labels} without a vector left out.`)
  context.announceKernels()
  context.progress.begin(name)
  const started = performance.now()
  const { seed, shares, splits, c, validation } = flags
  const job = evaluateClassification(vectors, labels, {
    rng: new Random(seed),
    splits,
    c,
    ...given({ shares, validation }),
  })
  const result = await run(job, context.runOptions)
  const seconds = (performance.now() - started) / 1000
  context.progress.clear()
  const sheet = {
    settings: {
      title: `${name} on ${flags.labels}`,
      split: `${counted(splits, 'random split')} of the labelled nodes for each share, seed ${seed}`,
      seeds,
    },
    report: result,
    facts: [description, `Evaluated in ${duration(seconds)}; ${kernelsInUse()}.`],
    warnings: context.warnings,
  }
  const value = {
    command: 'evaluate classify',
    model: name,
    labels: flags.labels,
    unknownNodes: unknown,
    splitSeed: seed,
    seconds,
    kernels: kernelsInUse(),
    evaluation: reportValue(sheet),
    warnings: context.warnings,
  }
  await writeReports(flags, sheet, value)
  return context.answer(value, sheetText(sheet))
}
