/**
 * What answers before the first training: how many users each item has so far. A model like any other, so that filters, boosts,
 * diversity and explanations are the same; it is never stored.
 */
import { Collector } from '../data/collector.ts'
import { pairingEvents } from '../data/interactions.ts'
import { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { runBeside } from '../steps.ts'
import type { Store } from '../workspace/store/store.ts'

/** With more, only the latest count. */
const MOST = 2 ** 20
/** Ids that are taken up between two visits to the event loop. */
const PAGE = 5000

export interface SoFar {
  readonly model: FittedRecommender
  /** The number of the last event that is counted. */
  readonly upTo: number
}

/**
 * Counts the events that are stored. Items without events come last, in the order of their arrival.
 *
 * @param items ids of further items
 * @returns null where there is no item to show
 */
export async function popularSoFar(store: Store, items: Iterable<string>): Promise<SoFar | null> {
  const collector = new Collector()
  let upTo = Math.max(0, (await store.events.last()) - MOST)
  for (;;) {
    const page = await store.events.after(upTo, PAGE)
    if (page.length === 0) break
    for (const { user, item, weight } of page) if (weight > 0) collector.addText(user, item, 1, 0)
    upTo = page.at(-1)!.seq
    await new Promise((resolve) => setImmediate(resolve))
  }
  let added = 0
  for (const item of items) {
    collector.itemRow(item)
    if (++added % PAGE === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const events = collector.events()
  if (events.items.size === 0) return null
  const { interactions } = await runBeside(pairingEvents(events))
  const scores = new Float32Array(interactions.items.size)
  const { indices } = interactions.matrix
  for (let e = 0; e < indices.length; e++) scores[indices[e]]++
  const origin = { method: 'popularity', config: {}, seed: 1 }
  const state = {
    kind: 'item-scores',
    tensors: { scores: { data: scores, shape: [scores.length] } },
  } as const
  return { model: await runBeside(FittedRecommender.restoring(origin, interactions, state)), upTo }
}
