/** Variational autoencoders (Kingma & Welling 2014, https://arxiv.org/abs/1312.6114): a code that is a diagonal Gaussian per row. */
import { heap } from '../../kernels/heap.ts'
import type { Random } from '../../random.ts'
import { add, exp, mul, relu, scale } from '../../tensor/elementwise.ts'
import type { Features } from '../../tensor/features.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { createDense, dense, type Dense, stack } from '../layers/dense.ts'
import type { Autoencoder } from './autoencoder.ts'

export type Variational = {
  /** The hidden layers, max(·, 0) after each. */
  readonly trunk: readonly Dense[]
  readonly mean: Dense
  readonly logVariance: Dense
  readonly decoder: readonly Dense[]
}

/** An autoencoder with a new head for the logarithm of the variance beside its code, which becomes the mean. Shares its arrays. */
export function variationalFrom({ encoder, decoder }: Autoencoder, rng: Random): Variational {
  const mean = encoder[encoder.length - 1]
  const logVariance = createDense(mean.weight.rows, mean.weight.cols, rng)
  return { trunk: encoder.slice(0, -1), mean, logVariance, decoder }
}

/** n × latent each. */
export function encodeVariational(
  { trunk, mean, logVariance }: Pick<Variational, 'trunk' | 'mean' | 'logVariance'>,
  x: Features,
): { mean: Matrix; logVariance: Matrix } {
  const h = trunk.length > 0 ? relu(stack(trunk, x)) : x
  return { mean: dense(h, mean, 'linear'), logVariance: dense(h, logVariance, 'linear') }
}

/** μ + e^{½ ln σ²} ε with standard normal ε: a sample that gradients pass through. */
export function reparameterise(mean: Matrix, logVariance: Matrix, rng: Random): Matrix {
  const noise = new Matrix(mean.rows, mean.cols, heap.scratchF32(mean.data.length))
  for (let i = 0; i < noise.data.length; i++) noise.data[i] = rng.normal()
  return add(mean, mul(exp(scale(logVariance, 0.5)), noise))
}
