/** Terms that hold a Gaussian code to a prior, as means over rows. */
import { add, exp, mul, neg, scale, square, sub, sum } from '../../tensor/elementwise.ts'
import { addBias, matmulTransposed, transpose } from '../../tensor/linear.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { logSumExp, rowSum, softmax } from '../../tensor/rowwise.ts'

/** −½ Σ_j (1 + ln σ² − μ² − σ²): KL(N(μ, σ²) ‖ N(0, I)) → 1 × 1. */
export function standardPrior(mean: Matrix, logVariance: Matrix): Matrix {
  const inner = sub(scale(logVariance, 1, 1), add(square(mean), exp(logVariance)))
  return scale(sum(inner), -0.5 / Math.max(1, mean.rows))
}

/** A mixture of K diagonal Gaussians in logarithms, so that no step can leave its domain. */
export type MixturePrior = {
  /** 1 × K: ln π up to a constant. */
  readonly logits: Matrix
  /** K × d. */
  readonly means: Matrix
  /** K × d: ln σ². */
  readonly logVariances: Matrix
}

/** ln π_c + ln N(z_i; μ_c, σ_c²) without the constant −½ d ln 2π: n × K. Its softmax is γ. */
export function mixtureLogits(z: Matrix, prior: MixturePrior): Matrix<'node', 'cluster'> {
  return addBias(scale(quadratic(z, square(z), prior), -0.5), logWeights(prior)) as Matrix<'node', 'cluster'>
}

/**
 * VaDE's prior term (Jiang et al. 2017, https://arxiv.org/abs/1611.05148, eq. 12), with γ = p(c | z) of the sampled z:
 *   Σ_c γ_c [½ Σ_j (ln σ_c² + (σ̃² + (μ̃ − μ_c)²) / σ_c²) + ln γ_c − ln π_c] − ½ Σ_j (1 + ln σ̃²) → 1 × 1.
 */
export function mixturePrior(mean: Matrix, logVariance: Matrix, z: Matrix, prior: MixturePrior): Matrix {
  const logits = mixtureLogits(z, prior)
  const gamma = softmax(logits)
  const energy = scale(quadratic(mean, add(square(mean), exp(logVariance)), prior), 0.5)
  // Σ_c γ_c (energy_c − ln π_c + ln γ_c), where ln γ_c = logits_c − ln Σ exp logits.
  const inner = add(addBias(energy, neg(logWeights(prior))), logits)
  const mixture = sub(sum(mul(gamma, inner)), sum(logSumExp(logits)))
  return scale(sub(mixture, scale(sum(scale(logVariance, 1, 1)), 0.5)), 1 / Math.max(1, mean.rows))
}

/** Σ_j (ln σ_cj² + (m2_ij − 2 m_ij μ_cj + μ_cj²) / σ_cj²): n × K, from first and second moments of the code. */
function quadratic(m: Matrix, m2: Matrix, { means, logVariances }: MixturePrior): Matrix {
  const precision = exp(neg(logVariances))
  const weighted = mul(means, precision)
  const constant = transpose(rowSum(add(logVariances, mul(means, weighted))))
  const crossed = add(matmulTransposed(m2, precision), scale(matmulTransposed(m, weighted), -2))
  return addBias(crossed, constant as Matrix)
}

/** ln π: 1 × K. */
function logWeights({ logits }: MixturePrior): Matrix {
  return transpose(addBias(transpose(logits), neg(logSumExp(logits))))
}
