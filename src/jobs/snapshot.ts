/** The events of the store as interactions, and their split. */
import { Collector } from '../data/collector.ts'
import { type Interactions, interactionsFromEvents } from '../data/interactions.ts'
import { type Split, splitGlobalTime, splitRatio } from '../data/split.ts'
import { fail, HomophilyError } from '../errors.ts'
import { Random } from '../random.ts'
import type { JobContext } from './context.ts'

export interface Snapshot {
  /** The number of the last event. */
  readonly upTo: number
  readonly count: number
  readonly interactions: Interactions
}

const DAY = 86_400_000

/** Which events count. */
export interface SnapshotOptions {
  /** How much each type of event counts; those that are not named count 1. */
  readonly weights?: Readonly<Record<string, number>> | undefined
  /** Only events of so many days before the latest one. */
  readonly days?: number | undefined
}

/** Everything stored until now. Events of a type that counts 0 are left out; those of the same user and item add up. */
export async function snapshot(
  { store, signal, onProgress }: JobContext,
  { weights = {}, days }: SnapshotOptions = {},
): Promise<Snapshot> {
  const upTo = await store.events.last()
  const since = days === undefined ? -Infinity : (await store.events.latest()) - days * DAY
  const total = await store.events.count()
  const collector = new Collector()
  collector.expect(true, true)
  let count = 0
  for await (const page of store.events.upTo(upTo)) {
    if (signal.aborted) throw fail('CANCELLED', { what: 'the job' })
    for (const { user, item, type, weight, time } of page) {
      const counted = weight * (Object.hasOwn(weights, type) ? weights[type] : 1)
      if (counted > 0 && time > since) collector.addText(user, item, counted, time)
    }
    count += page.length
    onProgress({ phase: 'read', done: count, of: Math.max(count, total), unit: 'events' })
  }
  if (collector.size === 0) {
    throw fail('EMPTY', {
      what: 'there are no events to learn from',
      todo: 'Store some (POST /v1/events), and see that their weights are above 0.',
    })
  }
  return { upTo, count, interactions: interactionsFromEvents(collector.events(), 'sum').interactions }
}

/**
 * The latest events are the test; where time does not tell them apart, a random share of each user's. Too few events to take any away:
 * all are for training, and a warning says that nothing is evaluated.
 */
export function splitSnapshot(interactions: Interactions, test: number, seed: number): Split {
  for (const split of [
    () => splitGlobalTime(interactions, { test }),
    () => splitRatio(interactions, { test, rng: new Random(seed).stream('split') }),
  ]) {
    try {
      return split()
    } catch (error) {
      if (!(error instanceof HomophilyError) || error.code !== 'EMPTY') throw error
    }
  }
  const warnings = ['There are too few events to keep any for a test: nothing was evaluated.']
  return { train: interactions, validation: null, test: null, warnings }
}
