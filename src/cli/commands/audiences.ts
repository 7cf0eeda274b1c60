/** `homophily audiences list | show | export | refresh | delete` */
import type { Command } from 'commander'
import { type AudienceSummary, deleteAudience, listAudiences } from '../../workspace/audiences/audience.ts'
import { type AudienceSources, currentMembers, refreshAudience } from '../../workspace/audiences/build.ts'
import { type SourceFlags, sourceFlags, withSources } from '../audience-sources.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets } from '../files.ts'
import { commonFlags, positive } from '../flags.ts'
import type { Shell } from '../shell.ts'
import { columns, counted, moment } from '../text.ts'
import { memberFormatOf, writeMembers } from './lookalike.ts'

interface AudienceFlags extends CommonOptions, SourceFlags {
  readonly model: string
  readonly out: string
  readonly n: number
}

type Work = (context: Context, sources: AudienceSources, id: string, flags: AudienceFlags) => Promise<Output>

export function addAudiences(program: Command, shell: Shell): void {
  const audiences = program.command('audiences').description('lists of users that are kept and made anew')
  const add = (command: Command, work: Work): void => {
    commonFlags(sourceFlags(command)).action((...given: unknown[]) => {
      const flags = given.at(-2) as AudienceFlags
      const id = given.length > 2 ? (given[0] as string) : ''
      return shell.run(flags, (context) =>
        withSources(flags, { model: flags.model ?? 'service' }, (sources) =>
          work(context, sources, id, flags),
        ),
      )
    })
  }
  const one = (verb: string, description: string): Command =>
    audiences.command(verb).description(description).argument('<id>', 'its id, as `list` shows it')
  add(audiences.command('list').description('all audiences'), list)
  add(
    one('show', 'what an audience is and who is in it').option(
      '-n, --n <count>',
      'members to show',
      positive,
      10,
    ),
    show,
  )
  add(
    one('export', 'write all members to a file').requiredOption(
      '--out <file>',
      'a .csv, .jsonl or .parquet file',
    ),
    exportMembers,
  )
  add(
    one('refresh', 'make it anew from what it was made from, and tell the change').option(
      '--model <name>',
      'the model that the service serves',
      'service',
    ),
    refresh,
  )
  add(one('delete', 'delete it with all its versions'), remove)
}

async function list(context: Context, { workspace }: AudienceSources): Promise<Output> {
  const audiences = await listAudiences(workspace)
  const rows = audiences.map((audience) => [
    audience.id,
    audience.name,
    madeFrom(audience),
    String(audience.size),
    String(audience.version),
    moment(audience.refreshed),
  ])
  const text =
    rows.length === 0
      ? `No audiences in ${workspace.directory}. Make one: homophily lookalike <seeds> --model <name> --save <name>\n`
      : columns(
          [['audience', 'name', 'made from', 'users', 'version', 'refreshed'], ...rows],
          [true, true, true, false, false, true],
        )
  return context.answer({ command: 'audiences list', audiences }, text)
}

const show: Work = async (context, sources, id, { n }) => {
  const { members, scores, seeds, suppressed, upTo: _, ...audience } = await currentMembers(sources, id)
  const shown = members.slice(0, n).map((member, i) => ({ id: member, score: scores?.[i] ?? null }))
  const value = {
    command: 'audiences show',
    ...audience,
    seeds: seeds.length,
    suppressed: suppressed.length,
    members: shown,
  }
  const rows = shown.map(({ id: member, score }, i) => [String(i + 1), member, score?.toPrecision(4) ?? ''])
  const head = `${audience.name} (${id}), version ${audience.version}: ${counted(members.length, 'user')}\n  ${madeFrom(audience)}; made ${moment(audience.created)}, refreshed ${moment(audience.refreshed)}\n`
  return context.answer(value, head + columns(rows, [false, true, false], '  '))
}

const exportMembers: Work = async (context, sources, id, { out }) => {
  const format = memberFormatOf(out)
  await checkTargets(out)
  const { members, scores } = await currentMembers(sources, id)
  await writeMembers(out, { ids: members, column: scores && { name: 'score', values: scores } }, format)
  return context.answer(
    { command: 'audiences export', id, size: members.length, out },
    `${counted(members.length, 'user')} of ${id} written to ${out}\n`,
  )
}

const refresh: Work = async (context, sources, id) => {
  context.announceKernels()
  const change = await refreshAudience(sources, id, context.runOptions)
  context.progress.clear()
  const { version, size, added, removed, kept } = change
  return context.answer(
    { command: 'audiences refresh', ...change },
    `Version ${version} of ${id}: ${counted(size, 'user')}; ${added.length} came, ${removed.length} went, ${kept} stayed\n`,
  )
}

const remove: Work = async (context, { workspace }, id) => {
  await deleteAudience(workspace, id)
  return context.answer({ command: 'audiences delete', id }, `Deleted ${id}.\n`)
}

function madeFrom({ source }: Pick<AudienceSummary, 'source'>): string {
  if (source.kind === 'ids') return 'ids'
  if (source.kind === 'segment') return `segment ${source.segment} of ${source.segmentation}`
  return `look-alikes by ${source.space} (${source.method}, ${source.size})`
}
