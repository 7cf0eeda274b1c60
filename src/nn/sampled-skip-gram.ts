/**
 * What methods share that learn skip-gram by batches through gradients, where input vectors are more than rows of a table: their
 * settings, and the batches with places instead of nodes.
 */
import { z } from 'zod'
import { aliasTable } from '../graph/alias.ts'
import type { Graph } from '../graph/graph.ts'
import { expectedVisits } from '../graph/visits.ts'
import type { WalkSettings } from '../graph/walks/settings.ts'
import { createWalker, type Walker } from '../graph/walks/walker.ts'
import { heap } from '../kernels/heap.ts'
import type { Random } from '../random.ts'
import type { SampledPairs } from './negative-sampling.ts'
import { BatchNodes } from './pair-batches.ts'
import { skipGramSettings } from './skip-gram.ts'
import { type WindowPairs, windowPairs } from './window-pairs.ts'

interface Defaults {
  readonly epochs: number
  readonly window: number
  readonly rate: number
}

export const sampledSkipGramSettings = ({ epochs, window, rate }: Defaults) => ({
  dim: z.int().positive().max(4096).default(64).describe('Embedding size.'),
  epochs: z.int().positive().default(epochs).describe('Passes over the walks.'),
  window: z.int().positive().default(window).describe('Largest distance of a context in a walk.'),
  negatives: z.int().positive().default(5).describe('Negative samples a pair counts.'),
  shared: z.int().positive().default(256).describe('Negative samples drawn for a batch, for all its pairs.'),
  noisePower: skipGramSettings.noisePower,
  rate: z.number().positive().default(rate).describe('Learning rate of Adam; falls to zero on a line.'),
  batch: z.int().positive().default(8192).describe('Pairs of a step.'),
})

export interface SampledSkipGramSettings {
  readonly window: number
  readonly negatives: number
  readonly shared: number
  readonly noisePower: number
  readonly batch: number
}

/** A batch with its nodes numbered: places into `centreRows` and `contextRows`, all on the kernel heap. */
export interface SampledBatch extends SampledPairs {
  readonly centreRows: Int32Array
  readonly contextRows: Int32Array
  /** Tokens that were centres in it. */
  readonly tokens: number
}

/** The pairs of walks over a graph in batches, with negatives by how often walks come by a node. */
export class PairSource {
  readonly #walker: Walker
  readonly #settings: SampledSkipGramSettings
  readonly #rng: Random
  readonly #draw: (rng: Random) => number
  readonly #centres: BatchNodes
  readonly #contexts: BatchNodes
  /** Tokens that an epoch is expected to have. */
  readonly tokens: number

  constructor(graph: Graph, settings: SampledSkipGramSettings & WalkSettings, rng: Random) {
    this.#walker = createWalker(graph, settings)
    this.#settings = settings
    this.#rng = rng
    const visits = expectedVisits(graph, settings)
    this.tokens = visits.reduce((sum, count) => sum + count, 0)
    this.#draw = aliasTable(visits.map((count) => count ** settings.noisePower))
    const rowOf = Int32Array.from({ length: visits.length }, (_, v) => v)
    this.#centres = new BatchNodes(rowOf)
    this.#contexts = new BatchNodes(rowOf)
  }

  /** The pairs of one epoch. */
  *pairs(epoch: number): Generator<WindowPairs> {
    const { window, batch } = this.#settings
    yield* windowPairs(
      this.#walker.sentences(this.#rng, epoch),
      window,
      batch,
      this.#rng.stream('window', epoch),
    )
  }

  /**
   * The pairs with places, and with negatives from `rng`, in the region that is open. `more` are nodes that are needed among the
   * centre rows for another purpose; their places replace them.
   */
  place({ centres, contexts, tokens }: WindowPairs, rng: Random, more?: Int32Array): SampledBatch {
    const { shared } = this.#settings
    this.#centres.clear()
    this.#contexts.clear()
    const noise = heap.i32(shared)
    for (let m = 0; m < shared; m++) noise[m] = this.#draw(rng)
    const placed = {
      centres: this.#centres.local(centres, 0, heap.i32(centres.length)),
      contexts: this.#contexts.local(contexts, 0, heap.i32(contexts.length)),
      negatives: this.#contexts.local(noise, 0, noise),
    }
    if (more) this.#centres.local(more, 0, more)
    return {
      ...placed,
      centreRows: heap.place(Int32Array.from(this.#centres.rows)),
      contextRows: heap.place(Int32Array.from(this.#contexts.rows)),
      tokens,
    }
  }
}
