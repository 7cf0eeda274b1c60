/** Who takes part in a next-item evaluation: recommenders and embeddings trained on the split, vectors made elsewhere. */
import type { Attributes } from '../data/attributes.ts'
import type { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import { leaveLastItemOut, scorerOfSequences } from '../evaluate/next-item.ts'
import { trainEmbedding } from '../evaluate/train-embedding.ts'
import { trainRecommender } from '../evaluate/train-recommender.ts'
import { vectorScorer } from '../evaluate/vector-scorer.ts'
import { transitionGraph } from '../graph/transitions.ts'
import { heap } from '../kernels/heap.ts'
import type { EmbedderInputs } from '../models/embed/family/definition.ts'
import { embedders } from '../models/embed/index.ts'
import { type Method, resolveConfig } from '../models/method.ts'
import type { Scorer } from '../models/recommend/family/scorer.ts'
import { recommenders } from '../models/recommend/index.ts'
import { Matrix } from '../tensor/matrix.ts'
import type { RunOptions } from '../train/run.ts'
import { settingsFromPairs } from './settings.ts'
import type { NamedVectors } from './vectors-source.ts'

export type Split = ReturnType<typeof leaveLastItemOut>

export interface Asking {
  /** Of `vectorScorer`. */
  readonly decay: number
  /** Latest events to ask with. */
  readonly last: number
}

export interface Entrant {
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  /** Ready to be asked, and how to give its memory back. */
  prepare(split: Split, seed: number, options: RunOptions): Promise<{ scorer: Scorer; dispose(): void }>
}

/** Methods that can take part, by name. */
export const nextMethods: readonly string[] = [...recommenders, ...embedders].map(({ name }) => name)

export interface EntrantOptions {
  /** `method.setting=value` texts. */
  readonly settings: readonly string[]
  readonly asking: Asking
  /** Milliseconds, for graphs of transitions. */
  readonly gap: number | undefined
  /** Side information of the items, for methods that need it. */
  attributes(items: Vocabulary): Promise<Attributes>
}

export function entrantOf(name: string, { settings, asking, gap, attributes }: EntrantOptions): Entrant {
  const recommender = recommenders.find((each) => each.name === name)
  const embedder = embedders.find((each) => each.name === name)
  const method: Method | undefined = recommender ?? embedder
  if (!method) throw fail('UNKNOWN_NAME', { kind: 'method', name, known: nextMethods })
  const own = settings
    .filter((text) => text.startsWith(`${name}.`))
    .map((text) => text.slice(name.length + 1))
  const config = resolveConfig(method, settingsFromPairs(method, own)) as Record<string, unknown>
  return {
    name,
    config,
    async prepare(split, seed, options) {
      const training = { method: name, config, seed, ...options }
      if (recommender) {
        const { users, items } = split.train
        const model = await trainRecommender({ users, items, matrix: split.seen, times: null }, training)
        return { scorer: model.scorer, dispose: () => model.dispose() }
      }
      const { train } = split
      const needs = new Set<keyof EmbedderInputs>(embedder!.needs)
      const input = {
        ...(needs.has('graph') ? { graph: transitionGraph(train, gap === undefined ? {} : { gap }) } : {}),
        ...(needs.has('sequences') ? { sequences: train } : {}),
        ...(needs.has('attributes') ? { attributes: await attributes(train.items) } : {}),
      }
      const model = await trainEmbedding(input, training)
      const { data, shape } = model.state.vectors
      const scorer = vectorScorer(new Matrix(shape[0], shape[1], data), asking)
      return { scorer: scorerOfSequences(scorer, split, asking.last), dispose: () => model.dispose() }
    },
  }
}

/** Vectors as they are; items without one are never answered. */
export function entrantOfVectors({ name, nodes, vectors }: NamedVectors, asking: Asking): Entrant {
  return {
    name,
    config: {},
    prepare(split) {
      const { items } = split.train
      const rows = Int32Array.from(items, (id) => nodes.row(id))
      const known = Uint8Array.from(rows, (row) => (row >= 0 ? 1 : 0))
      if (!known.includes(1)) {
        throw fail('ARGUMENT', {
          what: name,
          expected: 'vectors of the items of the events',
          got: 'none of them',
        })
      }
      const aligned = heap.f32(items.size * vectors.cols)
      rows.forEach((row, i) => {
        if (row >= 0) aligned.set(vectors.row(row), i * vectors.cols)
      })
      const scorer = vectorScorer(new Matrix(items.size, vectors.cols, aligned), { ...asking, known })
      return Promise.resolve({ scorer: scorerOfSequences(scorer, split, asking.last), dispose: () => {} })
    },
  }
}
