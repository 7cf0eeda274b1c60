/** `homophily recommend <model>` */
import { type Command, InvalidArgumentError } from 'commander'
import { readAttributes } from '../../data/read-attributes.ts'
import { readIds } from '../../data/read-ids.ts'
import { fail } from '../../errors.ts'
import type { FittedRecommender } from '../../models/recommend/family/fitted.ts'
import { unseenCategories, valuesOf } from '../../retrieval/unseen-categories.ts'
import { loadEmbedding } from '../../workspace/embedders.ts'
import { loadRecommender } from '../../workspace/recommenders.ts'
import { openWorkspace, type Workspace } from '../../workspace/workspace.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { checkTargets, writePieces } from '../files.ts'
import { collect, commonFlags, decimalNumber, given, positive, versionFlag, workspaceFlag } from '../flags.ts'
import { extensionOf, listFormats, ranking, type Row } from '../lists.ts'
import type { Shell } from '../shell.ts'
import { counted } from '../text.ts'

interface RecommendFlags extends CommonOptions {
  readonly user?: string[]
  readonly users?: string
  readonly all?: boolean
  readonly from?: string[]
  readonly decay?: number
  readonly diversity?: number
  readonly attributes?: string
  readonly unseen?: string
  readonly n: number
  readonly exclude?: string[]
  readonly includeSeen?: boolean
  readonly output?: string
  readonly workspace: string
  readonly version?: number
}

export function addRecommend(program: Command, shell: Shell): void {
  const command = program
    .command('recommend')
    .description(
      'recommend items to users with a saved recommender, or from a recent sequence with an embedding',
    )
    .argument('<model>', 'name of a saved model')
    .option('--user <id>', 'a user (may come several times)', collect)
    .option('--users <file>', 'a file with one user id per line; - is standard input')
    .option('--all', 'every user of the model')
    .option(
      '--from <ids>',
      'ids in order, the latest last (embeddings); quote one that has a comma: \'"a,b",c\'',
      idList,
    )
    .option(
      '--decay <number>',
      'with --from: each id counts this many times the one after it (default: 1)',
      decimalNumber,
    )
    .option(
      '--diversity <lambda>',
      'with --from: re-rank by maximal marginal relevance; 1 is by score alone, lower is more diverse',
      decimalNumber,
    )
    .option('--unseen <field>', 'with --from: nothing that shares a value of this attribute with those ids')
    .option('--attributes <file>', 'with --unseen: the table of attributes')
    .option('-n, --n <count>', 'items per user', positive, 10)
    .option('--exclude <item>', 'an item never to recommend (may come several times)', collect)
    .option('--include-seen', 'also recommend items that the user has in the training data')
    .option('--output <file>', 'write to a .csv or .jsonl file')
  commonFlags(workspaceFlag(versionFlag(command))).action((name: string, options: RecommendFlags) =>
    shell.run(options, (context) => recommend(context, name, options)),
  )
}

const BLOCK = 512

async function recommend(context: Context, name: string, flags: RecommendFlags): Promise<Output> {
  if ([flags.user, flags.users, flags.all, flags.from].filter((each) => each !== undefined).length !== 1) {
    throw fail('ARGUMENT', {
      what: 'recommend',
      expected: 'one of --user <id>, --users <file>, --all (recommenders), --from <ids> (embeddings)',
      got: 'none or several of them',
    })
  }
  if (flags.from === undefined) {
    for (const flag of ['decay', 'diversity', 'unseen', 'attributes'] as const) {
      if (flags[flag] !== undefined)
        throw fail('ARGUMENT', {
          what: `--${flag}`,
          expected: 'an embedding, and --from with it',
          got: 'no --from',
        })
    }
  }
  const format = flags.output === undefined ? null : extensionOf(flags.output)
  await checkTargets(flags.output)
  const workspace = await openWorkspace(flags.workspace)
  if (flags.from !== undefined) return fromSequence(context, name, flags, flags.from, workspace)
  const model = await loadRecommender(workspace, name, flags.version)
  context.announceKernels()
  const { users, items } = model.interactions
  const wanted = flags.all ? users.ids() : (flags.user ?? (await readIds(flags.users!, { format: 'lines' })))
  for (const id of wanted) users.rowOrThrow(id, 'user')
  for (const id of flags.exclude ?? []) items.rowOrThrow(id, 'item')

  function* rows(): Generator<Row> {
    context.progress.begin('')
    for (let from = 0; from < wanted.length; from += BLOCK) {
      context.check()
      const block = wanted.slice(from, from + BLOCK)
      const answers = model.recommendMany(block, {
        n: flags.n,
        exclude: flags.exclude ?? [],
        includeSeen: flags.includeSeen ?? false,
      })
      for (const [b, user] of block.entries()) yield { user, items: answers[b] }
      context.progress.show({
        phase: 'recommend',
        done: from + block.length,
        of: wanted.length,
        unit: 'users',
      })
    }
    context.progress.clear()
  }
  if (flags.output !== undefined && format) {
    await writePieces(flags.output, paced(format.pieces(rows())))
    const value = { command: 'recommend', model: name, users: wanted.length, output: flags.output }
    return context.answer(
      value,
      `Recommendations for ${counted(wanted.length, 'user')} written to ${flags.output}\n`,
    )
  }
  if (context.json) return jsonPieces(name, rows())
  return flags.all || flags.users !== undefined ? listFormats.csv.pieces(rows()) : textPieces(model, rows())
}

/** What an embedding recommends to someone who did `from`. */
async function fromSequence(
  context: Context,
  name: string,
  flags: RecommendFlags,
  from: readonly string[],
  workspace: Workspace,
): Promise<Output> {
  if (flags.output !== undefined)
    throw fail('ARGUMENT', { what: '--output', expected: 'users to write lists of', got: '--from' })
  if ((flags.unseen === undefined) !== (flags.attributes === undefined)) {
    const got = flags.unseen === undefined ? 'no --unseen' : 'no --attributes'
    throw fail('ARGUMENT', { what: 'recommend', expected: '--unseen <field> and --attributes <file>', got })
  }
  const model = await loadEmbedding(workspace, name, flags.version)
  const filter = flags.unseen === undefined ? undefined : await unlike(from, flags.unseen, flags.attributes!)
  context.announceKernels()
  for (const id of flags.exclude ?? []) model.nodes.rowOrThrow(id, 'node')
  const items = model.recommendFrom(from, {
    n: flags.n,
    exclude: flags.exclude ?? [],
    includeSeen: flags.includeSeen ?? false,
    ...given({ decay: flags.decay, filter }),
    ...(flags.diversity === undefined ? {} : { diversity: { lambda: flags.diversity } }),
  })
  const text = items.length === 0 ? '  nothing is left to recommend\n' : ranking(items)
  return context.answer(
    { command: 'recommend', model: name, from, items },
    `After ${from.join(', ')}\n${text}`,
  )
}

/** Passes what has none of the values that `from` have in a field of the attributes. */
async function unlike(
  from: readonly string[],
  field: string,
  file: string,
): Promise<(id: string) => boolean> {
  const { attributes } = await readAttributes(file, [{ name: field, kind: 'tags' }], { maxBadRows: 0.01 })
  const history = from.map((id) => ({ id, time: 0 }))
  return unseenCategories(history, valuesOf(attributes, field), { days: 1, now: 0 })
}

/** `a,b,"c,d"`: ids between commas, in double quotes where they have one; a quote within quotes is doubled. */
function idList(text: string): string[] {
  const ids: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^,"]*))(,|$)/y
  for (;;) {
    const [, quoted, plain = '', end] = field.exec(text) ?? []
    if (end === undefined) throw new InvalidArgumentError('Expected ids between commas; quotes must close.')
    const id = quoted === undefined ? plain : quoted.replaceAll('""', '"')
    if (id === '') throw new InvalidArgumentError('Expected an id between commas, got nothing.')
    ids.push(id)
    if (end === '') return ids
  }
}

/** Gives the event loop a turn now and then, so that an interrupt is noticed. */
async function* paced(pieces: Iterable<string>): AsyncGenerator<string> {
  let buffered = ''
  for (const piece of pieces) {
    buffered += piece
    if (buffered.length < 1 << 16) continue
    yield buffered
    buffered = ''
    await new Promise((resolve) => setImmediate(resolve))
  }
  yield buffered
}

function* jsonPieces(model: string, rows: Iterable<Row>): Generator<string> {
  yield `{"command":"recommend","model":${JSON.stringify(model)},"recommendations":[`
  let separator = '\n'
  for (const row of rows) {
    yield separator + JSON.stringify(row)
    separator = ',\n'
  }
  yield '\n]}\n'
}

function* textPieces(model: FittedRecommender, rows: Iterable<Row>): Generator<string> {
  const { users, matrix } = model.interactions
  let gap = ''
  for (const { user, items } of rows) {
    const seen = matrix.degree(users.row(user))
    yield `${gap}For ${user} (${seen === 0 ? 'no items in training, so this list is not personal' : `${counted(seen, 'item')} in training`})\n`
    yield items.length === 0 ? '  nothing is left to recommend\n' : ranking(items)
    gap = '\n'
  }
}
