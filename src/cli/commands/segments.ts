/** `homophily segments build | list | show | members | rename | churn` */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { fail } from '../../errors.ts'
import { buildSegmentation } from '../../jobs/segmentation.ts'
import { checkName } from '../../workspace/names.ts'
import { memberFormats, memberLines, writeMembersParquet } from '../../workspace/member-files.ts'
import { membersOf, placeOf, Segmentations, type Shown } from '../../workspace/segmentation-views.ts'
import { renameSegment } from '../../workspace/segmentations.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets, writePieces } from '../files.ts'
import {
  choiceFlag,
  collect,
  commonFlags,
  positive,
  reportFlags,
  versionFlag,
  wholeNumber,
  words,
  workspaceFlag,
} from '../flags.ts'
import { readSegmentInput, type SegmentInputFlags, withStore } from '../segment-input.ts'
import { churn } from '../segment-churn.ts'
import { reportSegments, showSegment } from '../segment-report.ts'
import type { ReportFiles } from '../sheet.ts'
import type { Shell } from '../shell.ts'
import { counted } from '../text.ts'

interface Flags extends CommonOptions, ReportFiles {
  readonly workspace: string
  readonly segmentation: string
  readonly database?: string
  readonly version?: number
}
interface BuildFlags extends Flags, SegmentInputFlags {
  readonly method: string
  readonly clusters: number | 'auto'
  readonly maxClusters: number
  readonly config: Readonly<Record<string, unknown>>
  readonly preset?: string
  readonly seed: number
  readonly stabilityRuns: number
  readonly over?: 'seeds' | 'bootstrap'
  readonly initial: 'previous' | 'seeds'
  readonly promote: boolean
}
interface MembersFlags extends Flags {
  readonly format?: (typeof memberFormats)[number]
  readonly out?: string
}

export function addSegments(program: Command, shell: Shell): void {
  const segments = program
    .command('segments')
    .description('users in groups: what sets each apart, who is in it, who moved')
  const add = (
    command: Command,
    work: (context: Context, flags: never, words: readonly string[]) => Promise<Output>,
  ): void => {
    workspaceFlag(command)
      .option('--segmentation <name>', 'which segmentation', 'segments')
      .option(
        '--database <url>',
        'the store: a postgres:// URL (default: SQLite in the workspace, if it is there)',
      )
    commonFlags(command).action((...given: unknown[]) => {
      const flags = given.at(-2) as Flags
      return shell.run(flags, (context) => {
        checkName(flags.segmentation)
        return work(context, flags as never, given.slice(0, -2) as string[])
      })
    })
  }
  add(
    reportFlags(
      segments
        .command('build')
        .description('group the users of a space and profile the groups; those that go on keep id and name')
        .argument('[space]', 'a model that has vectors, in its version in service, or `attributes`')
        .option('--vectors <file>', 'vectors from a file instead (word2vec, safetensors, Parquet, npy)')
        .option('--vector-ids <file>', 'the ids of the rows, for .npy and .safetensors')
        .option('--users <file>', 'attributes of users (default: those in the store)')
        .option('--feature <column=kind>', 'what a column of users is (see homophily features)', collect)
        .option('--item-feature <column=kind>', 'what a column of items is', collect)
        .option('--missing <list>', 'texts in both that mean "not known"', words)
        .option('--items <file>', 'attributes of items (default: those in the store)')
        .option(
          '--interactions <file>',
          'who did what, repeatable (default: what the recommender was trained on, or the events in the store)',
          collect,
        )
        .option('--method <name>', 'a clustering method', 'k-means')
        .option(
          '--clusters <count>',
          'how many; auto tries 2 to --max-clusters',
          clusterCount,
          'auto' as const,
        )
        .option('--max-clusters <count>', 'most that auto tries', positive, 20)
        .option('--config <json>', 'settings of the method', settings, {})
        .option('--preset <name>', 'named settings of the method')
        .option('--seed <number>', 'seed', wholeNumber, 1)
        .option('--stability-runs <count>', 'other runs that stability is over', wholeNumber, 10)
        .addOption(
          choiceFlag('--over <what>', 'what differs in those runs (default: bootstrap, where it can be)', [
            'seeds',
            'bootstrap',
          ]),
        )
        .addOption(
          choiceFlag('--initial <where>', 'begin where the version in service is, or from fresh seeds', [
            'previous',
            'seeds',
          ]).default('previous'),
        )
        .option('--no-promote', 'do not put it into service'),
    ),
    build,
  )
  add(
    reportFlags(versionFlag(segments.command('list').description('the segments, and what they are worth'))),
    list,
  )
  add(versionFlag(segments.command('show').description('what sets a segment apart').argument('<id>')), show)
  add(
    versionFlag(
      segments
        .command('members')
        .description('who is in a segment, the nearest to its middle first')
        .argument('<id>')
        .addOption(choiceFlag('--format <format>', 'default: csv, or by the name of --out', memberFormats))
        .option('--out <file>', 'write them there'),
    ),
    members,
  )
  add(
    segments
      .command('rename')
      .description('give a segment a name, in all versions')
      .argument('<id>')
      .argument('[name]', 'nothing: the one that was proposed'),
    rename,
  )
  add(
    segments
      .command('churn')
      .description('who moved from where to where between two versions')
      .option('--from <version>', 'default: the one before', positive)
      .option('--to <version>', 'default: the one in service', positive)
      .option('--out <file>', 'write who moved there, as CSV'),
    churn,
  )
}

function clusterCount(text: string): number | 'auto' {
  return text === 'auto' ? text : positive(text)
}

function settings(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = null
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw fail('ARGUMENT', { what: '--config', expected: 'a JSON object, such as {"restarts": 5}', got: text })
}

async function build(context: Context, flags: BuildFlags, [space]: readonly string[]): Promise<Output> {
  await checkTargets(flags.reportJson, flags.reportMd)
  const workspace = await openWorkspace(flags.workspace)
  context.announceKernels()
  return withStore(workspace, flags.database, async (store) => {
    const input = await readSegmentInput(context, workspace, store, space, flags)
    const { method, clusters, maxClusters, config, preset, seed, initial, promote } = flags
    context.progress.begin('segments')
    const built = await buildSegmentation(workspace, flags.segmentation, input, {
      ...context.runOptions,
      method,
      clusters,
      maxClusters,
      config,
      preset,
      seed,
      initial,
      promote,
      runs: flags.stabilityRuns,
      over: flags.over,
    })
    context.progress.clear()
    const shown = await new Segmentations(workspace, store).show(flags.segmentation, built.version)
    return reportSegments(context, 'segments build', flags, shown)
  })
}

async function list(context: Context, flags: Flags): Promise<Output> {
  await checkTargets(flags.reportJson, flags.reportMd)
  return withShown(flags, async (shown) => reportSegments(context, 'segments list', flags, shown))
}

async function withShown(flags: Flags, work: (shown: Shown) => Promise<Output>): Promise<Output> {
  const workspace = await openWorkspace(flags.workspace)
  return withStore(workspace, flags.database, async (store) => {
    const segmentations = new Segmentations(workspace, store)
    return work(await segmentations.show(flags.segmentation, flags.version))
  })
}

async function show(context: Context, flags: Flags, [id]: readonly string[]): Promise<Output> {
  return withShown(flags, async (shown) => showSegment(context, shown, id))
}

async function members(context: Context, flags: MembersFlags, [id]: readonly string[]): Promise<Output> {
  const { out } = flags
  await checkTargets(out)
  const format =
    flags.format ?? memberFormats.find((each) => out?.toLowerCase().endsWith(`.${each}`)) ?? 'csv'
  return withShown(flags, async (shown) => {
    const { ids, distances } = shown.segmentation
    const rows = membersOf(shown, placeOf(shown, id))
    const values = Float32Array.from(rows, (row) => distances[row])
    const list = { ids: Array.from(rows, (row) => ids.id(row)), column: { name: 'distance', values } }
    if (out !== undefined) {
      await (format === 'parquet'
        ? writeMembersParquet(resolve(out), list)
        : writePieces(out, memberLines(list, format)))
      return context.answer(
        { command: 'segments members', id, members: rows.length, out, format },
        `${counted(rows.length, 'member')} of ${id} written to ${out}.\n`,
      )
    }
    if (format === 'parquet')
      throw fail('ARGUMENT', {
        what: '--format parquet',
        expected: 'a file to write: --out <file>',
        got: 'none',
      })
    return context.json
      ? context.answer({ command: 'segments members', id, members: list.ids }, '')
      : memberLines(list, format)
  })
}

async function rename(context: Context, flags: Flags, [id, text]: readonly string[]): Promise<Output> {
  const name = text?.trim()
  if (name === '' || (name?.length ?? 0) > 200)
    throw fail('ARGUMENT', { what: 'the name', expected: '1 to 200 characters', got: JSON.stringify(text) })
  return withShown(flags, async (shown) => {
    const segment = shown.segmentation.segments[placeOf(shown, id)]
    await renameSegment(await openWorkspace(flags.workspace), flags.segmentation, id, name ?? null)
    const now = name ?? segment.name
    return context.answer({ command: 'segments rename', id, name: now }, `${id} is called ${now}.\n`)
  })
}
