/** `homophily keys create|list|revoke` */
import type { Command } from 'commander'
import { openStore, type Store } from '../../workspace/store/store.ts'
import { storePath } from '../../workspace/store/database.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { choiceFlag, commonFlags, workspaceFlag } from '../flags.ts'
import type { Shell } from '../shell.ts'
import { columns } from '../text.ts'

interface KeysFlags extends CommonOptions {
  readonly workspace: string
  readonly database?: string
}

export function addKeys(program: Command, shell: Shell): void {
  const keys = program.command('keys').description('API keys of the service')

  const create = keys
    .command('create')
    .description('make a key; it is shown once')
    .argument('<name>', 'what it is for')
  storeFlags(create)
    .addOption(choiceFlag('--role <role>', 'what it may do', ['read', 'write', 'admin']).default('read'))
    .action((name: string, options: KeysFlags & { role: 'read' | 'write' | 'admin' }) =>
      shell.run(options, (context) =>
        withStore(options, async (store) => {
          const { key, secret } = await store.keys.create(name, options.role)
          return context.answer(
            { command: 'keys create', key, secret },
            `${secret}\nKeep it: it cannot be shown again. Role ${key.role}, id ${key.id}.\n`,
          )
        }),
      ),
    )

  storeFlags(keys.command('list').description('the keys there are')).action((options: KeysFlags) =>
    shell.run(options, (context) => withStore(options, (store) => list(context, store))),
  )

  storeFlags(
    keys.command('revoke').description('let a key open nothing any more').argument('<id>', 'its id'),
  ).action((id: string, options: KeysFlags) =>
    shell.run(options, (context) =>
      withStore(options, async (store) => {
        await store.keys.revoke(id)
        return context.answer(
          { command: 'keys revoke', id },
          `Revoked. Servers that used it within the last seconds may accept it for 5 s more.\n`,
        )
      }),
    ),
  )
}

function storeFlags(command: Command): Command {
  return commonFlags(workspaceFlag(command)).option(
    '--database <url>',
    'postgres:// URL (default: SQLite in the workspace)',
  )
}

async function withStore(flags: KeysFlags, work: (store: Store) => Promise<Output>): Promise<Output> {
  const store = await openStore(storePath(flags.workspace, flags.database))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

async function list(context: Context, store: Store): Promise<Output> {
  const keys = await store.keys.list()
  const rows = keys.map((key) => [
    key.id,
    key.name,
    key.role,
    new Date(key.created).toISOString(),
    key.revoked === null ? '' : 'revoked',
  ])
  const text =
    keys.length === 0
      ? 'There are no keys.\n'
      : `${columns([['id', 'name', 'role', 'made', ''], ...rows], [true, true, true, true, true])}\n`
  return context.answer({ command: 'keys list', keys }, text)
}
