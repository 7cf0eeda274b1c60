/**
 * A fitted embedding: a vector per node, and who is near whom, in ids. It holds its arrays on the kernel heap until `dispose()` or
 * until it is garbage; answers are copies.
 */
import type { Vocabulary } from '../../../data/vocabulary.ts'
import { fail } from '../../../errors.ts'
import { heap, Region } from '../../../kernels/heap.ts'
import { kernels } from '../../../kernels/index.ts'
import { cosines, inverseNorms } from '../../../nn/cosines.ts'
import { maximalMarginalRelevance } from '../../../nn/mmr.ts'
import { type AnswerOptions, bestOf, inBlocks, type Ranked } from '../../answers.ts'
import { Lease } from '../../lease.ts'
import type { ModelOrigin } from '../../state.ts'
import { profile, type Recent } from './profile.ts'
import { copyState, type EmbeddingState } from './state.ts'

/** An id of the model, or a vector of its dimension, such as that of something new. */
export type Query = string | ArrayLike<number>

export interface RecommendFromOptions extends AnswerOptions {
  /** Also answer what is in the sequence. Default false. */
  readonly includeSeen?: boolean
  /** Each item counts this many times what the one after it counts: 1 counts all the same, 0.5 halves every step back. Default 1. */
  readonly decay?: number
  /**
   * Re-ranks by maximal marginal relevance: 1 is by score alone, lower values keep away what is like something ranked before.
   * Chosen from the `pool` best (default 10 n). The scores stay those of relevance.
   */
  readonly diversity?: { readonly lambda: number; readonly pool?: number }
}

export class FittedEmbedding {
  readonly origin: ModelOrigin
  /** What has a vector. */
  readonly nodes: Vocabulary
  readonly dim: number
  /** Facts about the training: epochs, loss … */
  readonly facts: Readonly<Record<string, unknown>>
  readonly #lease: Lease
  readonly #inverse: Float32Array
  #state: EmbeddingState | null

  /** Use `trainEmbedding` or `loadEmbedding`. `state` is copied. @internal */
  constructor(origin: ModelOrigin, nodes: Vocabulary, state: EmbeddingState) {
    const [rows, dim] = state.vectors.shape
    if (rows !== nodes.size) {
      throw fail('SHAPE', {
        op: 'embedding',
        expected: `${nodes.size} vectors, one per id`,
        got: String(rows),
      })
    }
    this.origin = origin
    this.nodes = nodes
    this.dim = dim
    this.facts = state.facts ?? {}
    const region = new Region()
    const { kept, inverse } = heap.within(region, () => {
      const kept = copyState(state)
      const inverse = heap.scratchF32(rows)
      inverseNorms(kept.vectors.data, dim, inverse)
      return { kept, inverse }
    })
    this.#state = kept
    this.#inverse = inverse
    const tables = [kept.vectors, ...(kept.context ? [kept.context] : []), ...Object.values(kept.extra ?? {})]
    this.#lease = new Lease(region, [inverse, ...tables.map((table) => table.data)])
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

  /** The learned arrays, for saving and evaluation. Valid while this model is. */
  get state(): EmbeddingState {
    if (this.#state === null) {
      throw fail('MISSING', { what: 'this model was disposed', todo: 'Load or train it again.' })
    }
    return this.#state
  }

  has(id: string): boolean {
    return this.nodes.row(id) >= 0
  }

  /** The vector of an id, a copy. */
  vector(id: string): Float32Array {
    const { data } = this.state.vectors
    const row = this.nodes.rowOrThrow(id, 'node')
    return Float32Array.from(data.subarray(row * this.dim, (row + 1) * this.dim))
  }

  /** The n nodes nearest to an id or a vector by cosine, best first; the id itself left out. */
  similar(query: Query, options: AnswerOptions = {}): Ranked[] {
    return this.similarMany([query], options)[0]
  }

  /** {@link similar} for several. */
  similarMany(queries: readonly Query[], options: AnswerOptions = {}): Ranked[][] {
    const { data } = this.state.vectors
    const { dim } = this
    const rows = queries.map((query) =>
      typeof query === 'string' ? this.nodes.rowOrThrow(query, 'node') : this.#checked(query),
    )
    return this.#rank(rows.length, options, (k, out) => {
      const row = rows[k]
      const query = queries[k] as ArrayLike<number>
      const vector = row < 0 ? query : data.subarray(row * dim, (row + 1) * dim)
      let squares = 0
      for (let c = 0; c < dim; c++) squares += vector[c] ** 2
      const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
      for (let c = 0; c < dim; c++) out[c] = vector[c] * scale
      return row < 0 ? [] : [row]
    })
  }

  /**
   * The n nodes nearest to what someone did lately: by the weighted mean of the cosines with each item of `recent`, the latest last.
   * Items may carry weights of their own, which multiply those of `decay`.
   */
  recommendFrom(recent: readonly Recent[], options: RecommendFromOptions = {}): Ranked[] {
    return this.recommendFromMany([recent], options)[0]
  }

  /** {@link recommendFrom} for several sequences. */
  recommendFromMany(
    sequences: readonly (readonly Recent[])[],
    options: RecommendFromOptions = {},
  ): Ranked[][] {
    const { data } = this.state.vectors
    const { n = 10, decay = 1, includeSeen = false, diversity } = options
    const histories = sequences.map((recent) => profile(recent, this.nodes, decay))
    const pool = Math.max(n, diversity?.pool ?? 10 * n)
    const answers = this.#rank(histories.length, diversity ? { ...options, n: pool } : options, (k, out) => {
      const { rows, weights } = histories[k]
      out.fill(0)
      rows.forEach((row, i) => {
        const scale = weights[i] * this.#inverse[row]
        for (let c = 0; c < this.dim; c++) out[c] += scale * data[row * this.dim + c]
      })
      return includeSeen ? [] : rows
    })
    return diversity ? answers.map((list) => this.#diverse(list, n, diversity.lambda)) : answers
  }

  /** Ranks the nodes for `count` queries: `query(k, out)` writes query k and answers the rows to leave out. */
  #rank(
    count: number,
    options: AnswerOptions,
    query: (k: number, out: Float32Array) => ArrayLike<number>,
  ): Ranked[][] {
    const { data } = this.state.vectors
    const { dim, nodes } = this
    return inBlocks(count, nodes.size, (start, length, scores) => {
      const queries = heap.scratchF32(length * dim)
      const own = Array.from({ length }, (_, b) => query(start + b, queries.subarray(b * dim, (b + 1) * dim)))
      cosines(queries, data, dim, this.#inverse, scores)
      own.forEach((rows, b) => {
        for (let i = 0; i < rows.length; i++) scores[b * nodes.size + rows[i]] = -Infinity
      })
      return bestOf(scores, length, nodes, options)
    })
  }

  #diverse(list: readonly Ranked[], n: number, lambda: number): Ranked[] {
    const rows = Int32Array.from(list, ({ id }) => this.nodes.row(id))
    return heap.scope(() => {
      const size = rows.length
      const near = heap.scratchF32(size * size)
      const x = heap.scratchF32(size * this.dim)
      kernels().gatherRows(this.state.vectors.data, this.dim, heap.place(rows), x)
      const inverse = heap.scratchF32(size)
      inverseNorms(x, this.dim, inverse)
      const unit = heap.scratchF32(x.length)
      kernels().scaleRows(x, inverse, size, this.dim, 0, unit)
      cosines(unit, x, this.dim, inverse, near)
      const relevance = list.map(({ score }) => score)
      return maximalMarginalRelevance(relevance, (a, b) => near[a * size + b], n, lambda).map((k) => list[k])
    })
  }

  /** −1, the row of a vector that is no node. */
  #checked(vector: ArrayLike<number>): -1 {
    const whole = vector.length === this.dim && Array.from(vector).every(Number.isFinite)
    if (whole) return -1
    throw fail('ARGUMENT', {
      what: 'vector',
      expected: `${this.dim} finite numbers`,
      got: vector.length === this.dim ? 'others' : String(vector.length),
    })
  }
}
