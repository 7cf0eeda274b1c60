/**
 * Graph autoencoders (Kipf & Welling 2016, https://arxiv.org/abs/1611.07308): two graph convolutions encode, inner products decode
 * (see terms/link-reconstruction.ts). The variational one has a second head for the logarithm of the variance.
 */
import type { Random } from '../../random.ts'
import type { Features } from '../../tensor/features.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import { convolve, createConvolutions, graphConvolution } from '../layers/graph-convolution.ts'

export type GraphEncoder = {
  readonly hidden: Matrix
  readonly mean: Matrix
  /** Empty without a variational head. */
  readonly logVariance: readonly Matrix[]
}

export function createGraphEncoder(
  sizes: readonly [features: number, hidden: number, latent: number],
  variational: boolean,
  rng: Random,
): GraphEncoder {
  const [hidden, mean] = createConvolutions(sizes, rng)
  const logVariance = variational ? createConvolutions(sizes.slice(1), rng.stream('variance')) : []
  return { hidden, mean, logVariance }
}

/** Mean (or code) and the logarithm of the variance of each node: Â max(ÂXW, 0) W′. `a` is Â. */
export function encodeGraph(
  { hidden, mean, logVariance }: GraphEncoder,
  a: Sparse,
  x: Features,
): { mean: Matrix; logVariance: Matrix | null } {
  const h = graphConvolution(a, x, hidden)
  return {
    mean: convolve(a, h, mean),
    logVariance: logVariance.length > 0 ? convolve(a, h, logVariance[0]) : null,
  }
}
