/**
 * Skip-gram on a graph of behaviour whose input vector is made of an item's own vector and those of its side information. EGES
 * weighs them by an attention of the item, GES takes their mean, BGE has the item alone.
 * Wang et al. 2018, https://arxiv.org/abs/1803.02349.
 */
import { z } from 'zod'
import type { AttributeField } from '../../data/attributes.ts'
import type { Graph } from '../../graph/graph.ts'
import { walkSettings } from '../../graph/walks/settings.ts'
import { heap } from '../../kernels/heap.ts'
import { FieldBags, type LocalBag } from '../../nn/field-bags.ts'
import { negativeSamplingLoss } from '../../nn/negative-sampling.ts'
import type { RowAdam } from '../../nn/row-adam.ts'
import { PairSource, sampledSkipGramSettings, type SampledBatch } from '../../nn/sampled-skip-gram.ts'
import { localRows, newTable, tableState } from '../../nn/sampled-tables.ts'
import { add } from '../../tensor/elementwise.ts'
import { matmul, spmm } from '../../tensor/linear.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { scaleRows, softmax } from '../../tensor/rowwise.ts'
import { linear } from '../../tensor/schedule.ts'
import { valueAndGrad } from '../../tensor/tape.ts'
import { trainEpochs } from '../../train/epochs.ts'
import { type Job, pace } from '../../train/run.ts'
import { defineEmbedder, type EmbedContext, type EmbedderShape } from './family/definition.ts'
import { onlyTrained, sideState, sideVector } from './family/side-information.ts'
import type { EmbeddingState } from './family/state.ts'

/** α_v^j = e^{a_v^j} / Σ_i e^{a_v^i} over the views that v has: `absent` is 0 for those, and far below 0 for what it lacks. */
export function attention(a: Matrix<'item', 'view'>, absent: Matrix<'item', 'view'>): Matrix<'item', 'view'> {
  return softmax(add(a, absent))
}

/** H_v = Σ_j α_v^j W_v^j, from the vectors of each view, an item a row. */
export function combine(
  views: readonly Matrix<'item', 'latent'>[],
  weights: Matrix<'item', 'view'>,
): Matrix<'item', 'latent'> {
  const weighed = views.map((view, j) => {
    const one = Matrix.zeros<'view', 'one'>(views.length, 1)
    one.data[j] = 1
    return scaleRows(view, matmul(weights, one))
  })
  return weighed.reduce((sum, view) => add(sum, view))
}

/** The rows of the tables that a batch of items needs. `attention` is empty where all views weigh the same. */
export type SideParams = {
  readonly items: Matrix<'item', 'latent'>
  readonly fields: readonly Matrix<'value', 'latent'>[]
  readonly attention: readonly Matrix<'item', 'view'>[]
}

/** Which values the items have, and what they lack. */
export interface SideBatch {
  readonly bags: readonly LocalBag[]
  readonly absent: Matrix<'item', 'view'>
}

/** H of a batch of items: several values of a field count as their mean. */
export function represent(params: SideParams, { bags, absent }: SideBatch): Matrix<'item', 'latent'> {
  if (bags.length === 0) return params.items
  const views = params.fields.map((w, j) => spmm<'item', 'latent'>(bags[j].mean, w))
  const a = params.attention[0] ?? Matrix.zeros<'item', 'view'>(absent.rows, absent.cols)
  return combine([params.items, ...views], attention(a, absent))
}

/** Low enough that its exponential is 0. */
const NEVER = -1e4

/** The side information of `items`, in the region that is open. */
export function sideBatch(fields: readonly FieldBags[], items: ArrayLike<number>): SideBatch {
  const absent = Matrix.zeros<'item', 'view'>(items.length, fields.length + 1)
  for (let k = 0; k < items.length; k++) {
    fields.forEach((field, j) => {
      if (!field.has(items[k])) absent.row(k)[j + 1] = NEVER
    })
  }
  return { bags: fields.map((field) => field.local(items)), absent }
}

const bgeSettings = z.strictObject({
  ...sampledSkipGramSettings({ epochs: 1, window: 5, rate: 0.01 }),
  ...walkSettings({ walks: 10, length: 10 }),
})
const gesSettings = bgeSettings
const egesSettings = bgeSettings.extend({
  cold: z
    .enum(['mean', 'attention'])
    .default('mean')
    .describe(
      'How an item unseen in training weighs its fields: alike, or by the attention they got on average.',
    ),
})
type Settings = z.output<typeof bgeSettings>

/** The tables of a model. */
class Tables {
  readonly items: RowAdam
  readonly contexts: RowAdam
  readonly fields: readonly RowAdam[]
  readonly attention: readonly RowAdam[]
  readonly bags: readonly FieldBags[]

  constructor(
    nodes: number,
    dim: number,
    fields: readonly AttributeField[],
    attends: boolean,
    rng: EmbedContext['rng'],
  ) {
    this.items = newTable(nodes, dim, rng.stream('items'))
    this.contexts = newTable(nodes, dim, null)
    this.fields = fields.map(({ spec, values }) => newTable(values.size, dim, rng.stream('field', spec.name)))
    this.attention = attends ? [newTable(nodes, fields.length + 1, null)] : []
    this.bags = fields.map(({ features }) => new FieldBags(features))
  }

  get state(): Record<string, Float32Array> {
    const fields = this.fields.map((table, j) => [`field ${j}`, table] as const)
    const attention = this.attention.map((table) => ['attention', table] as const)
    return tableState({
      items: this.items,
      contexts: this.contexts,
      ...Object.fromEntries([...fields, ...attention]),
    })
  }

  params(rows: Int32Array, { bags }: SideBatch): SideParams {
    return {
      items: localRows(this.items.table, rows),
      fields: this.fields.map((field, j) => localRows(field.table, bags[j].values)),
      attention: this.attention.map((a) => localRows(a.table, rows)),
    }
  }

  /** One step on a batch; answers its loss. */
  learn(batch: SampledBatch, negatives: number, rate: number, step: number): number {
    const side = sideBatch(this.bags, batch.centreRows)
    const params = {
      side: this.params(batch.centreRows, side),
      contexts: localRows<'context', 'latent'>(this.contexts.table, batch.contextRows),
    }
    const { value, grads } = valueAndGrad(
      (p) => negativeSamplingLoss(represent(p.side, side), p.contexts, batch, negatives),
      params,
    )
    this.items.step(batch.centreRows, grads.side.items, rate, step)
    this.contexts.step(batch.contextRows, grads.contexts, rate, step)
    this.fields.forEach((field, j) => field.step(side.bags[j].values, grads.side.fields[j], rate, step))
    this.attention.forEach((a, j) => a.step(batch.centreRows, grads.side.attention[j], rate, step))
    return value
  }
}

function* train(
  graph: Graph,
  fields: readonly AttributeField[],
  attends: boolean,
  cold: 'mean' | 'attention',
  settings: Settings,
  { rng, resume }: EmbedContext,
): Job<EmbeddingState> {
  const nodes = graph.nodes.size
  const { dim, epochs } = settings
  const tables = new Tables(nodes, dim, fields, attends, rng.stream('init'))
  const source = new PairSource(graph, settings, rng.stream('walks'))
  const rate = linear(settings.rate)
  const counter = { steps: 0 }
  const due = pace()
  const losses: number[] = []
  yield* trainEpochs({
    epochs,
    state: tables.state,
    counter,
    model: [],
    validate: null,
    validateEvery: 1,
    patience: 1,
    resume,
    *epoch(epoch) {
      const stream = rng.stream('negatives', epoch)
      let [total, pairs, tokens] = [0, 0, 0]
      for (const batch of source.pairs(epoch)) {
        const done = tokens / Math.max(1, source.tokens)
        const now = rate((epoch - 1 + done) / epochs)
        counter.steps++
        total +=
          batch.centres.length *
          heap.scope(() => tables.learn(source.place(batch, stream), settings.negatives, now, counter.steps))
        pairs += batch.centres.length
        tokens += batch.tokens
        if (due()) yield Math.min(1, done)
      }
      losses.push(pairs > 0 ? total / pairs : 0)
      return losses.at(-1)!
    },
  })
  return answer(graph, fields, tables, cold, dim, losses)
}

/** The vectors H of items with edges; of the others what their side information says, or zeros. */
function answer(
  graph: Graph,
  fields: readonly AttributeField[],
  tables: Tables,
  cold: 'mean' | 'attention',
  dim: number,
  losses: readonly number[],
): EmbeddingState {
  const nodes = graph.nodes.size
  const vectors = heap.f32(nodes * dim)
  const weights = heap.f32(nodes * (fields.length + 1))
  const incoming = graph.adjacency.transposed
  const trained = (v: number): boolean => graph.adjacency.degree(v) > 0 || incoming.degree(v) > 0
  const mean = new Float64Array(fields.length + 1)
  let count = 0
  for (let start = 0; start < nodes; start += BLOCK) {
    heap.scope(() => {
      const rows = heap.place(
        Int32Array.from({ length: Math.min(BLOCK, nodes - start) }, (_, k) => start + k),
      )
      const side = sideBatch(tables.bags, rows)
      const params = tables.params(rows, side)
      vectors.set(represent(params, side).data, start * dim)
      const a = params.attention[0] ?? Matrix.zeros<'item', 'view'>(rows.length, fields.length + 1)
      weights.set(attention(a, side.absent).data, start * (fields.length + 1))
    })
  }
  for (let v = 0; v < nodes; v++) {
    if (!trained(v)) continue
    count++
    for (let j = 0; j <= fields.length; j++) mean[j] += weights[v * (fields.length + 1) + j]
  }
  for (let j = 0; j <= fields.length; j++) mean[j] /= Math.max(1, count)
  const side = {
    fields,
    tables: onlyTrained(
      fields,
      tables.fields.map((f) => f.table.data),
      trained,
      dim,
    ),
    weights: fields.map((_, j) => (cold === 'attention' ? mean[j + 1] : 1)),
    dim,
  }
  let unseen = 0
  for (let v = 0; v < nodes; v++) {
    if (trained(v)) continue
    if (sideVector(side, v, vectors.subarray(v * dim, (v + 1) * dim))) unseen++
  }
  const { extra, vocabularies, facts } = sideState(side)
  const names = ['item', ...fields.map((f) => f.spec.name)]
  return {
    vectors: { data: vectors, shape: [nodes, dim] },
    context: { data: tables.contexts.table.data, shape: [nodes, dim] },
    extra: { ...extra, attention: { data: weights, shape: [nodes, names.length] } },
    vocabularies,
    facts: {
      ...facts,
      loss: losses,
      trained: count,
      fromAttributes: unseen,
      attention: Object.fromEntries(names.map((name, j) => [name, mean[j]])),
    },
  }
}

const BLOCK = 4096

/** Tables with two moments, and one more of vectors; attention and side information are small beside them. */
function estimate({ nodes }: EmbedderShape, { dim, batch, shared, epochs, walks, length, window }: Settings) {
  const tokens = nodes * walks * length * epochs
  return {
    bytes: 4 * dim * nodes * 7 + 4 * batch * (dim * 6 + shared),
    operations: tokens * dim * (6 * shared + 6 * (window + 1)),
  }
}

export const bge = defineEmbedder({
  name: 'bge',
  title: 'BGE',
  summary: 'Skip-gram on walks over a graph of behaviour, from items alone.',
  paper: 'https://arxiv.org/abs/1803.02349',
  needs: ['graph'],
  config: bgeSettings,
  estimate,
  *fit({ graph }, config, context) {
    return yield* train(graph, [], false, 'mean', config, context)
  },
})

export const ges = defineEmbedder({
  name: 'ges',
  title: 'GES',
  summary: 'BGE with the mean of an item and its side information; unseen items answer from theirs.',
  paper: 'https://arxiv.org/abs/1803.02349',
  needs: ['graph', 'attributes'],
  config: gesSettings,
  estimate,
  *fit({ graph, attributes }, config, context) {
    return yield* train(graph, attributes.fields, false, 'mean', config, context)
  },
})

export const eges = defineEmbedder({
  name: 'eges',
  title: 'EGES',
  summary: 'GES with a learned attention of every item to its own vector and each field.',
  paper: 'https://arxiv.org/abs/1803.02349',
  needs: ['graph', 'attributes'],
  config: egesSettings,
  estimate,
  *fit({ graph, attributes }, config, context) {
    return yield* train(graph, attributes.fields, true, config.cold, config, context)
  },
})
