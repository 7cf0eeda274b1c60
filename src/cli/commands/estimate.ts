/** `homophily estimate <method>`: memory and time before anything is trained. */
import type { Command } from 'commander'
import { checkMemory, estimateTraining, shapeOfData } from '../../evaluate/train-recommender.ts'
import { fail, HomophilyError } from '../../errors.ts'
import type { DataShape } from '../../models/recommend/family/definition.ts'
import { findRecommender } from '../../models/recommend/index.ts'
import type { CommonOptions, Context, Output } from '../context.ts'
import { kernelsLine } from '../context.ts'
import { collect, commonFlags, positive } from '../flags.ts'
import { type ReaderFlags, readerFlags, readTraining } from '../load.ts'
import { measureSpeeds } from '../speeds.ts'
import { settingsFromPairs } from '../settings.ts'
import type { Shell } from '../shell.ts'
import { bytes, columns, counted, duration } from '../text.ts'

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

async function estimate(context: Context, method: string, sources: readonly string[], flags: EstimateFlags): Promise<Output> {
  const definition = findRecommender(method)
  const config = settingsFromPairs(definition, flags.set ?? [])
  const announced = shapeGiven(sources, flags)
  context.announceKernels()
  const shape = announced ?? shapeOfData(await readTraining(context, sources, flags))
  const need = estimateTraining(method, shape, config, flags.preset)
  const available = process.availableMemory()
  const refusal = refuse(definition.title, need, available)
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
    operations: need.operations,
    seconds,
    kernels: kernelsLine(),
  }
  const rows = [
    ['data', `${counted(shape.interactions, 'interaction')} of ${counted(shape.users, 'user')} with ${counted(shape.items, 'item')}`],
    ['memory', `${bytes(need.bytes)} beside the data; ${bytes(available)} available`],
    ['time', `roughly ${duration(seconds.low)} to ${duration(seconds.high)}, evaluation not included`],
    ['fits', refusal ?? 'yes'],
  ]
  const note =
    `The time is ${need.operations.toExponential(1)} multiply-adds at two speeds measured just now: ${(speeds.dense / 1e9).toFixed(1)} billion a second in ` +
    `dense products,\n${(speeds.sparse / 1e9).toFixed(1)} billion in sparse ones. Early stopping may end it sooner.\n`
  return context.answer(value, `${definition.title}\n${columns(rows, [true, true], '  ')}${note}`)
}

/** Why it does not fit, or null where it does. */
function refuse(title: string, need: Parameters<typeof checkMemory>[1], available: number): string | null {
  try {
    checkMemory(title, need, available)
    return null
  } catch (error) {
    if (error instanceof HomophilyError && error.code === 'TOO_LARGE') return `no: ${error.message}`
    throw error
  }
}

function shapeGiven(sources: readonly string[], { users, items, interactions }: EstimateFlags): DataShape | null {
  const numbers = [users, items, interactions]
  if (sources.length > 0 && numbers.every((n) => n === undefined)) return null
  if (sources.length > 0 || users === undefined || items === undefined || interactions === undefined) {
    throw fail('ARGUMENT', { what: 'estimate', expected: 'files, or all of --users, --items and --interactions', got: sources.length > 0 ? 'both' : 'not all of them' })
  }
  if (interactions > users * items) {
    throw fail('ARGUMENT', { what: '--interactions', expected: `at most users × items, ${users * items}`, got: String(interactions) })
  }
  return { users, items, interactions }
}
