/** `homophily evaluate next <methods> <source...>` */
import type { Command } from 'commander'
import { compareModels, type ModelRun } from '../../evaluate/compare.ts'
import { evaluateNextItem, leaveLastItemOut, type Lookback, newCategories } from '../../evaluate/next-item.ts'
import { readLabelSets } from '../../data/read-label-sets.ts'
import type { Vocabulary } from '../../data/vocabulary.ts'
import { fail } from '../../errors.ts'
import { readSequences } from '../../graph/sequences.ts'
import { embedders } from '../../models/embed/index.ts'
import { Random } from '../../random.ts'
import { run } from '../../train/run.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { checkTargets } from '../files.ts'
import {
  collect,
  commonFlags,
  cutoffFlag,
  decimalNumber,
  positive,
  reportFlags,
  wholeNumber,
  words,
} from '../flags.ts'
import { readSide, type SideFlags } from '../embed-input.ts'
import { loadWarnings, readOptions, type ReaderFlags, readerFlags } from '../load.ts'
import { type Entrant, entrantOf, entrantOfVectors, nextMethods, type Split } from '../next-entrants.ts'
import { type ReportFiles, reportValue, sheetText, writeReports } from '../sheet.ts'
import type { Shell } from '../shell.ts'
import { counted, duration, nameSources } from '../text.ts'
import { loadVectors, type VectorFlags, vectorFlags } from '../vectors-source.ts'

interface NextFlags extends CommonOptions, ReaderFlags, ReportFiles, SideFlags, VectorFlags {
  readonly model?: string
  readonly set?: string[]
  readonly seed: number
  readonly k?: number[]
  readonly decay: number
  readonly last?: number
  readonly sessionGap?: number
  readonly categories?: string
  readonly categoryColumn?: string
  readonly newDays?: number
  readonly newEvents?: number
}

/** They stand beside every method. */
const baselines = ['popularity', 'item-knn']

export function addEvaluateNext(evaluate: Command, shell: Shell): void {
  const command = evaluate
    .command('next')
    .description(
      'hold out the last event of each sequence, train methods on the rest, and see whether they put it first',
    )
    .argument('<methods>', `methods with commas between them, or none: ${nextMethods.join(',')}`)
    .argument('<source...>', 'files or globs of events; - is standard input')
    .option('--set <method.setting=value>', 'a setting of one method (may come several times)', collect)
    .option('--seed <number>', 'seed of the training', wholeNumber, 1)
    .option(
      '--decay <number>',
      'each event counts this many times what the one after it counts',
      decimalNumber,
      1,
    )
    .option('--last <count>', 'ask embeddings with so many of the latest events (default: all)', positive)
    .option('--session-gap <minutes>', 'a longer pause leads to no edge, for methods on a graph', positive)
    .option('--attributes <file>', 'side information about the items, for methods that use it')
    .option(
      '--fields <list>',
      'columns of the attributes to use, such as category,tags:tags,price:number',
      words,
    )
    .option('--model <name>', 'also a saved embedding, trained without the last events')
    .option('--categories <file>', 'a table of items and their category, for the share of new ones')
    .option('--category-column <name>', 'its column of categories (default: category)')
    .option('--new-days <count>', 'new is what the last so many days lack', positive)
    .option('--new-events <count>', 'new is what so many of the latest events lack', positive)
  vectorFlags(command)
  readerFlags(command, false)
  command.optionsGroup('Reporting:')
  commonFlags(reportFlags(cutoffFlag(command))).action(
    (methods: string, sources: string[], options: NextFlags) =>
      shell.run(options, (context) => next(context, methods, sources, options)),
  )
}

async function next(
  context: Context,
  methods: string,
  sources: readonly string[],
  flags: NextFlags,
): Promise<Output> {
  const { seed, k = [10, 20], decay, last = Infinity } = flags
  if (!(decay > 0 && decay <= 1))
    throw fail('ARGUMENT', { what: '--decay', expected: 'above 0 and at most 1', got: String(decay) })
  const named = methods === 'none' ? [] : words(methods)
  const gap = flags.sessionGap === undefined ? undefined : flags.sessionGap * 60_000
  const taking = {
    settings: flags.set ?? [],
    asking: { decay, last },
    gap,
    attributes: (items: Vocabulary) => readSide(context, flags, items),
  }
  const entrants: Entrant[] = [...new Set([...baselines, ...named])].map((name) => entrantOf(name, taking))
  checkSide(named, flags)
  for (const text of flags.set ?? []) {
    const name = text.split('.', 1)[0]
    if (!entrants.some((each) => each.name === name))
      throw fail('UNKNOWN_NAME', { kind: 'method of --set', name, known: entrants.map((each) => each.name) })
  }
  await checkTargets(flags.reportJson, flags.reportMd)
  if (flags.model !== undefined || flags.vectors !== undefined) {
    const vectors = await loadVectors(flags.model, flags)
    entrants.push(entrantOfVectors(vectors, { decay, last }))
    context.warnings.push(`${vectors.name} must have been made without the last event of each sequence.`)
  }
  context.announceKernels()
  const { sequences, report } = await context.untilInterrupted(() =>
    readSequences(sources, readOptions(flags)),
  )
  context.warnings.push(...loadWarnings(report))
  if (!sequences.times) context.warnings.push('The events have no times: the order of the files was taken.')
  const split = leaveLastItemOut(sequences)
  const isNew = await newness(context, split, flags)

  const runs: ModelRun[] = []
  for (const { name, prepare } of entrants) {
    context.progress.begin(name)
    const started = performance.now()
    const { scorer, dispose } = await prepare(split, seed, context.runOptions)
    const seconds = (performance.now() - started) / 1000
    try {
      const options = isNew ? { k, isNew } : { k }
      runs.push({
        name,
        seconds,
        result: await run(evaluateNextItem(scorer, split, options), context.runOptions),
      })
    } finally {
      dispose()
    }
  }
  context.progress.clear()
  const comparison = compareModels(runs, {
    metric: `ndcg@${Math.max(...k)}`,
    baseline: 'item-knn',
    rng: new Random(seed),
  })
  const { tokens } = split.train.sentences
  const sheet = {
    settings: {
      title: `Next item on ${nameSources(sources)}`,
      split: 'the last event of each sequence is test, held out before training',
      seeds: [seed],
    },
    report: comparison,
    facts: [
      `Trained on ${counted(tokens.length, 'event')} of ${counted(split.train.users.size, 'user')} with ${counted(split.train.items.size, 'item')}.`,
      `Embeddings are asked with ${last === Infinity ? 'all' : `the last ${last}`} events, decay ${decay}; ` +
        `all in ${duration(runs.reduce((sum, each) => sum + each.seconds, 0))} of training; ${kernelsInUse()}.`,
    ],
    warnings: context.warnings,
  }
  const value = {
    command: 'evaluate next',
    methods: entrants.map(({ name, config }) => ({ name, config })),
    seed,
    sources,
    kernels: kernelsInUse(),
    comparison: reportValue(sheet),
    warnings: context.warnings,
  }
  await writeReports(flags, sheet, value)
  return context.answer(value, sheetText(sheet))
}

/** Side information is given where a method needs it, and only there. */
function checkSide(named: readonly string[], { attributes, fields }: NextFlags): void {
  const needy = embedders.filter(
    ({ name, needs }) => named.includes(name) && needs.some((need) => need === 'attributes'),
  )
  if (needy.length > 0 === (attributes !== undefined) && (attributes === undefined) === !fields) return
  throw fail('ARGUMENT', {
    what: needy.map(({ name }) => name).join(', ') || 'methods without side information',
    expected: needy.length > 0 ? '--attributes <file> and --fields <list>' : 'no --attributes and --fields',
    got: attributes === undefined ? (fields ? '--fields alone' : 'neither') : fields ? 'both' : 'no --fields',
  })
}

/** What is new to a user, by the categories of --categories; undefined without. */
async function newness(
  context: Context,
  split: Split,
  { categories, categoryColumn, newDays, newEvents, itemColumn }: NextFlags,
): Promise<ReturnType<typeof newCategories> | undefined> {
  const lookbacks: Lookback[] = [
    ...(newDays === undefined ? [] : [{ days: newDays }]),
    ...(newEvents === undefined ? [] : [{ events: newEvents }]),
  ]
  if (categories === undefined && lookbacks.length === 0) return undefined
  if (categories === undefined || lookbacks.length !== 1) {
    throw fail('ARGUMENT', {
      what: 'new categories',
      expected: '--categories <file> and one of --new-days and --new-events',
      got: categories === undefined ? 'no file' : `${lookbacks.length} of them`,
    })
  }
  const { items } = split.train
  const { labels } = await readLabelSets(categories, items, {
    node: itemColumn ?? 'item',
    label: categoryColumn ?? 'category',
  })
  const categoryOf = Int32Array.from({ length: items.size }, (_, i) =>
    labels.degree(i) > 0 ? labels.row(i)[0] : -1,
  )
  const without = categoryOf.filter((category) => category < 0).length
  if (without > 0)
    context.warnings.push(`${counted(without, 'item')} without a category: they are never new.`)
  return newCategories(split, categoryOf, lookbacks[0])
}
