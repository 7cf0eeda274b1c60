/**
 * Graphs of behaviour: an edge a → b for every b that somebody did right after a (Wang et al. 2018, EGES,
 * https://arxiv.org/abs/1803.02349, section 2.2).
 */
import { fail } from '../errors.ts'
import { adjacencyOf } from './csr.ts'
import type { Graph } from './graph.ts'
import type { Sequences } from './sequences.ts'

const DAY = 86_400_000

export interface TransitionOptions {
  /** Milliseconds: a longer pause begins a new session, and nothing leads across. Default: one session per user. */
  readonly gap?: number
  /**
   * λ per day: a transition Δt days before the latest event of all weighs exp(−λ Δt). Default 0: every transition weighs one. One that is
   * old enough to weigh nothing in float32 leaves no edge.
   */
  readonly decay?: number
  /** Whether doing the same again is an edge of the item to itself. Default: it is passed over. */
  readonly repeats?: boolean
}

/**
 * The directed graph of transitions between items; the weight of an edge is how often it happened, each time weakened by its age.
 * Every item is a node, with or without edges.
 *
 * @throws ARGUMENT where `gap` or `decay` need times that there are none of, or are negative.
 */
export function transitionGraph(sequences: Sequences, options: TransitionOptions = {}): Graph {
  const { gap = Infinity, decay = 0, repeats = false } = options
  const {
    sentences: { tokens, offsets },
    times,
  } = sequences
  for (const [what, value] of [
    ['gap', gap],
    ['decay', decay],
  ] as const) {
    if (!(value >= 0)) throw fail('ARGUMENT', { what, expected: 'a number of 0 or more', got: String(value) })
  }
  if (!times && (gap < Infinity || decay > 0)) {
    throw fail('ARGUMENT', {
      what: gap < Infinity ? 'gap' : 'decay',
      expected: 'events with times',
      got: 'sequences without',
    })
  }
  const latest = decay > 0 ? times!.reduce((a, b) => Math.max(a, b), -Infinity) : 0
  const sources = new Int32Array(tokens.length)
  const targets = new Int32Array(tokens.length)
  const weights = decay > 0 ? new Float32Array(tokens.length) : null
  let count = 0
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let k = offsets[s] + 1; k < offsets[s + 1]; k++) {
      if (tokens[k] === tokens[k - 1] && !repeats) continue
      if (gap < Infinity && times![k] - times![k - 1] > gap) continue
      sources[count] = tokens[k - 1]
      targets[count] = tokens[k]
      if (weights) weights[count] = Math.exp((-decay * (latest - times![k])) / DAY)
      count++
    }
  }
  const { adjacency } = adjacencyOf(
    sequences.items.size,
    {
      sources: sources.subarray(0, count),
      targets: targets.subarray(0, count),
      weights: weights && weights.subarray(0, count),
    },
    { directed: true },
  )
  return { nodes: sequences.items, adjacency, directed: true }
}
