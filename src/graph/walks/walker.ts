/**
 * Walks over a graph, streamed a batch at a time. A walk depends on the seed, the epoch, its start node and its repetition, and
 * on nothing else. It ends early at a node without edges to follow. A node without any edges gives walks of that node alone, so
 * that every node is among the tokens.
 */
import type { Random } from '../../random.ts'
import { aliasTable } from '../alias.ts'
import type { Graph } from '../graph.ts'
import type { Sentences } from '../sentences.ts'
import { WalkBatch } from './batch.ts'
import { firstOrderWalks } from './first-order.ts'
import { type WalkKey, walkKey } from './generator.ts'
import { secondOrderWalks } from './second-order.ts'
import type { WalkSettings } from './settings.ts'
import { type WalkTables, walkTables } from './tables.ts'

export interface Walker {
  /** Walks of an epoch. */
  readonly walks: number
  /** Tokens of an epoch, if no walk comes to a dead end. */
  readonly tokens: number
  /**
   * The walks of an epoch in batches of about 2¹⁷ tokens, in shuffled order. A batch is valid until the next is asked for: its
   * arrays are used again.
   */
  sentences(rng: Random, epoch: number): Generator<Sentences, void, void>
}

/**
 * Prepares walks: once, for all epochs. Walks follow edges in their direction, in proportion to their weights; with p or q
 * other than 1 they are the second-order walks of node2vec. With `start: 'frequency'` there are as many walks, but their starts are
 * drawn in proportion to the weight of a node's outgoing edges (in a graph of behaviour: to how often the node was left).
 *
 * @throws ARGUMENT for a weight that is negative or not finite.
 */
export function createWalker(graph: Graph, settings: WalkSettings): Walker {
  const tables = walkTables(graph.adjacency, !graph.directed)
  const { p = 1, q = 1 } = settings
  const fill =
    p === 1 && q === 1
      ? (batch: WalkBatch): void => firstOrderWalks([tables], batch)
      : secondOrderWalks(tables, { p, q })
  const nodes = Int32Array.from({ length: tables.nodes }, (_, v) => v)
  return walker(nodes, tables, settings, fill)
}

/** The walks of one epoch. For several epochs, {@link createWalker} prepares only once. */
export function* walkSentences(
  graph: Graph,
  settings: WalkSettings,
  rng: Random,
  epoch = 0,
): Generator<Sentences, void, void> {
  yield* createWalker(graph, settings).sentences(rng, epoch)
}

/** A walker that starts at `nodes` and leaves the walking to `fill`. `tables` say how often a node is left. */
export function walker(
  nodes: Int32Array,
  tables: WalkTables,
  { walks, length, start }: WalkSettings,
  fill: (batch: WalkBatch) => void,
): Walker {
  const count = nodes.length * walks
  return {
    walks: count,
    tokens: count * length,
    *sentences(rng, epoch) {
      const key: WalkKey = walkKey(rng, epoch)
      const batch = new WalkBatch(length, key)
      const emit = (): Sentences => {
        fill(batch)
        return batch.sentences()
      }
      const starts =
        start === 'every'
          ? everyNode(nodes, walks, rng, epoch)
          : byFrequency(nodes, tables, count, rng, epoch)
      for (const { nodes: drawn, repetition, step } of starts) {
        for (let i = 0; i < drawn.length; i++) {
          batch.add(drawn[i], repetition + i * step)
          if (batch.full) yield emit()
        }
      }
      if (batch.count > 0) yield emit()
    },
  }
}

/** Starts in order; the repetition of nodes[i] is repetition + i · step. */
interface Starts {
  readonly nodes: Int32Array
  readonly repetition: number
  readonly step: 0 | 1
}

function* everyNode(nodes: Int32Array, walks: number, rng: Random, epoch: number): Generator<Starts> {
  const order = new Int32Array(nodes.length)
  for (let repetition = 0; repetition < walks; repetition++) {
    order.set(nodes)
    rng.stream('walk order', epoch, repetition).shuffle(order)
    yield { nodes: order, repetition, step: 0 }
  }
}

/** The repetition is the place of the start among all: a node that comes again walks another way. */
function* byFrequency(
  nodes: Int32Array,
  { indptr, weighted }: WalkTables,
  count: number,
  rng: Random,
  epoch: number,
): Generator<Starts> {
  const draw = aliasTable(
    Float64Array.from(nodes, (v) => (weighted ? weighted.strength[v] : indptr[v + 1] - indptr[v])),
  )
  const stream = rng.stream('walk starts', epoch)
  const drawn = new Int32Array(Math.min(count, 2 ** 14))
  for (let from = 0; from < count; from += drawn.length) {
    const some = drawn.subarray(0, Math.min(drawn.length, count - from))
    for (let i = 0; i < some.length; i++) some[i] = nodes[draw(stream)]
    yield { nodes: some, repetition: from, step: 1 }
  }
}
