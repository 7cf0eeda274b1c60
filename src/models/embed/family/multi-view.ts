/** The views of M2GRL, and its settings. Wang et al. 2020, https://arxiv.org/abs/2005.10110. */
import { z } from 'zod'
import type { Graph } from '../../../graph/graph.ts'
import { walkSettings } from '../../../graph/walks/settings.ts'
import type { RowAdam } from '../../../nn/row-adam.ts'
import { PairSource, sampledSkipGramSettings } from '../../../nn/sampled-skip-gram.ts'
import { newTable } from '../../../nn/sampled-tables.ts'
import type { WindowPairs } from '../../../nn/window-pairs.ts'
import type { Random } from '../../../random.ts'

export const multiViewSettings = {
  ...sampledSkipGramSettings({ epochs: 1, window: 5, rate: 0.01 }),
  ...walkSettings({ walks: 10, length: 10 }),
  viewBatch: z
    .int()
    .positive()
    .default(2048)
    .describe('Pairs of a step in each view but that of items, which has `batch`.'),
  gap: z
    .number()
    .nonnegative()
    .default(0)
    .describe('Hours of pause after which a new session begins; 0: everything a user did is one session.'),
  weighting: z
    .enum(['uncertainty', 'variance', 'fixed'])
    .default('uncertainty')
    .describe(
      'Losses of the tasks: L/σ² + ln σ as in the paper, L/(2σ²) + ln σ² as in the authors’ code, or fixed weights.',
    ),
  alignment: z
    .number()
    .nonnegative()
    .default(1)
    .describe('With fixed weights: that of the alignment tasks, where those within a view weigh 1.'),
  relation: z
    .enum(['linear', 'sigmoid'])
    .default('linear')
    .describe('How vectors enter the relation space: We, or σ(We) as in the authors’ code.'),
  clip: z.number().nonnegative().default(0).describe('Gradients are cut to ± this; 0 leaves them.'),
}
export type MultiViewSettings = z.output<z.ZodObject<typeof multiViewSettings>>

/** One view of the behaviour: items, or the values of a field. */
export class View {
  readonly graph: Graph
  readonly input: RowAdam
  readonly output: RowAdam
  readonly source: PairSource
  readonly #rng: Random
  #pairs: Generator<WindowPairs> | null = null
  #epoch = 0
  #passes = 0

  constructor(graph: Graph, settings: MultiViewSettings, rng: Random) {
    this.graph = graph
    this.#rng = rng
    this.input = newTable(graph.nodes.size, settings.dim, rng.stream('init'))
    this.output = newTable(graph.nodes.size, settings.dim, null)
    this.source = new PairSource(graph, settings, rng.stream('walks'))
  }

  /** Starts over for an epoch; answers the random numbers for its negatives. */
  begin(epoch: number): Random {
    this.#epoch = epoch
    this.#passes = 0
    this.#pairs = this.source.pairs(epoch)
    return this.#rng.stream('negatives', epoch)
  }

  /** The next pairs of the epoch, which goes through its walks as often as it takes; null where walks have no pairs. */
  next(): WindowPairs | null {
    for (let attempt = 0; attempt < 2; attempt++) {
      const step = this.#pairs!.next()
      if (!step.done) return step.value
      // Each pass walks anew.
      this.#pairs = this.source.pairs(this.#epoch + ++this.#passes * 2 ** 16)
    }
    return null
  }
}
