/**
 * Weights of the losses of several tasks, learned as their homoscedastic uncertainty σ (Kendall et al. 2018,
 * https://arxiv.org/abs/1705.07115; M2GRL, https://arxiv.org/abs/2005.10110).
 */
import { add, exp, log, mul, reciprocal, relu, scale } from '../tensor/elementwise.ts'
import type { Matrix } from '../tensor/matrix.ts'

/** Σ_i L_i / σ_i² + ln σ_i, with s_i = ln σ_i. All are 1 × 1. The best σ_i for a fixed L_i is √(2 L_i). */
export function uncertaintyWeighted(losses: readonly Matrix[], s: readonly Matrix[]): Matrix {
  return total(losses.map((loss, i) => add(mul(loss, exp(scale(s[i], -2))), s[i])))
}

/** Σ_i L_i / (2 σ_i²) + ln σ_i², with σ_i² itself the parameter, never below `floor`: the code of M2GRL's authors. */
export function varianceWeighted(
  losses: readonly Matrix[],
  variances: readonly Matrix[],
  floor: number,
): Matrix {
  return total(
    losses.map((loss, i) => {
      const v = atLeast(variances[i], floor)
      return add(scale(mul(loss, reciprocal(v)), 0.5), log(v))
    }),
  )
}

/** Σ_i w_i L_i. */
export function fixedWeighted(losses: readonly Matrix[], weights: readonly number[]): Matrix {
  return total(losses.map((loss, i) => scale(loss, weights[i])))
}

/** max(x, floor); no gradient below it. */
function atLeast(x: Matrix, floor: number): Matrix {
  return scale(relu(scale(x, 1, -floor)), 1, floor)
}

function total(terms: readonly Matrix[]): Matrix {
  return terms.reduce((sum, term) => add(sum, term))
}
