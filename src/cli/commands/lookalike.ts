/** `homophily lookalike <seeds> --model <name>`: users like others, as a list, a file, or an audience that is kept. */
import { extname } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import type { RecallCurve } from '../../audience/lookalike/lookalike.ts'
import { type LookalikeMethod, lookalikeMethods } from '../../audience/lookalike/methods.ts'
import { type IdFormat, idFormats, readIds } from '../../data/read-ids.ts'
import { display } from '../../data/source.ts'
import { tableText, wrap } from '../../evaluate/table.ts'
import { fail } from '../../errors.ts'
import { listAudiences, newAudienceId, saveAudience } from '../../workspace/audiences/audience.ts'
import {
  findLookalikes,
  type FoundLookalike,
  lookalikeAudience,
  type LookalikeRequest,
} from '../../workspace/audiences/build.ts'
import {
  type MemberFormat,
  memberLines,
  type Members,
  memberTypes,
  writeMembersParquet,
} from '../../workspace/member-files.ts'
import { type SourceFlags, sourceFlags, withSources } from '../audience-sources.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets, writePieces } from '../files.ts'
import { choiceFlag, collect, commonFlags, given, positive, versionFlag, wholeNumber } from '../flags.ts'
import { ranking } from '../lists.ts'
import type { Shell } from '../shell.ts'
import { counted } from '../text.ts'

type Size = LookalikeRequest['size']

interface LookalikeFlags extends CommonOptions, SourceFlags {
  readonly model: string
  readonly version?: number
  readonly method: LookalikeMethod
  readonly size: Size
  readonly suppress?: string[]
  readonly suppressAudience?: string[]
  readonly curve?: boolean
  readonly events?: string
  readonly seed: number
  readonly format?: IdFormat
  readonly userColumn?: string
  readonly n: number
  readonly out?: string
  readonly save?: string
}

export function addLookalike(program: Command, shell: Shell): void {
  const command = program
    .command('lookalike')
    .description('users like others: an audience, and how many held-out seeds it would have found')
    .argument('<seeds>', 'users whom others are to be like: one id a line, or a table; - is standard input')
    .requiredOption('--model <name>', 'a saved model with vectors of users')
    .addOption(
      choiceFlag('--method <name>', 'how to compare', Object.keys(lookalikeMethods)).default('centroid'),
    )
    .option(
      '--size <size>',
      'a number of users, or narrow, balanced, broad: the smallest audience that finds a quarter, half, three quarters of held-out seeds',
      sizeOf,
      'balanced',
    )
    .option('--suppress <file>', 'users never to be in it (may come several times)', collect)
    .option(
      '--suppress-audience <id>',
      'a saved audience never to be in it (may come several times)',
      collect,
    )
    .option(
      '--curve',
      'show how many held-out seeds each size finds, beside chance and the most active users',
    )
    .option(
      '--events <file>',
      'interactions: only their users are looked at, and activity is counted by them (default: those of a recommender)',
    )
    .option('--seed <number>', 'of the division of the seeds into folds', wholeNumber, 1)
  idFlags(versionFlag(sourceFlags(command)))
    .option('-n, --n <count>', 'members to show', positive, 10)
    .option('--out <file>', 'write all members to a .csv, .jsonl or .parquet file')
    .option('--save <name>', 'keep it in the workspace as an audience of this name')
  commonFlags(command).action((seeds: string, options: LookalikeFlags) =>
    shell.run(options, (context) => find(context, seeds, options)),
  )
}

/** How files of ids are read. */
export function idFlags(command: Command): Command {
  return command
    .addOption(choiceFlag('--format <format>', 'format of files of ids (default: by file name)', idFormats))
    .option('--user-column <name>', 'the column of users in tables, where it has another name')
}

function sizeOf(text: string): Size {
  if (text === 'narrow' || text === 'balanced' || text === 'broad') return text
  if (/^\d+$/.test(text)) return positive(text)
  throw new InvalidArgumentError('Expected a number of users, narrow, balanced or broad.')
}

async function find(context: Context, file: string, flags: LookalikeFlags): Promise<Output> {
  const { model, version, method, size, seed, save, out, n } = flags
  const format = out === undefined ? null : memberFormatOf(out)
  await checkTargets(out)
  const ids = (from: string): Promise<string[]> =>
    readIds(from, given({ format: flags.format, column: flags.userColumn }))
  const seeds = await ids(file)
  const suppress = (await Promise.all((flags.suppress ?? []).map(ids))).flat()
  const options = { model, version, events: flags.events }
  return withSources(flags, options, async (sources) => {
    const { workspace } = sources
    const id = save === undefined ? null : newAudienceId(save, await listAudiences(workspace))
    const upTo = await sources.upTo()
    context.announceKernels()
    const request = {
      seeds,
      suppress,
      method,
      size,
      seed,
      space: model,
      curve: flags.curve ?? false,
      suppressAudiences: flags.suppressAudience ?? [],
    }
    const found = await findLookalikes(sources, request, context.runOptions)
    context.progress.clear()
    const { members, scores, space } = found
    const { unknown } = found.seeds
    if (unknown.length > 0) {
      const some = unknown.slice(0, 3).map((each) => JSON.stringify(each))
      const what = counted(unknown.length, 'seed')
      context.warnings.push(
        `${what} of ${display(file)} unknown to ${model}: ${some.join(', ')}${unknown.length > 3 ? ' …' : ''}`,
      )
    }
    const column = { name: 'score', values: scores }
    if (out !== undefined) await writeMembers(out, { ids: members, column }, format!)
    const audience =
      id === null
        ? null
        : { id, version: await saveAudience(workspace, id, lookalikeAudience(save!, request, found, upTo)) }
    const value = {
      command: 'lookalike',
      model,
      space,
      method,
      size,
      sizes: found.sizes,
      seeds: found.seeds,
      suppressed: found.suppressed,
      candidates: found.candidates,
      total: members.length,
      curve: found.curve,
      audience,
      ...(out === undefined ? { members: shownMembers(found, context.json ? members.length : n) } : { out }),
      warnings: context.warnings,
    }
    return context.answer(value, textOf(found, flags, context.warnings, audience?.id ?? null))
  })
}

function shownMembers({ members, scores }: FoundLookalike, n: number): { id: string; score: number }[] {
  return members.slice(0, n).map((id, i) => ({ id, score: scores[i] }))
}

function textOf(
  found: FoundLookalike,
  { method, size, n, out }: LookalikeFlags,
  warnings: readonly string[],
  audience: string | null,
): string {
  const { space, seeds, suppressed, candidates, members, sizes, curve } = found
  const others = Object.entries(sizes ?? {}).filter(([name]) => name !== size)
  const would = others.map(([name, users], i) => `${name}${i === 0 ? ' would be' : ''} ${users}`).join(', ')
  const named = sizes ? ` (${typeof size === 'string' ? `${size}; ` : ''}${would})` : ''
  const kept = suppressed > 0 ? `, ${suppressed} suppressed` : ''
  const parts = [
    `Like ${counted(seeds.known, 'user')} by ${space.name}, version ${space.version} (${method})\n` +
      wrap(`${counted(members.length, 'user')} of ${candidates} who could be${kept}${named}`, 100, '  '),
    ranking(shownMembers(found, n)).trimEnd(),
    curve ? tableText(curveTable(curve), 100) : '',
    warnings.map((warning) => wrap(`! ${warning}`, 100, '  ')).join('\n'),
    out === undefined ? '' : `All of them written to ${out}`,
    audience === null ? '' : `Kept as audience ${audience}: homophily audiences show ${audience}`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function curveTable({ sizes, recall, random, popularity, folds }: RecallCurve) {
  return {
    title: `Share of seeds held out (${folds} folds) that an audience finds`,
    header: ['users', 'look-alikes', 'at random', 'most active'],
    rows: sizes.map((size, i) => [
      String(size),
      recall[i].toFixed(4),
      random[i].toFixed(4),
      popularity ? popularity[i].toFixed(4) : 'not known',
    ]),
  }
}

/** The format of a file of members, by its name. */
export function memberFormatOf(path: string): MemberFormat {
  const extension = extname(path).slice(1).toLowerCase()
  if (Object.hasOwn(memberTypes, extension)) return extension as MemberFormat
  throw fail('ARGUMENT', { what: '--out', expected: 'a name ending in .csv, .jsonl or .parquet', got: path })
}

export async function writeMembers(path: string, members: Members, format: MemberFormat): Promise<void> {
  if (format === 'parquet') await writeMembersParquet(path, members)
  else await writePieces(path, memberLines(members, format))
}
