/** A phase of training: epochs of batches, a step on each, and now and then a refresh of what steps read. */
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { type Job, pace } from '../../train/run.ts'
import type { Losses, Step } from './objective.ts'

/** When something is done again. */
export interface Every {
  readonly every: number
  readonly unit: 'steps' | 'epochs'
}

export interface Phase<B> {
  /** For progress: `pretrain`, `train` … */
  readonly name: string
  readonly epochs: number
  readonly batches: Batches<B>
  readonly step: Step<B>
  /** Done before the first step and then every so often; answers whether to stop. */
  readonly refresh?: Every & { run(step: number): Job<boolean> }
  /** Told after each epoch. */
  readonly after?: (epoch: number) => void
}

/** The batches of an epoch. */
export interface Batches<B> {
  readonly perEpoch: number
  of(epoch: number): Iterable<B>
}

export interface PhaseResult {
  readonly epochs: number
  readonly steps: number
  readonly stopped: boolean
  /** The mean of each loss over the last epoch. */
  readonly losses: Losses
}

/** Each row once per epoch, in an order shuffled anew, `size` at a time: row numbers on the kernel heap, live until the next. */
export function minibatches(rows: number, size: number, rng: Random): Batches<Int32Array> {
  const order = heap.i32(rows)
  for (let i = 0; i < rows; i++) order[i] = i
  return {
    perEpoch: Math.ceil(rows / size),
    *of(epoch) {
      rng.stream('epoch', epoch).shuffle(order)
      for (let from = 0; from < rows; from += size) yield order.subarray(from, Math.min(rows, from + size))
    },
  }
}

/** All rows at once: one batch an epoch, its number. */
export const fullBatch: Batches<number> = {
  perEpoch: 1,
  of: (epoch) => [epoch],
}

/** Runs the epochs. What a step allocates is given back after it. */
export function* runPhase<B>(phase: Phase<B>): Job<PhaseResult> {
  const { name, epochs, batches, refresh } = phase
  const of = epochs * batches.perEpoch
  const due = pace()
  let steps = 0
  let losses: Losses = {}
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const sums: Record<string, number> = {}
    for (const batch of batches.of(epoch)) {
      if (refresh && isDue(refresh, steps, batches.perEpoch)) {
        if (yield* refresh.run(steps)) return { epochs: epoch - 1, steps, stopped: true, losses }
      }
      const step = heap.scope(() => phase.step(batch, steps / of))
      for (const [key, value] of Object.entries(step)) sums[key] = (sums[key] ?? 0) + value
      steps++
      if (due()) yield { phase: name, done: steps / batches.perEpoch, of: epochs, unit: 'epochs' }
    }
    losses = Object.fromEntries(Object.entries(sums).map(([key, sum]) => [key, sum / batches.perEpoch]))
    phase.after?.(epoch)
    yield { phase: name, done: epoch, of: epochs, unit: 'epochs', loss: losses['total'] ?? 0 }
  }
  return { epochs, steps, stopped: false, losses }
}

function isDue({ every, unit }: Every, steps: number, perEpoch: number): boolean {
  return steps % (unit === 'steps' ? every : every * perEpoch) === 0
}
