/** `homophily info` */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { totalmem } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { fail } from '../../errors.ts'
import { describeBackend } from '../../kernels/index.ts'
import { release } from '../../workspace/manifest.ts'
import { openWorkspace } from '../../workspace/workspace.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { commonFlags, workspaceFlag } from '../flags.ts'
import type { Shell } from '../shell.ts'
import { bytes, columns, counted } from '../text.ts'

interface InfoFlags extends CommonOptions {
  readonly workspace: string
  readonly buildNative?: boolean
}

export function addInfo(program: Command, shell: Shell): void {
  const command = program
    .command('info')
    .description('versions, kernels, memory and workspace')
    .option(
      '--build-native',
      'build the native kernels now, as the installation does where a C++ compiler is found',
    )
  commonFlags(workspaceFlag(command)).action((options: InfoFlags) =>
    shell.run(options, (context) => info(context, options)),
  )
}

/** From src/cli/commands and from dist/cli/commands alike. */
const root = fileURLToPath(new URL('../../../', import.meta.url))

async function info(context: Context, flags: InfoFlags): Promise<Output> {
  const built = flags.buildNative ? await buildNative(context) : null
  const { backend, isa, threads, whyNotNative } = describeBackend()
  const workspace = await openWorkspace(flags.workspace)
  const models = await workspace.listModels()
  const [total, available] = [totalmem(), process.availableMemory()]
  const value = {
    command: 'info',
    homophily: release,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    duckdb: duckdbVersion(),
    kernels: { backend, isa, threads, whyNotNative },
    memory: { total, available },
    workspace: { directory: resolve(flags.workspace), models: models.length },
    ...(built === null ? {} : { built }),
  }
  const rows = [
    ['homophily', release],
    ['node', `${process.versions.node} on ${value.platform}`],
    ['duckdb', value.duckdb],
    ['kernels', `${backend} ${isa}, ${counted(threads, 'thread')}`],
    ...(whyNotNative === null ? [] : [['', `native not in use: ${whyNotNative}`]]),
    ['memory', `${bytes(available)} available of ${bytes(total)}`],
    ['workspace', `${value.workspace.directory} (${counted(models.length, 'model')})`],
  ]
  return context.answer(value, (built === null ? '' : `${built}\n`) + columns(rows, [true, true]))
}

/** Runs the build of the installation, and answers the line it ends with. */
async function buildNative(context: Context): Promise<string> {
  const child = spawn(process.execPath, [`${root}scripts/build-native.mjs`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(context.signal ? { signal: context.signal } : {}),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)))
  const code = await new Promise<number | null>((done, failed) => {
    child.on('error', (error) =>
      failed(context.signal?.aborted ? fail('CANCELLED', { what: 'the build' }) : error),
    )
    child.on('close', done)
  })
  const line = output.trim().replace(/\.$/, '')
  if (code === 0 && !line.includes('not built')) return `${line}.`
  throw fail('MISSING', {
    what: line || 'the native kernels were not built',
    todo: 'Install g++ or clang++, or set CXX to a compiler.',
  })
}

function duckdbVersion(): string {
  return (createRequire(import.meta.url)('@duckdb/node-api/package.json') as { version: string }).version
}
