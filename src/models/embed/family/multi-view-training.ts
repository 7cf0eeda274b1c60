/**
 * M2GRL: one skip-gram per view of the same behaviour, and an alignment of items with the value they have in each other view,
 * all learned together. Wang et al. 2020, https://arxiv.org/abs/2005.10110.
 */
import type { Attributes } from '../../../data/attributes.ts'
import { fail } from '../../../errors.ts'
import type { Graph } from '../../../graph/graph.ts'
import type { Sequences } from '../../../graph/sequences.ts'
import { transitionGraph } from '../../../graph/transitions.ts'
import { type ItemValues, viewSequences } from '../../../graph/views.ts'
import { heap } from '../../../kernels/heap.ts'
import { alignmentLoss } from '../../../nn/alignment.ts'
import { heldOutAucs } from '../../../nn/held-out.ts'
import { negativeSamplingLoss, type SampledPairs } from '../../../nn/negative-sampling.ts'
import { RowAdam } from '../../../nn/row-adam.ts'
import type { SampledBatch } from '../../../nn/sampled-skip-gram.ts'
import { localRows, tableState } from '../../../nn/sampled-tables.ts'
import { fixedWeighted, uncertaintyWeighted, varianceWeighted } from '../../../nn/task-weights.ts'
import type { Random } from '../../../random.ts'
import { Matrix } from '../../../tensor/matrix.ts'
import { gather } from '../../../tensor/rowwise.ts'
import { linear } from '../../../tensor/schedule.ts'
import { valueAndGrad } from '../../../tensor/tape.ts'
import { trainEpochs } from '../../../train/epochs.ts'
import { type Job, pace } from '../../../train/run.ts'
import type { EmbedContext } from './definition.ts'
import { type MultiViewSettings, View } from './multi-view.ts'

const HOUR = 3_600_000
/** The smallest σ² of the authors' code. */
const FLOOR = 0.05
/** Points of the trajectory of the tasks. */
const POINTS = 100

/** How the weights of the tasks moved: σ and mean loss of each task at evenly spaced points of the training. */
export interface Trajectory {
  readonly tasks: readonly string[]
  /** Per point: σ of each task. Empty where weights are fixed. */
  readonly sigma: readonly (readonly number[])[]
  /** Per point: the last loss of each task. */
  readonly loss: readonly (readonly number[])[]
}

export interface MultiView {
  /** The graph of items. */
  readonly graph: Graph
  readonly items: Matrix<'item', 'latent'>
  readonly contexts: Matrix<'item', 'latent'>
  /** Per field: vectors of its values, and W of its relation space. */
  readonly fields: readonly {
    readonly name: string
    readonly values: Matrix<'value', 'latent'>
    readonly relation: Matrix<'latent', 'relation'>
  }[]
  readonly trajectory: Trajectory
  /** How well held-out pairs were told apart after each epoch, where there were any. */
  readonly heldOut: { readonly heldOutAuc?: readonly number[] }
}

/** The one value of each item in each field. */
function fieldValues({ fields }: Attributes): (ItemValues & { readonly name: string })[] {
  return fields.map(({ spec, features, values }) => {
    const of = new Int32Array(features.rows).fill(-1)
    for (let item = 0; item < features.rows; item++) {
      if (features.degree(item) > 1) {
        throw fail('ARGUMENT', {
          what: `field ${spec.name}`,
          expected: 'at most one value per item, to be a view of its own',
          got: `${features.degree(item)} values; leave the field out`,
        })
      }
      if (features.degree(item) === 1) of[item] = features.row(item)[0]
    }
    return { name: spec.name, names: values, of }
  })
}

/** What a task of aligning learns from in a batch: places among the items and among the rows of the view. */
interface Aligned extends SampledPairs {
  readonly batch: SampledBatch
}

class Model {
  readonly items: View
  readonly views: readonly View[]
  readonly values: readonly (ItemValues & { readonly name: string })[]
  readonly relations: readonly RowAdam[]
  /** s_i = ln σ_i, or σ_i² where the weighting is `variance`: tasks × 1. */
  readonly weights: RowAdam
  readonly tasks: readonly string[]
  readonly settings: MultiViewSettings
  /** The last loss of each task. */
  readonly losses: Float64Array
  #trained: readonly Int32Array[]

  constructor(sequences: Sequences, attributes: Attributes, settings: MultiViewSettings, rng: Random) {
    this.settings = settings
    const gap = settings.gap > 0 ? { gap: settings.gap * HOUR } : {}
    const graphOf = (of: Sequences, name: string): Graph => {
      const graph = transitionGraph(of, gap)
      if (graph.adjacency.nnz > 0) return graph
      throw fail('EMPTY', {
        what: `nobody went from one ${name} to another`,
        todo: name === 'item' ? 'Check the events and the gap.' : `Leave the field ${name} out.`,
      })
    }
    this.values = fieldValues(attributes)
    this.items = new View(graphOf(sequences, 'item'), settings, rng.stream('item'))
    const ofViews = { ...settings, batch: settings.viewBatch }
    this.views = this.values.map(
      (each) =>
        new View(graphOf(viewSequences(sequences, each), each.name), ofViews, rng.stream('view', each.name)),
    )
    this.relations = this.values.map(
      ({ name }) => new RowAdam(relationMatrix(settings.dim, rng.stream('relation', name))),
    )
    this.tasks = ['item', ...this.values.map((v) => v.name), ...this.values.map((v) => `item–${v.name}`)]
    this.losses = new Float64Array(this.tasks.length).fill(NaN)
    const start = rng.stream('weights')
    const weights = Matrix.zeros(this.tasks.length, 1)
    if (settings.weighting === 'variance')
      weights.data.forEach((_, i) => (weights.data[i] = 0.2 + 0.8 * start.float()))
    this.weights = new RowAdam(weights)
    // Values that come in the behaviour: only these are worth telling apart.
    this.#trained = this.values.map(({ of }) => {
      const { tokens } = sequences.sentences
      return Int32Array.from(new Set(tokens.map((item) => of[item])))
        .filter((value) => value >= 0)
        .sort()
    })
  }

  get state(): Record<string, Float32Array> {
    const tables: Record<string, RowAdam> = {
      weights: this.weights,
      'item in': this.items.input,
      'item out': this.items.output,
    }
    this.views.forEach((view, j) => {
      tables[`in ${j}`] = view.input
      tables[`out ${j}`] = view.output
      tables[`relation ${j}`] = this.relations[j]
    })
    return tableState(tables)
  }

  /** σ of each task; empty where weights are fixed. */
  get sigma(): number[] {
    const { weighting } = this.settings
    if (weighting === 'fixed') return []
    return Array.from(this.weights.table.data, (x) =>
      weighting === 'variance' ? Math.sqrt(Math.max(x, FLOOR)) : Math.exp(x),
    )
  }

  /** The items of a batch that have a value in field j, with that value, and values drawn against them, among the view's rows. */
  align(j: number, items: Int32Array, draws: Random): Aligned | null {
    const { of } = this.values[j]
    const trained = this.#trained[j]
    const centres = heap.place(Int32Array.from(items.keys()).filter((k) => of[items[k]] >= 0))
    const next = this.views[j].next()
    if (!next) return null
    const more = heap.i32(centres.length + this.settings.shared)
    centres.forEach((k, at) => (more[at] = of[items[k]]))
    for (let at = centres.length; at < more.length; at++) more[at] = trained[draws.int(trained.length)]
    const batch = this.views[j].source.place(next, draws, more)
    return {
      batch,
      centres,
      contexts: more.subarray(0, centres.length),
      negatives: more.subarray(centres.length),
    }
  }

  /** One step on all tasks; answers the sum of their losses. */
  learn(batch: SampledBatch, aligned: readonly (Aligned | null)[], rate: number, step: number): number {
    const { negatives: k, weighting, relation, alignment, clip } = this.settings
    const present = aligned.flatMap((a, j) => (a ? [{ ...a, j }] : []))
    const params = {
      items: localRows<'item', 'latent'>(this.items.input.table, batch.centreRows),
      contexts: localRows<'context', 'latent'>(this.items.output.table, batch.contextRows),
      views: present.map(({ batch, j }) => ({
        input: localRows<'value', 'latent'>(this.views[j].input.table, batch.centreRows),
        output: localRows<'context', 'latent'>(this.views[j].output.table, batch.contextRows),
        w: this.relations[j].table as Matrix<'latent', 'relation'>,
      })),
      weights: this.weights.table,
    }
    const fields = this.values.length
    // Numbers of the tasks that this batch has, in the order of their losses.
    const tasks = [0, ...present.map(({ j }) => 1 + j)]
    for (const { centres, j } of present) if (centres.length > 0) tasks.push(1 + fields + j)
    const { grads } = valueAndGrad((p) => {
      const losses = [negativeSamplingLoss(p.items, p.contexts, batch, k)]
      present.forEach(({ batch }, v) =>
        losses.push(negativeSamplingLoss(p.views[v].input, p.views[v].output, batch, k)),
      )
      present.forEach((pairs, v) => {
        if (pairs.centres.length === 0) return
        losses.push(alignmentLoss(p.items, p.views[v].input, p.views[v].w, pairs, k, relation))
      })
      losses.forEach((loss, at) => (this.losses[tasks[at]] = loss.item()))
      if (weighting === 'fixed')
        return fixedWeighted(
          losses,
          tasks.map((task) => (task > fields ? alignment : 1)),
        )
      const own = tasks.map((task) => gather(p.weights, heap.place(Int32Array.of(task))))
      return weighting === 'variance'
        ? varianceWeighted(losses, own, FLOOR)
        : uncertaintyWeighted(losses, own)
    }, params)
    const limit = clip > 0 ? clip : Infinity
    this.items.input.step(batch.centreRows, grads.items, rate, step, limit)
    this.items.output.step(batch.contextRows, grads.contexts, rate, step, limit)
    present.forEach(({ batch, j }, v) => {
      this.views[j].input.step(batch.centreRows, grads.views[v].input, rate, step, limit)
      this.views[j].output.step(batch.contextRows, grads.views[v].output, rate, step, limit)
      this.relations[j].step(allRows(this.relations[j]), grads.views[v].w, rate, step, limit)
    })
    if (weighting !== 'fixed') this.weights.step(allRows(this.weights), grads.weights, rate, step, limit)
    return this.losses.reduce((sum, loss) => sum + (Number.isNaN(loss) ? 0 : loss), 0)
  }
}

function allRows({ table }: RowAdam): number[] {
  return Array.from({ length: table.rows }, (_, r) => r)
}

/** Glorot: uniform in ±√(3/d). */
function relationMatrix(dim: number, rng: Random): Matrix {
  const w = Matrix.zeros(dim, dim)
  const reach = Math.sqrt(3 / dim)
  for (let i = 0; i < w.data.length; i++) w.data[i] = (2 * rng.float() - 1) * reach
  return w
}

/** Learns all views and their alignment. The matrices live in the open region of the heap. */
export function* trainMultiView(
  sequences: Sequences,
  attributes: Attributes,
  settings: MultiViewSettings,
  { rng, resume, heldOut }: EmbedContext,
): Job<MultiView> {
  const model = new Model(sequences, attributes, settings, rng)
  const { epochs } = settings
  const tasks = model.tasks.length
  const rate = linear(settings.rate)
  const counter = { steps: 0 }
  const due = pace()
  const sigma = new Float32Array((POINTS + 1) * tasks).fill(NaN)
  const loss = new Float32Array((POINTS + 1) * tasks).fill(NaN)
  const note = (progress: number): void => {
    const at = Math.min(POINTS, Math.floor(progress * POINTS)) * tasks
    // The first step of each point counts.
    if (!Number.isNaN(loss[at])) return
    sigma.set(model.sigma, at)
    loss.set(model.losses, at)
  }
  const watched = heldOutAucs(heldOut, sequences.items.size, () => ({
    input: model.items.input.table,
    output: model.items.output.table,
  }))
  yield* trainEpochs({
    epochs,
    state: { ...model.state, sigma, loss },
    counter,
    model: [],
    validate: null,
    validateEvery: 1,
    patience: 1,
    resume,
    note: watched.note,
    *epoch(epoch) {
      const negatives = model.items.begin(epoch)
      const draws = model.views.map((view) => view.begin(epoch))
      let [total, steps, tokens] = [0, 0, 0]
      const expected = Math.max(1, model.items.source.tokens)
      for (const pairs of model.items.source.pairs(epoch)) {
        const done = Math.min(1, tokens / expected)
        const now = rate((epoch - 1 + done) / epochs)
        counter.steps++
        total += heap.scope(() => {
          const batch = model.items.source.place(pairs, negatives)
          const aligned = draws.map((draw, j) => model.align(j, batch.centreRows, draw))
          return model.learn(batch, aligned, now, counter.steps)
        })
        note((epoch - 1 + done) / epochs)
        steps++
        tokens += pairs.tokens
        if (due()) yield done
      }
      note(epoch / epochs)
      return steps > 0 ? total / steps : 0
    },
  })
  return {
    graph: model.items.graph,
    heldOut: watched.facts,
    items: model.items.input.table as Matrix<'item', 'latent'>,
    contexts: model.items.output.table as Matrix<'item', 'latent'>,
    fields: model.views.map((view, j) => ({
      name: model.values[j].name,
      values: view.input.table as Matrix<'value', 'latent'>,
      relation: model.relations[j].table as Matrix<'latent', 'relation'>,
    })),
    trajectory: {
      tasks: model.tasks,
      sigma: settings.weighting === 'fixed' ? [] : points(sigma, tasks),
      loss: points(loss, tasks),
    },
  }
}

/** The points that were passed, in order. */
function points(all: Float32Array, tasks: number): number[][] {
  const out: number[][] = []
  for (let at = 0; at < all.length; at += tasks) {
    const point = [...all.subarray(at, at + tasks)]
    if (point.some((x) => !Number.isNaN(x))) out.push(point)
  }
  return out
}
