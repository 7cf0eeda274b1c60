/** `homophily estimate <method>`: memory and time before anything is trained. */
import type { Command } from 'commander'
import { checkMemory, estimateTraining, shapeOfData } from '../../evaluate/train-recommender.ts'
import { wrap } from '../../evaluate/table.ts'
import { fail, HomophilyError } from '../../errors.ts'
import type { DataShape } from '../../models/recommend/family/definition.ts'
import { findRecommender } from '../../models/recommend/index.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsInUse } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { collect, commonFlags, positive } from '../flags.ts'
import { type ReaderFlags, readerFlags, readTraining } from '../load.ts'
import { measureSpeeds } from '../speeds.ts'
import { settingsFromPairs } from '../settings.ts'
import type { Shell } from '../shell.ts'
import { bytes, columns, counted, roughly } from '../text.ts'

interface EstimateFlags extends CommonOptions, ReaderFlags {
  readonly users?: number
  readonly items?: number
  readonly interactions?: number
  readonly preset?: string
  readonly set?: string[]
}

export function addEstimate(program: Command, shell: Shell): void {
  const command = program
    .command('estimate')
    .description('memory and time that training would take, and whether it fits this machine')
    .argument('<method>')
    .argument('[source...]', 'files of interactions; or give --users, --items and --interactions')
    .option('--users <count>', 'number of users', positive)
    .option('--items <count>', 'number of items', positive)
    .option('--interactions <count>', 'number of user-item pairs', positive)
    .option('--preset <name>', 'preset of the method')
    .option('--set <setting=value>', 'a setting of the method (may come several times)', collect)
  commonFlags(command)
  readerFlags(command).action((method: string, sources: string[], options: EstimateFlags) =>
    shell.run(options, (context) => estimate(context, method, sources, options)),
  )
}

async function estimate(
  context: Context,
  method: string,
  sources: readonly string[],
  flags: EstimateFlags,
): Promise<Output> {
  const definition = findRecommender(method)
  const config = settingsFromPairs(definition, flags.set ?? [])
  const announced = shapeGiven(sources, flags)
  context.announceKernels()
  const shape = announced ?? shapeOfData(await readTraining(context, sources, flags))
  const need = estimateTraining(method, shape, config, flags.preset)
  const available = process.availableMemory()
  const refusal = refuse(definition.title, need, available)
  if (refusal !== null) context.exitCode = exitCodes.tooLarge
  const speeds = measureSpeeds()
  context.check()
  const seconds = { low: need.operations / speeds.dense, high: need.operations / speeds.sparse }
  const value = {
    command: 'estimate',
    method,
    shape,
    bytes: need.bytes,
    availableBytes: available,
    fits: refusal === null,
    refusal,
    operations: need.operations,
    seconds,
    kernels: kernelsInUse(),
  }
  const rows = [
    [
      'data',
      `${counted(shape.interactions, 'interaction')} of ${counted(shape.users, 'user')} with ${counted(shape.items, 'item')}`,
    ],
    ['memory', `${bytes(need.bytes)} beside the data; ${bytes(available)} available`],
    ['time', `${roughly(seconds.low)} to ${roughly(seconds.high)}, roughly; evaluation not included`],
    ['fits', refusal === null ? 'yes' : 'no'],
  ]
  const note =
    `The time is ${need.operations.toExponential(1)} multiply-adds at the two speeds measured just now: ${billions(speeds.dense)} billion a second in dense ` +
    `products, ${billions(speeds.sparse)} billion in sparse ones. Early stopping may end it sooner.`
  const text = [
    `${definition.title}\n${columns(rows, [true, true], '  ').trimEnd()}`,
    ...(refusal === null ? [] : [wrap(refusal, 100)]),
    wrap(note, 100),
  ]
  return context.answer(value, `${text.join('\n')}\n`)
}

function billions(n: number): string {
  return (n / 1e9).toPrecision(2)
}

/** Why it does not fit, or null where it does. */
function refuse(title: string, need: Parameters<typeof checkMemory>[1], available: number): string | null {
  try {
    checkMemory(title, need, available)
    return null
  } catch (error) {
    if (error instanceof HomophilyError && error.code === 'TOO_LARGE') return error.message
    throw error
  }
}

function shapeGiven(
  sources: readonly string[],
  { users, items, interactions }: EstimateFlags,
): DataShape | null {
  const numbers = [users, items, interactions]
  if (sources.length > 0 && numbers.every((n) => n === undefined)) return null
  if (sources.length > 0 || users === undefined || items === undefined || interactions === undefined) {
    throw fail('ARGUMENT', {
      what: 'estimate',
      expected: 'files, or all of --users, --items and --interactions',
      got: sources.length > 0 ? 'both' : 'not all of them',
    })
  }
  if (interactions > users * items) {
    throw fail('ARGUMENT', {
      what: '--interactions',
      expected: `at most users × items, ${users * items}`,
      got: String(interactions),
    })
  }
  return { users, items, interactions }
}
