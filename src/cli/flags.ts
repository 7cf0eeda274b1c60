/** Flags that commands share, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander'

export function commonFlags(command: Command): Command {
  return command
    .option('--json', 'print one JSON document (errors too, on standard error)')
    .option('--quiet', 'no progress and no notices')
    .option('--debug', 'show where an unexpected error came from')
}

export function workspaceFlag(command: Command): Command {
  return command.option('--workspace <folder>', 'where models are kept', './.homophily')
}

export function versionFlag(command: Command): Command {
  return command.option(
    '--version <number>',
    'a version of the model (default: the one in service)',
    positive,
  )
}

export function cutoffFlag(command: Command, usual = '10,20'): Command {
  return command.option('--k <list>', `cut-offs of the measures (default: ${usual})`, wholeNumbers)
}

export function reportFlags(command: Command): Command {
  return command
    .option('--report-json <file>', 'also write the report as JSON')
    .option('--report-md <file>', 'also write the report as Markdown')
}

export function seedFlags(command: Command): Command {
  return command
    .option('--seed <number>', 'seed of the split and the training', wholeNumber, 1)
    .option('--seeds <count>', 'train with this many seeds, from --seed on, on the same split', positive, 1)
}

export function choiceFlag(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices)
}

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('Expected a whole number.')
  return value
}

export function positive(text: string): number {
  const value = wholeNumber(text)
  if (value < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.')
  return value
}

export function decimalNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.')
  return value
}

export function share(text: string): number {
  const value = decimalNumber(text)
  if (value < 0 || value >= 1)
    throw new InvalidArgumentError('Expected a share from 0 to below 1, such as 0.1.')
  return value
}

function wholeNumbers(text: string): number[] {
  return words(text).map(positive)
}

export function words(text: string): string[] {
  const list = text.split(',').map((word) => word.trim())
  if (list.some((word) => word === ''))
    throw new InvalidArgumentError('Expected a list with commas, such as a,b.')
  return list
}

/** For flags that may come several times. */
export function collect(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text]
}

/** Leaves out what is undefined: optional properties do not take it. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
