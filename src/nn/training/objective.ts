/**
 * L = Σ weight · term: what one optimiser descends. A term is a name, a weight and a function of what the network answered; the
 * weight is a number, a schedule over the training, or learned.
 */
import { fail } from '../../errors.ts'
import { add, scale } from '../../tensor/elementwise.ts'
import { Matrix } from '../../tensor/matrix.ts'
import type { Optimiser } from '../../tensor/optimiser.ts'
import type { Schedule } from '../../tensor/schedule.ts'
import { type Params, valueAndGrad } from '../../tensor/tape.ts'
import { uncertaintyWeighted } from '../task-weights.ts'

/** A weight 1/σ² that is learned, held by ln σ in the loss so that it cannot vanish: see {@link uncertaintyWeighted}. */
export interface LearnedWeight {
  /** ln σ: 1 × 1. */
  readonly logDeviation: Matrix
}

/** A learned weight that begins at `weight`. */
export function learned(weight: number): LearnedWeight {
  return { logDeviation: Matrix.from([[-0.5 * Math.log(weight)]]) }
}

/** A number, a function of how far training has come (0 … 1), or learned. */
export type Weight = number | Schedule | LearnedWeight

export interface Term<O, B> {
  readonly name: string
  readonly weight: Weight
  /** The value, 1 × 1, from what the network answered for a batch. */
  of(outputs: O, batch: B): Matrix
}

/** The value of each term by name, unweighted, and `total`, the weighted sum. */
export type Losses = Readonly<Record<string, number>>

/** One step on a batch; `progress` runs from 0 to 1 over the phase. Adversarial and other alternating schemes are steps of steps. */
export type Step<B> = (batch: B, progress: number) => Losses

export interface Objective<P extends Params, O, B> {
  /** What is learned; anything else that `forward` reads is frozen. */
  readonly params: P
  readonly optimiser: (params: Params) => Optimiser
  /** The learning rate over the phase; the optimiser's own if left out. */
  readonly rate?: Schedule
  forward(params: P, batch: B): O
  readonly terms: readonly Term<O, B>[]
}

/** A step that descends an objective. */
export function descend<P extends Params, O, B>(objective: Objective<P, O, B>): Step<B> {
  const { params, terms, rate } = objective
  const weights: Record<string, Matrix> = {}
  for (const { name, weight } of terms) if (isLearned(weight)) weights[name] = weight.logDeviation
  const tree: { params: Params; weights: Record<string, Matrix> } = { params, weights }
  const optimiser = objective.optimiser(tree)
  return (batch, progress) => {
    const losses: Record<string, number> = {}
    const { value, grads } = valueAndGrad((p) => {
      const outputs = objective.forward(p.params as P, batch)
      const parts = terms.map((term) => {
        const value = term.of(outputs, batch)
        losses[term.name] = value.item()
        return weighted(value, term.weight, p.weights[term.name], progress)
      })
      return parts.reduce((total, part) => add(total, part))
    }, tree)
    losses['total'] = value
    checkFinite(losses)
    optimiser.step(grads, rate?.(progress))
    return losses
  }
}

/** A non-finite loss never reaches the parameters. */
function checkFinite(losses: Losses): void {
  for (const [name, value] of Object.entries(losses)) {
    if (!Number.isFinite(value)) {
      throw fail('DIVERGED', {
        what: `the term ${name} became ${value}`,
        todo: 'Use a smaller learning rate.',
      })
    }
  }
}

function weighted(value: Matrix, weight: Weight, logDeviation: Matrix | undefined, progress: number): Matrix {
  if (logDeviation) return uncertaintyWeighted([value], [logDeviation])
  return scale(value, typeof weight === 'function' ? weight(progress) : (weight as number))
}

function isLearned(weight: Weight): weight is LearnedWeight {
  return typeof weight === 'object'
}
