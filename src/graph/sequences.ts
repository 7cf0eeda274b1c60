/** What people did, in order: one sequence of items per user. Repeated items stay, unlike in interactions. */
import type { Events } from '../data/events.ts'
import { eventsFrom, type Pair } from '../data/interactions.ts'
import type { ReadOptions } from '../data/options.ts'
import { readEvents } from '../data/read.ts'
import type { LoadReport } from '../data/report.ts'
import type { Vocabulary } from '../data/vocabulary.ts'
import type { Sentences } from './sentences.ts'

export interface Sequences {
  readonly users: Vocabulary
  readonly items: Vocabulary
  /** Tokens are rows of `items`; sentence s is everything that user s did, the earliest first. A user may have none. */
  readonly sentences: Sentences
  /** Milliseconds since 1970 of each token, never falling within a sentence; null where only the order is known. */
  readonly times: Float64Array | null
}

/** Sorts events by user, then by time, where there are times; what is left equal stays in input order. */
function sequencesFromEvents({ users, items, userRows, itemRows, times }: Events): Sequences {
  const n = userRows.length
  const offsets = new Uint32Array(users.size + 1)
  for (let e = 0; e < n; e++) offsets[userRows[e] + 1]++
  for (let u = 0; u < users.size; u++) offsets[u + 1] += offsets[u]
  const next = offsets.slice(0, users.size)
  const order = new Int32Array(n)
  for (let e = 0; e < n; e++) order[next[userRows[e]]++] = e
  if (times) {
    for (let u = 0; u < users.size; u++) {
      const own = order.subarray(offsets[u], offsets[u + 1])
      if (!isSorted(own, times)) own.sort((a, b) => times[a] - times[b] || a - b)
    }
  }
  const tokens = new Int32Array(n)
  const sorted = times && new Float64Array(n)
  for (let k = 0; k < n; k++) {
    tokens[k] = itemRows[order[k]]
    if (sorted) sorted[k] = times[order[k]]
  }
  return { users, items, sentences: { tokens, offsets }, times: sorted }
}

function isSorted(order: Int32Array, times: Float64Array): boolean {
  for (let k = 1; k < order.length; k++) if (times[order[k]] < times[order[k - 1]]) return false
  return true
}

/** Sequences from memory; weights are not used. Ids are strings, and either all events have a time or none. */
export function sequencesFrom(events: Iterable<Pair>): Sequences {
  return sequencesFromEvents(eventsFrom(events))
}

/** Reads sequences from the files that `readInteractions` reads. Without a time column, files must be in order. */
export async function readSequences(
  source: string | readonly string[],
  options: ReadOptions = {},
): Promise<{ sequences: Sequences; report: LoadReport }> {
  const { events, report } = await readEvents(source, options)
  return { sequences: sequencesFromEvents(events), report }
}
