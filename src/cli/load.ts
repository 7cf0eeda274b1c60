/** From the files named on the command line to interactions, and what to tell about them. */
import type { Command } from 'commander'
import type { Role } from '../data/columns.ts'
import { kCore } from '../data/filter.ts'
import { describeInteractions, type Interactions } from '../data/interactions.ts'
import type { ReadOptions } from '../data/options.ts'
import { duplicatePolicies, type DuplicatePolicy } from '../data/pairs.ts'
import { readInteractions } from '../data/read.ts'
import { describeBadRow, type LoadReport } from '../data/report.ts'
import { type Format, formats } from '../data/source.ts'
import type { Context } from './context.ts'
import { choiceFlag, decimalNumber, given, positive, words } from './flags.ts'
import { counted, day, duration } from './text.ts'
import { grouped } from '../evaluate/numbers.ts'

export interface ReaderFlags {
  readonly userColumn?: string
  readonly itemColumn?: string
  readonly weightColumn?: string
  readonly timeColumn?: string
  readonly eventColumn?: string
  readonly events?: string[]
  readonly format?: Format
  readonly header?: boolean
  readonly delimiter?: string
  readonly duplicates?: DuplicatePolicy
  readonly minWeight?: number
  readonly implicit?: boolean
  readonly maxBadRows?: number
  readonly kCore?: number
}

const group = 'Reading:'

/** `core`: whether a k-core makes sense for what is read. */
export function readerFlags(command: Command, core = true): Command {
  const roles: readonly Role[] = ['user', 'item', 'weight', 'time', 'event']
  command.optionsGroup(group)
  for (const role of roles)
    command.option(`--${role}-column <name>`, `the ${role} column, where it has another name`)
  command
    .addOption(choiceFlag('--format <format>', 'format of the input (default: by file name)', formats))
    .option('--delimiter <character>', 'of CSV files (default: found out)')
    .option('--no-header', 'the first line is data; columns are numbers from 1')
    .option('--events <list>', 'read only these events', words)
    .option('--min-weight <number>', 'read only rows with at least this weight', decimalNumber)
    .option('--implicit', 'ignore the weight column')
    .addOption(
      choiceFlag(
        '--duplicates <policy>',
        'rows of the same user and item (default: last)',
        duplicatePolicies,
      ),
    )
    .option('--max-bad-rows <share>', 'share of malformed rows to accept (default: 0.01)', decimalNumber)
  return core
    ? command.option(
        '--k-core <count>',
        'keep users and items with at least this many interactions',
        positive,
      )
    : command
}

export function readOptions(flags: ReaderFlags): ReadOptions {
  const columns = given({
    user: flags.userColumn,
    item: flags.itemColumn,
    weight: flags.weightColumn,
    time: flags.timeColumn,
    event: flags.eventColumn,
  })
  return {
    columns,
    ...given({
      format: flags.format,
      header: flags.header,
      delimiter: flags.delimiter,
      duplicates: flags.duplicates,
      events: flags.events,
      minWeight: flags.minWeight,
      implicit: flags.implicit,
      maxBadRows: flags.maxBadRows,
    }),
  }
}

/** Reads, says what was read, and warns of what was left out. */
export async function read(
  context: Context,
  sources: string | readonly string[],
  flags: ReaderFlags,
): Promise<Interactions> {
  const started = performance.now()
  const { interactions, report } = await context.untilInterrupted(() =>
    readInteractions(sources, readOptions(flags)),
  )
  context.notice(
    `read ${describeLoad(interactions, report)} in ${duration((performance.now() - started) / 1000)}`,
  )
  context.warnings.push(...loadWarnings(report))
  return interactions
}

/** {@link read}, and then the k-core where it is asked for. */
export async function readTraining(
  context: Context,
  sources: readonly string[],
  flags: ReaderFlags,
): Promise<Interactions> {
  const interactions = await read(context, sources, flags)
  if (flags.kCore === undefined) return interactions
  const kept = kCore(interactions, { user: flags.kCore, item: flags.kCore })
  context.notice(`${flags.kCore}-core: ${describeSize(kept)} left`)
  return kept
}

function describeSize({ matrix }: Interactions): string {
  return `${counted(matrix.nnz, 'interaction')} of ${counted(matrix.rows, 'user')} with ${counted(matrix.cols, 'item')}`
}

function describeLoad(interactions: Interactions, report: LoadReport): string {
  const { timeRange } = describeInteractions(interactions)
  const span = timeRange ? `, ${day(timeRange[0])} to ${day(timeRange[1])}` : ''
  return `${counted(report.rows, 'row')} of ${report.files.join(', ')}: ${describeSize(interactions)}${span}`
}

export function loadWarnings(report: LoadReport): string[] {
  const where = report.files.join(', ')
  const warnings: string[] = []
  if (report.bad > 0) {
    const [first] = report.badRows
    const example = first ? `; the first: ${describeBadRow(first)}` : ''
    warnings.push(
      `${where}: ${grouped(report.bad)} of ${counted(report.rows, 'row')} are malformed and left out${example}.`,
    )
  }
  if (report.duplicates > 0)
    warnings.push(`${where}: ${counted(report.duplicates, 'row')} repeat a user and item and were merged.`)
  if (report.filtered > 0)
    warnings.push(`${where}: ${counted(report.filtered, 'row')} left out by --events or --min-weight.`)
  return warnings
}
