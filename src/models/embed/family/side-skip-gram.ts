/** What BGE, GES and EGES share: skip-gram whose input vector is made of an item and its side information. */
import type { AttributeField } from '../../../data/attributes.ts'
import type { Graph } from '../../../graph/graph.ts'
import type { WalkSettings } from '../../../graph/walks/settings.ts'
import { heap } from '../../../kernels/heap.ts'
import { FieldBags } from '../../../nn/field-bags.ts'
import { heldOutAucs } from '../../../nn/held-out.ts'
import { negativeSamplingLoss } from '../../../nn/negative-sampling.ts'
import type { RowAdam } from '../../../nn/row-adam.ts'
import { PairSource, type SampledBatch, type SampledSkipGramSettings } from '../../../nn/sampled-skip-gram.ts'
import { localRows, newTable, tableState } from '../../../nn/sampled-tables.ts'
import {
  attention,
  represent,
  sideBatch,
  type SideBatch,
  type SideParams,
} from '../../../nn/view-attention.ts'
import { Matrix } from '../../../tensor/matrix.ts'
import { linear } from '../../../tensor/schedule.ts'
import { valueAndGrad } from '../../../tensor/tape.ts'
import { trainEpochs } from '../../../train/epochs.ts'
import { type Job, pace } from '../../../train/run.ts'
import type { EmbedContext } from './definition.ts'
import { onlyTrained, sideState, sideVector } from './side-information.ts'
import type { EmbeddingState } from './state.ts'

interface SideSettings extends SampledSkipGramSettings, WalkSettings {
  readonly dim: number
  readonly epochs: number
  readonly rate: number
}

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

  /** H of every item, and the weight that it gives to itself and to each field. */
  vectors(): { readonly vectors: Float32Array; readonly weights: Float32Array } {
    const { rows: nodes, cols: dim } = this.items.table
    const parts = this.fields.length + 1
    const vectors = heap.f32(nodes * dim)
    const weights = heap.f32(nodes * parts)
    for (let start = 0; start < nodes; start += BLOCK) {
      heap.scope(() => {
        const length = Math.min(BLOCK, nodes - start)
        const rows = heap.place(Int32Array.from({ length }, (_, k) => start + k))
        const side = sideBatch(this.bags, rows)
        const params = this.params(rows, side)
        vectors.set(represent(params, side).data, start * dim)
        const a = params.attention[0] ?? Matrix.zeros<'item', 'view'>(rows.length, parts)
        weights.set(attention(a, side.absent).data, start * parts)
      })
    }
    return { vectors, weights }
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

/**
 * Learns items and the values of `fields` by skip-gram over walks on a graph; with `attends` also how each item weighs them. The
 * vectors of items with edges are H, those of others what their side information says, or zeros.
 */
export function* embedWithSideInformation(
  graph: Graph,
  fields: readonly AttributeField[],
  attends: boolean,
  cold: 'mean' | 'attention',
  settings: SideSettings,
  { rng, resume, heldOut }: EmbedContext,
): Job<EmbeddingState> {
  const nodes = graph.nodes.size
  const { dim, epochs } = settings
  const tables = new Tables(nodes, dim, fields, attends, rng.stream('init'))
  const source = new PairSource(graph, settings, rng.stream('walks'))
  const rate = linear(settings.rate)
  const counter = { steps: 0 }
  const due = pace()
  const losses: number[] = []
  const watched = heldOutAucs(heldOut, nodes, () => ({
    input: new Matrix(nodes, dim, tables.vectors().vectors),
    output: tables.contexts.table,
  }))
  yield* trainEpochs({
    epochs,
    state: tables.state,
    counter,
    model: [],
    validate: null,
    validateEvery: 1,
    patience: 1,
    resume,
    note: watched.note,
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
  return answer(graph, fields, tables, cold, dim, { loss: losses, ...watched.facts })
}

/** The vectors H of items with edges; of the others what their side information says, or zeros. */
function answer(
  graph: Graph,
  fields: readonly AttributeField[],
  tables: Tables,
  cold: 'mean' | 'attention',
  dim: number,
  facts: Readonly<Record<string, unknown>>,
): EmbeddingState {
  const nodes = graph.nodes.size
  const { vectors, weights } = tables.vectors()
  const incoming = graph.adjacency.transposed
  const trained = (v: number): boolean => graph.adjacency.degree(v) > 0 || incoming.degree(v) > 0
  const mean = new Float64Array(fields.length + 1)
  let count = 0
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
  const { extra, vocabularies, turning, facts: sideFacts } = sideState(side)
  const names = ['item', ...fields.map((f) => f.spec.name)]
  return {
    vectors: { data: vectors, shape: [nodes, dim] },
    context: { data: tables.contexts.table.data, shape: [nodes, dim] },
    extra: { ...extra, attention: { data: weights, shape: [nodes, names.length] } },
    vocabularies,
    turning,
    facts: {
      ...sideFacts,
      ...facts,
      trained: count,
      fromAttributes: unseen,
      attention: Object.fromEntries(names.map((name, j) => [name, mean[j]])),
    },
  }
}

const BLOCK = 4096
