/**
 * A fitted recommender: the same surface for every method, in ids. It holds its arrays on the kernel heap until `dispose()` or
 * until it is garbage; answers are copies.
 */
import type { Interactions } from '../../../data/interactions.ts'
import { fail } from '../../../errors.ts'
import { heap, Region } from '../../../kernels/heap.ts'
import { runSync, type Steps } from '../../../steps.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import { type AnswerOptions, bestOf, inBlocks, type Ranked } from '../../answers.ts'
import { Lease } from '../../lease.ts'
import type { ModelOrigin } from '../../state.ts'
import type { FittedScorer, FittedState } from './scorer.ts'
import { copyingState, restoreScorer } from './scorers/index.ts'

export interface RecommendOptions extends AnswerOptions {
  /** Also answer items that the user interacted with in training. Default false. */
  readonly includeSeen?: boolean
}

/** What a model holds on the kernel heap. */
interface Placed {
  readonly region: Region
  readonly kept: FittedState
  readonly matrix: Sparse
  readonly scorer: FittedScorer
}

function* placing(interactions: Interactions, state: FittedState): Steps<Placed> {
  const region = new Region()
  try {
    const kept = yield* copyingState(state, region)
    const matrix = yield* interactions.matrix.placing(region)
    const scorer = heap.within(region, () => restoreScorer(kept, matrix))
    return { region, kept, matrix, scorer }
  } catch (error) {
    heap.close(region)
    throw error
  }
}

export class FittedRecommender {
  readonly origin: ModelOrigin
  /** What it was trained on. */
  readonly interactions: Interactions
  /** Facts about the training: epochs, validation curve … */
  readonly facts: Readonly<Record<string, unknown>>
  readonly #lease: Lease
  #state: FittedState | null
  readonly #scorer: FittedScorer

  /** Use `trainRecommender` or `loadRecommender`. `state` is copied. @internal */
  constructor(
    origin: ModelOrigin,
    interactions: Interactions,
    state: FittedState,
    placed: Placed = runSync(placing(interactions, state)),
  ) {
    this.origin = origin
    this.facts = state.facts ?? {}
    const { region, kept, matrix, scorer } = placed
    this.interactions = { ...interactions, matrix }
    this.#state = kept
    this.#scorer = scorer
    const readers = [scorer, matrix.indptr, matrix.indices, ...Object.values(kept.tensors).map((t) => t.data)]
    this.#lease = new Lease(region, readers)
  }

  /** The constructor in steps, for whoever has other things to do meanwhile. @internal */
  static *restoring(
    origin: ModelOrigin,
    interactions: Interactions,
    state: FittedState,
  ): Steps<FittedRecommender> {
    return new FittedRecommender(origin, interactions, state, yield* placing(interactions, state))
  }

  /** Gives the memory back now. The model must not be used afterwards. */
  dispose(): void {
    if (this.#state === null) return
    this.#state = null
    this.#lease.end()
  }
  [Symbol.dispose](): void {
    this.dispose()
  }

  /** The scores behind the answers, by row, for evaluation. Valid while this model is. */
  get scorer(): FittedScorer {
    this.#alive()
    return this.#scorer
  }

  /** The learned arrays, for saving. Valid while this model is. */
  get state(): FittedState {
    return this.#alive()
  }

  /** The n items with the highest scores for `user`, best first, without those seen in training. */
  recommend(user: string, options: RecommendOptions = {}): Ranked[] {
    return this.recommendMany([user], options)[0]
  }

  /** {@link recommend} for several users. */
  recommendMany(users: readonly string[], options: RecommendOptions = {}): Ranked[][] {
    this.#alive()
    const rows = users.map((user) => this.interactions.users.rowOrThrow(user, 'user'))
    const seen = options.includeSeen ? null : this.interactions.matrix
    const items = this.interactions.items
    return this.#blocks(rows, items.size, (block, scores) => {
      this.#scorer.scores(block, scores)
      return bestOf(
        scores,
        block.length,
        items,
        options,
        seen && { indptr: seen.indptr, indices: seen.indices, rows: block },
      )
    })
  }

  /** The n items most similar to `item`, best first; itself left out. What similar means depends on the method. */
  similarItems(item: string, options: AnswerOptions = {}): Ranked[] {
    return this.#similar(item, 'item', this.interactions.items, options, (row, out) =>
      this.#scorer.similarItems(row, out),
    )
  }

  /** {@link similarItems} for several items. */
  similarItemsMany(items: readonly string[], options: AnswerOptions = {}): Ranked[][] {
    return items.map((item) => this.similarItems(item, options))
  }

  /** The n users most similar to `user`, best first; themself left out. */
  similarUsers(user: string, options: AnswerOptions = {}): Ranked[] {
    return this.#similar(user, 'user', this.interactions.users, options, (row, out) =>
      this.#scorer.similarUsers(row, out),
    )
  }

  /** {@link similarUsers} for several users. */
  similarUsersMany(users: readonly string[], options: AnswerOptions = {}): Ranked[][] {
    return users.map((user) => this.similarUsers(user, options))
  }

  /** The scores of `items` for `user`, in the order given. Scores compare within a user only. */
  score(user: string, items: readonly string[]): number[] {
    return this.scoreMany([user], items)[0]
  }

  /** {@link score} for several users: one row of scores each. */
  scoreMany(users: readonly string[], items: readonly string[]): number[][] {
    this.#alive()
    const rows = users.map((user) => this.interactions.users.rowOrThrow(user, 'user'))
    const columns = items.map((item) => this.interactions.items.rowOrThrow(item, 'item'))
    const width = this.interactions.items.size
    return this.#blocks(rows, width, (block, scores) => {
      this.#scorer.scores(block, scores)
      return Array.from(block, (_, b) => columns.map((column) => scores[b * width + column]))
    })
  }

  #alive(): FittedState {
    if (this.#state === null) {
      throw fail('MISSING', { what: 'this model was disposed', todo: 'Load or train it again.' })
    }
    return this.#state
  }

  #similar(
    id: string,
    kind: string,
    vocabulary: Interactions['items'],
    options: AnswerOptions,
    similarities: (row: number, out: Float32Array) => void,
  ): Ranked[] {
    this.#alive()
    const row = vocabulary.rowOrThrow(id, kind)
    return this.#blocks([row], vocabulary.size, (block, out) => {
      similarities(row, out)
      out[row] = -Infinity
      return bestOf(out, block.length, vocabulary, options)
    })[0]
  }

  /** Runs `answer` on blocks of rows with a scratch of `width` numbers per row. */
  #blocks<T>(
    rows: readonly number[],
    width: number,
    answer: (block: Int32Array, scores: Float32Array) => T[],
  ): T[] {
    return inBlocks(rows.length, width, (start, length, scores) =>
      answer(heap.place(Int32Array.from(rows.slice(start, start + length))), scores),
    )
  }
}
