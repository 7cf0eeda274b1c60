/** `homophily similar <model>` */
import type { Command } from 'commander'
import { fail } from '../../errors.ts'
import { loadRecommender } from '../../workspace/recommenders.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { commonFlags, positive, versionFlag, workspaceFlag } from '../flags.ts'
import { ranking } from '../lists.ts'
import type { Shell } from '../shell.ts'

interface SimilarFlags extends CommonOptions {
  readonly item?: string
  readonly user?: string
  readonly n: number
  readonly workspace: string
  readonly version?: number
}

export function addSimilar(program: Command, shell: Shell): void {
  const command = program
    .command('similar')
    .description('the items nearest to an item, or the users nearest to a user, in a saved model')
    .argument('<model>', 'name of a saved model')
    .option('--item <id>', 'an item')
    .option('--user <id>', 'a user')
    .option('-n, --n <count>', 'how many', positive, 10)
  commonFlags(workspaceFlag(versionFlag(command))).action((name: string, options: SimilarFlags) =>
    shell.run(options, (context) => similar(context, name, options)),
  )
}

async function similar(
  context: Context,
  name: string,
  { item, user, n, workspace, version }: SimilarFlags,
): Promise<Output> {
  if ((item === undefined) === (user === undefined)) {
    throw fail('ARGUMENT', {
      what: 'similar',
      expected: 'either --item <id> or --user <id>',
      got: item === undefined ? 'neither' : 'both',
    })
  }
  const model = await loadRecommender(await openWorkspace(workspace), name, version)
  context.announceKernels()
  const kind = item === undefined ? 'user' : 'item'
  const id = item ?? user!
  const answers = kind === 'item' ? model.similarItems(id, { n }) : model.similarUsers(id, { n })
  const text = answers.length === 0 ? '  nothing is similar to it\n' : ranking(answers)
  return context.answer(
    { command: 'similar', model: name, kind, id, similar: answers },
    `Like ${kind} ${id}\n${text}`,
  )
}
