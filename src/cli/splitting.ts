/** Train, validation and test, from flags. */
import type { Command } from 'commander'
import type { Interactions } from '../data/interactions.ts'
import { type Split, splitGiven, splitGlobalTime, splitLeaveLastOut, splitRatio } from '../data/split.ts'
import { fail } from '../errors.ts'
import { Random } from '../random.ts'
import type { Context } from './context.ts'
import { choiceFlag, share } from './flags.ts'
import { read, type ReaderFlags, readTraining } from './load.ts'
import { day, nameSources } from './text.ts'

export interface SplitFlags extends ReaderFlags {
  readonly test?: string
  readonly validation?: string
  readonly split?: 'time' | 'last' | 'ratio' | 'none'
  readonly testShare?: number
  readonly validationShare?: number
  readonly seed: number
}

export interface Parts extends Split {
  /** How the parts came about, in words. */
  readonly description: string
}

const TEST_SHARE = 0.1

export function splitFlags(command: Command, withNone: boolean): Command {
  const kinds = ['time', 'last', 'ratio', ...(withNone ? ['none'] : [])]
  const none = withNone ? ', none trains on everything' : ''
  return command
    .optionsGroup('Splitting:')
    .option('--test <file>', 'test interactions, instead of a split')
    .option('--validation <file>', 'validation interactions, with --test')
    .addOption(
      choiceFlag(
        '--split <kind>',
        `time: the latest are test (default with timestamps); last: each user's last; ratio: random per user (default without)${none}`,
        kinds,
      ),
    )
    .option('--test-share <share>', `share of test (default: ${TEST_SHARE})`, share)
    .option('--validation-share <share>', 'share held out of train for early stopping (default: 0)', share)
}

/** Reads the sources and divides them. */
export async function loadParts(
  context: Context,
  sources: readonly string[],
  flags: SplitFlags,
): Promise<Parts> {
  checkFlags(flags)
  const all = await readTraining(context, sources, flags)
  const parts = flags.test === undefined ? divide(all, flags) : await useFiles(context, all, sources, flags)
  context.check()
  context.warnings.push(...parts.warnings)
  return parts
}

function checkFlags(flags: SplitFlags): void {
  const clash = (what: string, expected: string): Error => fail('ARGUMENT', { what, expected, got: 'both' })
  if (flags.test !== undefined) {
    if (flags.split !== undefined) throw clash('--test and --split', 'a test file or a split')
    if (flags.testShare !== undefined) throw clash('--test and --test-share', 'a test file or a share')
  } else if (flags.validation !== undefined) {
    throw fail('ARGUMENT', { what: '--validation', expected: '--test with it', got: 'no --test' })
  }
  if (flags.validation !== undefined && flags.validationShare !== undefined) {
    throw clash('--validation and --validation-share', 'a validation file or a share')
  }
  if (flags.testShare === 0)
    throw fail('ARGUMENT', {
      what: '--test-share',
      expected: 'more than 0 (--split none trains on everything)',
      got: '0',
    })
  if (flags.split === 'last' && flags.testShare !== undefined) {
    throw fail('ARGUMENT', {
      what: '--test-share',
      expected: 'none with --split last, which holds out one interaction per user',
      got: String(flags.testShare),
    })
  }
}

function divide(all: Interactions, flags: SplitFlags): Parts {
  const { seed, testShare: test = TEST_SHARE, validationShare: validation = 0 } = flags
  const kind = flags.split ?? (all.times ? 'time' : 'ratio')
  const rng = new Random(seed)
  const held = validation > 0 ? `, ${percent(validation)} before validation` : ''
  switch (kind) {
    case 'time': {
      const split = splitGlobalTime(all, { test, validation })
      const from = earliest(split.test)
      return {
        ...split,
        description: `by global time: the latest ${percent(test)} are test${from}${held && `, the ${percent(validation)} before them validation`}`,
      }
    }
    case 'last': {
      const split = splitLeaveLastOut(all, { validation: validation > 0 })
      const before = validation > 0 ? ', the one before it validation' : ''
      return { ...split, description: `leave last out: each user's last interaction is test${before}` }
    }
    case 'ratio': {
      const split = splitRatio(all, { test, validation, rng })
      const drawn = validation > 0 ? `, ${percent(validation)} validation` : ''
      return { ...split, description: `at random per user: ${percent(test)} test${drawn} (seed ${seed})` }
    }
    case 'none': {
      if (validation === 0)
        return {
          train: all,
          validation: null,
          test: null,
          warnings: [],
          description: 'none: trained on everything',
        }
      return {
        ...validationOnly(all, validation, rng),
        description: `no test; ${percent(validation)} of train held out for validation`,
      }
    }
  }
}

/** Holds a share of train out for validation: the latest where there are timestamps, else at random per user. */
function validationOnly(all: Interactions, validation: number, rng: Random): Split {
  const shares = { test: 0, validation }
  return all.times ? splitGlobalTime(all, shares) : splitRatio(all, { ...shares, rng })
}

async function useFiles(
  context: Context,
  all: Interactions,
  sources: readonly string[],
  flags: SplitFlags,
): Promise<Parts> {
  const { validationShare = 0 } = flags
  const test = await read(context, flags.test!, flags)
  const given = flags.validation === undefined ? null : await read(context, flags.validation, flags)
  const inner = validationShare > 0 ? validationOnly(all, validationShare, new Random(flags.seed)) : null
  // Everything that is known is kept from being asked for again, so overlaps are counted against train and validation together.
  const whole = splitGiven(all, test, given)
  const files = `given files: train ${nameSources(sources)}; test ${flags.test}`
  if (!inner) return { ...whole, description: given ? `${files}; validation ${flags.validation}` : files }
  return {
    train: inner.train,
    validation: inner.validation,
    test: whole.test,
    warnings: [...inner.warnings, ...whole.warnings],
    description: `${files}; ${percent(validationShare)} of train held out for validation`,
  }
}

function earliest(test: Interactions | null): string {
  if (!test?.times || test.times.length === 0) return ''
  let first = Infinity
  for (const time of test.times) if (time < first) first = time
  return ` (from ${day(first)} on)`
}

function percent(part: number): string {
  return `${Number((part * 100).toPrecision(4))} %`
}
