/**
 * SDCN's dual network (Bo et al. 2020, https://arxiv.org/abs/2002.01657): graph convolutions that are handed, layer by layer, what
 * an autoencoder knows of the rows themselves:
 *   Z⁽¹⁾ = f(Â X W₁),  Z⁽ˡ⁺¹⁾ = f(Â [(1 − ε) Z⁽ˡ⁾ + ε H⁽ˡ⁾] W_l+1),  the last without f: logits of the clusters.
 */
import { kernels } from '../../kernels/index.ts'
import { relu } from '../../tensor/elementwise.ts'
import type { Features } from '../../tensor/features.ts'
import { type Matrix, sameShape } from '../../tensor/matrix.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import { gradientOf, output } from '../../tensor/tape.ts'
import { stackStates } from '../layers/dense.ts'
import { convolve, graphConvolution } from '../layers/graph-convolution.ts'
import type { Autoencoder } from './autoencoder.ts'

export type Dual = { readonly autoencoder: Autoencoder; readonly convolutions: readonly Matrix[] }

export interface DualOutputs {
  readonly latent: Matrix
  /** n × K, before their softmax. */
  readonly logits: Matrix<'node', 'cluster'>
}

/** ε H + (1 − ε) Z: what the autoencoder hands over. */
export function deliver(z: Matrix, h: Matrix, share: number): Matrix {
  sameShape('deliver', z, h)
  const out = output(z.rows, z.cols, [z, h], (g) => {
    const [gz, gh] = [gradientOf(z), gradientOf(h)]
    if (gz) kernels().axpy(1 - share, g, gz)
    if (gh) kernels().axpy(share, g, gh)
  })
  kernels().affine(1 - share, 0, z.data, out.data)
  kernels().axpy(share, h.data, out.data)
  return out
}

/** All rows of x on the graph `a` (normalised, with loops); `share` is ε. */
export function dualForward(
  { autoencoder, convolutions }: Dual,
  a: Sparse,
  x: Features,
  share: number,
): DualOutputs {
  const states = stackStates(autoencoder.encoder, x)
  const latent = states[states.length - 1]
  let z = graphConvolution(a, x, convolutions[0])
  for (let l = 1; l < convolutions.length; l++) {
    const mixed = deliver(z, states[l - 1], share)
    const next = convolve(a, mixed, convolutions[l])
    z = l < convolutions.length - 1 ? relu(next) : next
  }
  return { latent, logits: z as Matrix<'node', 'cluster'> }
}
