/** The layout of UMAP: edges pull, random pairs push, by stochastic gradient steps (McInnes, Healy & Melville 2018, algorithm 5). */
import type { Random } from '../../random.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import { type Job, pace } from '../../train/run.ts'
import type { Curve } from './curve.ts'
import { powerOf } from './power.ts'

export interface LayoutOptions {
  readonly rng: Random
  readonly curve: Curve
  readonly epochs: number
  /** Random points that each sample of an edge pushes away from. */
  readonly negatives: number
  /** Step size at the start; it falls to 0 linearly. */
  readonly rate: number
}

/** No coordinate of a gradient is greater. */
const CLIP = 4
/** Keeps the push between two points at one place finite. */
const SOFT = 1e-3
/** Edges between two looks at the clock. */
const STRETCH = 4096

/**
 * Moves `at` (rows × 2), in place. An edge of weight w is sampled in a share w / max w of the epochs, evenly spread, in the order of rows:
 * one thread, the same bits each time. `at` can be read at each yield; a yield at the end of an epoch has it as a snapshot.
 */
export function* layOut(at: Float32Array, graph: Sparse, options: LayoutOptions): Job<void> {
  const { curve, epochs, negatives, rate } = options
  const rng = options.rng.stream('layout')
  const power = powerOf(curve.b)
  const { heads, tails, period } = sampledEdges(graph, epochs)
  const due = period.slice()
  const passed = pace()
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const step = rate * (1 - (epoch - 1) / epochs)
    for (let from = 0; from < heads.length; from += STRETCH) {
      const to = Math.min(heads.length, from + STRETCH)
      sampleEdges(at, { heads, tails, period, due, from, to }, { curve, power, negatives, rng, epoch, step })
      if (passed()) yield { phase: 'layout', done: epoch - 1, of: epochs, unit: 'epochs' }
    }
    const snapshot = { epoch, numbers: {}, arrays: { coordinates: at } }
    yield { phase: 'layout', done: epoch, of: epochs, unit: 'epochs', snapshot }
  }
}

interface SampledEdges {
  readonly heads: Int32Array
  readonly tails: Int32Array
  /** Epochs from one sample of an edge to the next: 1 for the heaviest. */
  readonly period: Float64Array
}

/** The edges that are sampled at least once. */
function sampledEdges(graph: Sparse, epochs: number): SampledEdges {
  const weights = graph.values!
  let heaviest = 0
  for (const weight of weights) heaviest = Math.max(heaviest, weight)
  let count = 0
  for (const weight of weights) if (weight * epochs >= heaviest) count++
  const heads = new Int32Array(count)
  const tails = new Int32Array(count)
  const period = new Float64Array(count)
  let at = 0
  for (let i = 0; i < graph.rows; i++) {
    for (let e = graph.indptr[i]; e < graph.indptr[i + 1]; e++) {
      if (weights[e] * epochs < heaviest) continue
      heads[at] = i
      tails[at] = graph.indices[e]
      period[at++] = heaviest / weights[e]
    }
  }
  return { heads, tails, period }
}

interface Stretch extends SampledEdges {
  /** The epoch in which each edge is sampled next. */
  readonly due: Float64Array
  readonly from: number
  readonly to: number
}

interface Moment {
  readonly curve: Curve
  /** squared distance ↦ its bth power. */
  readonly power: (squared: number) => number
  readonly negatives: number
  readonly rng: Random
  readonly epoch: number
  readonly step: number
}

/**
 * With q = 1 / (1 + a d²ᵇ), a sampled edge goes down the gradient of −log q, both ends at once, and its head down that of −log(1 − q) for
 * each of its negatives.
 */
function sampleEdges(
  at: Float32Array,
  { heads, tails, period, due, from, to }: Stretch,
  { curve: { a, b }, power, negatives, rng, epoch, step }: Moment,
): void {
  const points = at.length / 2
  const toPoint = points / 2 ** 32
  for (let e = from; e < to; e++) {
    if (due[e] > epoch) continue
    due[e] += period[e]
    const i = 2 * heads[e]
    const j = 2 * tails[e]
    let x = at[i]
    let y = at[i + 1]
    let dx = x - at[j]
    let dy = y - at[j + 1]
    let squared = dx * dx + dy * dy
    if (squared > 0) {
      const grown = a * power(squared)
      const pull = (-2 * b * grown) / (squared * (1 + grown))
      const moveX = step * clip(pull * dx)
      const moveY = step * clip(pull * dy)
      x += moveX
      y += moveY
      at[j] -= moveX
      at[j + 1] -= moveY
    }
    for (let negative = 0; negative < negatives; negative++) {
      // A point by multiplication: its bias, points / 2³², is far below what steps of this size can tell.
      const other = 2 * Math.floor(rng.uint32() * toPoint)
      if (other === i) continue
      dx = x - at[other]
      dy = y - at[other + 1]
      squared = dx * dx + dy * dy
      if (squared === 0) continue
      const push = (2 * b) / ((SOFT + squared) * (1 + a * power(squared)))
      x += step * clip(push * dx)
      y += step * clip(push * dy)
    }
    at[i] = x
    at[i + 1] = y
  }
}

function clip(value: number): number {
  return value > CLIP ? CLIP : value < -CLIP ? -CLIP : value
}
