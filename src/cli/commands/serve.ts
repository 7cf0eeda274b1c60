/** `homophily serve` */
import type { Command } from 'commander'
import { keepOneArena } from '../../kernels/index.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { collect, commonFlags, wholeNumber, workspaceFlag } from '../flags.ts'
import type { Shell } from '../shell.ts'

interface ServeFlags extends CommonOptions {
  readonly workspace: string
  readonly database?: string
  readonly model: string
  readonly host: string
  readonly port: number
  readonly keys: boolean
  readonly origin?: string[]
  readonly rate?: number
  readonly log: string
}

/** Milliseconds that requests and the running job get to end. */
const DEADLINE = 10_000

export function addServe(program: Command, shell: Shell): void {
  const command = program
    .command('serve')
    .description('answer recommendations over HTTP, take events in, retrain in the background')
  commonFlags(workspaceFlag(command))
    .option('--database <url>', 'postgres:// URL (default: SQLite in the workspace)')
    .option('--model <name>', 'the model that is served and trained', 'service')
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <number>', 'port; 0 for any that is free', wholeNumber, 7070)
    .option('--no-keys', 'let everybody in who can reach it: they may read, change and erase everything')
    .option(
      '--origin <origin>',
      'a web page that may call, such as https://shop.example (repeatable)',
      collect,
    )
    .option(
      '--rate <number>',
      'requests a minute from one client, 0 for any number (default: 6000; on loopback 0)',
      wholeNumber,
    )
    .option('--log <level>', 'fatal, error, warn, info, debug or silent', 'info')
    .action((options: ServeFlags) => shell.run(options, (context) => run(context, options)))
}

async function run(context: Context, flags: ServeFlags): Promise<Output> {
  keepOneArena()
  // Only this command needs the server and what it stands on.
  const { serve } = await import('../../server/serve.ts')
  const served = await serve({
    workspace: flags.workspace,
    database: flags.database,
    model: flags.model,
    host: flags.host,
    port: flags.port,
    noKeys: !flags.keys,
    origins: flags.origin,
    rate: flags.rate,
    logLevel: flags.log,
    signal: context.signal,
    onWait: (reason, address) =>
      context.notice(`waiting for the store; ${address}/health/ready says so, too: ${reason}`),
  })
  context.announceKernels()
  context.notice(`listening on ${served.address}; access: ${served.access}`)
  const { live } = served.service
  context.notice(
    live
      ? `answering with ${flags.model}, version ${live.version}`
      : `there is no model ${flags.model} yet: store events and POST /v1/jobs`,
  )
  await new Promise<void>((resolve) => {
    if (context.signal?.aborted) return resolve()
    context.signal?.addEventListener('abort', () => resolve(), { once: true })
  })
  context.notice('stopping; a second signal ends it at once')
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), DEADLINE)))
  const ended = await Promise.race([served.close().then(() => 'closed' as const), late])
  clearTimeout(timer)
  const value = { command: 'serve', address: served.address, ended }
  return context.answer(
    value,
    ended === 'closed' ? 'stopped\n' : `stopped after ${DEADLINE / 1000} s with work left\n`,
  )
}
