/** `homophily reproduce [table]`: a table of a paper, with results of our own beside the published ones. */
import type { Command } from 'commander'
import type { PaperTable } from '../../evaluate/tables/definition.ts'
import { findPaperTable, paperTables } from '../../evaluate/tables/index.ts'
import { reproductionJson, reproductionMarkdown, reproductionText } from '../../evaluate/tables/report.ts'
import { reproduce, type Reproduction } from '../../evaluate/tables/reproduce.ts'
import { fail } from '../../errors.ts'
import { wrap } from '../../evaluate/table.ts'
import { findClusterer } from '../../models/cluster/index.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets, writeWhole } from '../files.ts'
import { collect, commonFlags, given, positive, reportFlags, wholeNumber, words } from '../flags.ts'
import { perMethod, settingsFromPairs } from '../settings.ts'
import type { ReportFiles } from '../sheet.ts'
import type { Shell } from '../shell.ts'
import { duration } from '../text.ts'

interface ReproduceFlags extends CommonOptions, ReportFiles {
  readonly data?: string
  readonly results?: string
  readonly sets?: string[]
  readonly methods?: string[]
  readonly seed: number
  readonly seeds: number
  readonly oracle?: boolean
  readonly set?: string[]
  readonly run: boolean
}

export function addReproduce(program: Command, shell: Shell): void {
  const command = program
    .command('reproduce')
    .description('the tables of papers that can be run again; with a name, ours beside the published figures')
    .argument('[table]', paperTables.map(({ name }) => name).join(', '))
    .option('--data <folder>', 'where the data sets are')
    .option('--results <folder>', 'where finished runs are kept and found (default: ./reproduce/<table>)')
    .option('--sets <list>', 'data sets, with commas (default: all)', words)
    .option('--methods <list>', 'methods, with commas (default: all)', words)
    .option('--seed <number>', 'the first seed', wholeNumber, 1)
    .option('--seeds <count>', 'how many seeds, the same for every method', positive, 10)
    .option('--oracle', 'also show the epoch that the labels show to be best, in a column of its own')
    .option('--set <method.setting=value>', 'a setting of one method (may come several times)', collect)
    .option('--no-run', 'only show what is finished')
  commonFlags(reportFlags(command)).action((name: string | undefined, options: ReproduceFlags) =>
    shell.run(options, (context) =>
      name === undefined ? Promise.resolve(list(context)) : one(context, name, options),
    ),
  )
}

function list(context: Context): Output {
  const value = paperTables.map(({ name, title, source, sets, rows }) => ({
    name,
    title,
    source,
    sets: sets.map((set) => set.name),
    methods: rows.map((row) => row.method),
  }))
  const text = value.map(({ name, title, source, sets, methods }) => {
    const lines = [title, source, `data sets: ${sets.join(', ')}`, `methods: ${methods.join(', ')}`]
    return `${name}\n${lines.map((line) => `  ${wrap(line, 98, '    ')}\n`).join('')}`
  })
  return context.answer({ command: 'reproduce', tables: value }, text.join('\n'))
}

async function one(context: Context, name: string, flags: ReproduceFlags): Promise<Output> {
  const table = findPaperTable(name)
  const { data, results = `./reproduce/${name}` } = flags
  if (data === undefined)
    throw fail('MISSING', { what: 'no folder of data sets is named', todo: 'Name it with --data <folder>.' })
  const config = settingsOf(table, flags.set ?? [])
  await checkTargets(flags.reportJson, flags.reportMd)
  context.interrupted = `interrupted; what was finished is in ${results}`
  context.announceKernels()
  const reproduction = await reproduce(table, {
    data,
    results,
    ...given({ sets: flags.sets, methods: flags.methods, oracle: flags.oracle }),
    seeds: Array.from({ length: flags.seeds }, (_, i) => flags.seed + i),
    config,
    run: flags.run,
    ...context.runOptions,
    onBegin: (label) => context.progress.begin(label),
    onRun({ set, method, seed, final, failure, seconds }, reused) {
      const what = final
        ? `ACC ${(final.acc * 100).toFixed(2)}, NMI ${(final.nmi * 100).toFixed(2)}`
        : failure
      context.notice(
        `${set}, ${method}, seed ${seed}: ${what}${reused ? ' (found)' : ` in ${duration(seconds)} of the processor`}`,
      )
    },
  })
  return answer(context, reproduction, flags)
}

async function answer(context: Context, reproduction: Reproduction, flags: ReproduceFlags): Promise<Output> {
  const value = { command: 'reproduce', ...reproductionJson(reproduction) }
  if (flags.reportJson !== undefined)
    await writeWhole(flags.reportJson, `${JSON.stringify(value, undefined, 2)}\n`)
  if (flags.reportMd !== undefined) await writeWhole(flags.reportMd, reproductionMarkdown(reproduction))
  return context.answer(value, reproductionText(reproduction))
}

function settingsOf(table: PaperTable, texts: readonly string[]): Record<string, Record<string, unknown>> {
  const names = table.rows.map((row) => row.method)
  const values = perMethod(names, texts, '.', '--set')
  return Object.fromEntries(
    [...new Set(values.map(([method]) => method))].map((method) => {
      const pairs = values.filter(([each]) => each === method).map(([, pair]) => pair)
      return [method, settingsFromPairs(findClusterer(method), pairs)]
    }),
  )
}
