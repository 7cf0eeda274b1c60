/** The command line as a function: parses arguments, runs the command, prints, and answers the exit code. */
import { Command, CommanderError } from 'commander'
import { addAssign } from './commands/assign.ts'
import { addAudiences } from './commands/audiences.ts'
import { addCluster } from './commands/cluster.ts'
import { addCompare } from './commands/compare.ts'
import { addDemo } from './commands/demo.ts'
import { addEmbed } from './commands/embed.ts'
import { addEstimate } from './commands/estimate.ts'
import { addEvaluate } from './commands/evaluate.ts'
import { addGraph } from './commands/graph.ts'
import { addInfo } from './commands/info.ts'
import { addKeys } from './commands/keys.ts'
import { addLookalike } from './commands/lookalike.ts'
import { addMethods } from './commands/methods.ts'
import { addModels } from './commands/models.ts'
import { addFeatures } from './commands/features.ts'
import { addProject } from './commands/project.ts'
import { addRecommend } from './commands/recommend.ts'
import { addSegments } from './commands/segments.ts'
import { addServe } from './commands/serve.ts'
import { addReproduce } from './commands/reproduce.ts'
import { addSimilar } from './commands/similar.ts'
import { addTrain } from './commands/train.ts'
import { addTransfer } from './commands/transfer.ts'
import { addWalk } from './commands/walk.ts'
import { type CommonOptions, Context, type Io, type Output } from './context.ts'
import { describeFailure, exitCodes, type Failure } from './exit-codes.ts'
import type { Shell } from './shell.ts'
import { release } from '../workspace/manifest.ts'

/** Runs one command line (without node and script). Never throws and never ends the process. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  // Before the arguments are parsed, an error in them must know how to print itself.
  const asked: CommonOptions = { json: argv.includes('--json'), debug: argv.includes('--debug') }
  const printed = { out: '', err: '' }
  let failing: Command | undefined
  let interrupted = ''
  let exitCode: number = exitCodes.ok
  const shell: Shell = {
    async run(options, work) {
      const context = new Context(io, options)
      try {
        await print(io, await work(context), context)
        exitCode = context.exitCode
      } finally {
        context.progress.clear()
        interrupted = context.interrupted
      }
    },
  }
  try {
    const program = buildProgram(shell)
    eachCommand(program, (command) => {
      command.exitOverride((error) => {
        failing = command
        throw error
      })
      command.configureOutput({
        writeOut: (text) => void (printed.out += text),
        writeErr: (text) => void (printed.err += text),
        getOutHelpWidth: () => 100,
        getErrHelpWidth: () => 100,
      })
    })
    if (argv.length === 0) program.help({ error: true })
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(io, describeFailure(error), asked, { interrupted })
    if (error.exitCode === 0) {
      await io.out(printed.out)
      return exitCodes.ok
    }
    const failure = describeFailure(error)
    // Help that was shown for want of a command: the help is the message.
    if (error.code === 'commander.help')
      return report(io, { ...failure, message: 'expected a command' }, asked, { usage: printed.err })
    return report(io, failure, asked, failing ? { usage: `See: ${pathOf(failing)} --help\n` } : {})
  }
}

const examples = `
A first look, on generated data:   homophily demo
A model from your own file:        homophily train fast-lightgcn events.csv
Its answers:                       homophily recommend fast-lightgcn --user <id>

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 unusable data, 4 not found, 5 too large for this machine,
130 interrupted.
`

function buildProgram(shell: Shell): Command {
  const program = new Command('homophily')
    .description('From a file of interactions to evaluated, saved recommendations.')
    .version(release, '--version', 'print the version')
    .helpCommand('help [command]', 'help for a command')
    .enablePositionalOptions()
    .addHelpText('after', examples)
  const commands = [
    addDemo,
    addTrain,
    addEmbed,
    addEvaluate,
    addCompare,
    addCluster,
    addAssign,
    addSegments,
    addReproduce,
    addFeatures,
    addRecommend,
    addSimilar,
    addProject,
    addLookalike,
    addAudiences,
    addTransfer,
    addModels,
    addServe,
    addKeys,
    addGraph,
    addWalk,
    addEstimate,
    addMethods,
    addInfo,
  ]
  for (const add of commands) add(program, shell)
  return program
}

function eachCommand(command: Command, change: (command: Command) => void): void {
  change(command)
  for (const inner of command.commands) eachCommand(inner, change)
}

async function print(io: Io, output: Output, context: Context): Promise<void> {
  if (typeof output === 'string') return io.out(output)
  let buffered = ''
  for (const piece of output) {
    buffered += piece
    if (buffered.length < 1 << 16) continue
    context.progress.clear()
    await io.out(buffered)
    buffered = ''
    await new Promise((resolve) => setImmediate(resolve))
  }
  context.progress.clear()
  await io.out(buffered)
}

/** `homophily models show` */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

function report(
  io: Io,
  { exitCode, code, message, stack }: Failure,
  asked: CommonOptions,
  { interrupted = '', usage = '' },
): number {
  if (asked.json) io.err(`${JSON.stringify({ error: { code, message } })}\n`)
  else if (exitCode === exitCodes.interrupted) io.err(`${interrupted}\n`)
  else
    io.err(
      `error: ${message}\n${code === 'INTERNAL' ? 'This is a fault of homophily; --debug shows where.\n' : usage}`,
    )
  if (asked.debug && stack !== null) io.err(`${stack}\n`)
  return exitCode
}
