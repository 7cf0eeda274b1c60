/** `homophily similar <model>` */
import type { Command } from 'commander'
import { fail } from '../../errors.ts'
import type { Ranked } from '../../models/answers.ts'
import type { FittedRecommender } from '../../models/recommend/family/fitted.ts'
import { isEmbedding, loadAnswering } from '../../workspace/models.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { commonFlags, positive, versionFlag, workspaceFlag } from '../flags.ts'
import { ranking } from '../lists.ts'
import type { Shell } from '../shell.ts'

interface SimilarFlags extends CommonOptions {
  readonly id?: string
  readonly item?: string
  readonly user?: string
  readonly n: number
  readonly workspace: string
  readonly version?: number
}

export function addSimilar(program: Command, shell: Shell): void {
  const command = program
    .command('similar')
    .description('what is nearest to an id, an item or a user in a saved model')
    .argument('<model>', 'name of a saved model')
    .option('--id <id>', 'an id of an embedding')
    .option('--item <id>', 'an item of a recommender')
    .option('--user <id>', 'a user of a recommender')
    .option('-n, --n <count>', 'how many', positive, 10)
  commonFlags(workspaceFlag(versionFlag(command))).action((name: string, options: SimilarFlags) =>
    shell.run(options, (context) => similar(context, name, options)),
  )
}

const kinds = ['id', 'item', 'user'] as const

async function similar(context: Context, name: string, flags: SimilarFlags): Promise<Output> {
  const given = kinds.filter((kind) => flags[kind] !== undefined)
  const [kind] = given
  if (kind === undefined || given.length > 1) {
    throw fail('ARGUMENT', {
      what: 'similar',
      expected: 'one of --id <id> (embeddings), --item <id>, --user <id> (recommenders)',
      got: given.length === 0 ? 'none of them' : given.map((each) => `--${each}`).join(' and '),
    })
  }
  const id = flags[kind]!
  const model = await loadAnswering(await openWorkspace(flags.workspace), name, flags.version)
  const embedding = isEmbedding(model)
  if (embedding !== (kind === 'id')) {
    throw fail('ARGUMENT', {
      what: 'similar',
      expected: embedding
        ? `--id <id>: ${name} is an embedding`
        : `--item or --user: ${name} is a recommender`,
      got: `--${kind}`,
    })
  }
  context.announceKernels()
  const { n } = flags
  const answers = isEmbedding(model) ? model.similar(id, { n }) : ofRecommender(model, kind, id, n)
  const text = answers.length === 0 ? '  nothing is similar to it\n' : ranking(answers)
  return context.answer(
    { command: 'similar', model: name, kind, id, similar: answers },
    `Like ${kind === 'id' ? '' : `${kind} `}${id}\n${text}`,
  )
}

function ofRecommender(
  model: FittedRecommender,
  kind: (typeof kinds)[number],
  id: string,
  n: number,
): Ranked[] {
  return kind === 'item' ? model.similarItems(id, { n }) : model.similarUsers(id, { n })
}
