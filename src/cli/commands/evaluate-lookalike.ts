/** `homophily evaluate lookalike <seeds> <model...>`: the methods beside each other on held-out seeds. */
import type { Command } from 'commander'
import { compareLookalikes, type LookalikeComparison } from '../../audience/lookalike/compare.ts'
import { type LookalikeMethod, lookalikeMethods } from '../../audience/lookalike/methods.ts'
import { rowsOf } from '../../audience/lookalike/seeds.ts'
import { type IdFormat, readIds } from '../../data/read-ids.ts'
import { display } from '../../data/source.ts'
import type { Spread } from '../../evaluate/seeds.ts'
import type { Table } from '../../evaluate/table.ts'
import { fail } from '../../errors.ts'
import { Random } from '../../random.ts'
import { run } from '../../train/run.ts'
import { type SourceFlags, sourceFlags, withSources } from '../audience-sources.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { checkTargets } from '../files.ts'
import { commonFlags, given, positive, reportFlags, wholeNumber, words } from '../flags.ts'
import { type ReportFiles, sheetText, writeReports } from '../sheet.ts'
import type { Shell } from '../shell.ts'
import { counted, duration } from '../text.ts'
import { idFlags } from './lookalike.ts'

interface EvaluateFlags extends CommonOptions, SourceFlags, ReportFiles {
  readonly methods: LookalikeMethod[]
  readonly sizes: number[]
  readonly repeats: number
  readonly suppress?: string
  readonly events?: string
  readonly seed: number
  readonly format?: IdFormat
  readonly userColumn?: string
}

const all = Object.keys(lookalikeMethods) as LookalikeMethod[]

export function addEvaluateLookalike(evaluate: Command, shell: Shell): void {
  const command = evaluate
    .command('lookalike')
    .description('how many held-out seeds audiences of each size find, by all methods of look-alikes')
    .argument('<seeds>', 'users who belong together: one id a line, or a table; - is standard input')
    .argument('<models...>', 'saved models with vectors of users; several of the same data give a mean')
    .option('--methods <list>', `of ${all.join(', ')} (default: all)`, methodsOf, all)
    .option(
      '--sizes <list>',
      'audience sizes',
      (text: string) => words(text).map(positive),
      [20, 50, 100, 200],
    )
    .option('--repeats <count>', 'divisions of the seeds into folds, for each model', positive, 5)
    .option('--suppress <file>', 'users never to be in an audience')
    .option(
      '--events <file>',
      'interactions: only their users are looked at, and activity is counted by them (default: those of a recommender)',
    )
    .option('--seed <number>', 'of the divisions', wholeNumber, 1)
  idFlags(sourceFlags(command))
  commonFlags(reportFlags(command)).action((seeds: string, models: string[], options: EvaluateFlags) =>
    shell.run(options, (context) => compare(context, seeds, models, options)),
  )
}

function methodsOf(text: string): LookalikeMethod[] {
  return words(text).map((name) => {
    if (Object.hasOwn(lookalikeMethods, name)) return name as LookalikeMethod
    throw fail('UNKNOWN_NAME', { kind: 'method of look-alikes', name, known: all })
  })
}

async function compare(
  context: Context,
  file: string,
  models: readonly string[],
  flags: EvaluateFlags,
): Promise<Output> {
  await checkTargets(flags.reportJson, flags.reportMd)
  const { methods, sizes, repeats, seed, events } = flags
  const reading = given({ format: flags.format, column: flags.userColumn })
  const ids = await readIds(file, reading)
  const suppress = flags.suppress === undefined ? [] : await readIds(flags.suppress, reading)
  return withSources(flags, { model: models[0], events }, async (sources) => {
    const spaces = []
    for (const name of models) spaces.push(await sources.space(name))
    const [space] = spaces
    const { rows, given: count, unknown } = rowsOf(ids, space.ids)
    if (unknown.length > 0)
      context.warnings.push(
        `${counted(unknown.length, 'seed')} of ${display(file)} unknown to ${models[0]} left out.`,
      )
    context.announceKernels()
    const started = performance.now()
    const job = compareLookalikes(spaces, rows, {
      methods,
      sizes,
      repeats,
      activity: sources.activity(space),
      suppressed: rowsOf(suppress, space.ids).rows,
      rng: new Random(seed),
    })
    const result = await run(job, context.runOptions)
    const seconds = (performance.now() - started) / 1000
    context.progress.clear()
    const sheet = {
      settings: {
        title: `Look-alikes of ${display(file)} by ${models.join(', ')}`,
        split: `5 folds of ${counted(rows.length, 'seed')}, ${counted(repeats, 'division')} for each model, seed ${seed}`,
        seeds: [],
      },
      report: null,
      tables: [tableOf(result, rows.length)],
      facts: [
        `${counted(result.candidates, 'user')} besides the seeds; training seeds and suppressed users are taken out of every ranking.`,
        `Evaluated in ${duration(seconds)}; ${kernelsInUse()}.`,
      ],
      warnings: context.warnings,
    }
    const value = {
      command: 'evaluate lookalike',
      models,
      seeds: { given: count, known: rows.length },
      repeats,
      seed,
      ...result,
      seconds,
      kernels: kernelsInUse(),
      warnings: context.warnings,
    }
    await writeReports(flags, sheet, value)
    return context.answer(value, sheetText(sheet))
  })
}

function tableOf({ sizes, rows }: LookalikeComparison, seeds: number): Table {
  const cell = ({ mean, std }: Spread): string =>
    Number.isNaN(std) ? mean.toFixed(4) : `${mean.toFixed(4)} ± ${std.toFixed(4)}`
  return {
    title: `Share of held-out seeds (of ${seeds}) in audiences of each size`,
    header: ['ranking', ...sizes.map(String)],
    rows: rows.map(({ name, recall }) => [name, ...recall.map(cell)]),
  }
}
