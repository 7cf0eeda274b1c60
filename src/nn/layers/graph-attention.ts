/**
 * Graph attention (Veličković et al. 2018, https://arxiv.org/abs/1710.10903), with the proximity weights of DAEGC (Wang et al.
 * 2019, https://arxiv.org/abs/1906.06532):
 *   e_ij = LeakyReLU(M_ij (a_s·h_i + a_t·h_j)), α_i = softmax of e_i over the neighbours of i, h'_i = Σ_j α_ij h_j, h = X·W.
 */
import type { Random } from '../../random.ts'
import { leakyRelu, mul } from '../../tensor/elementwise.ts'
import { edgeProduct, type EdgePattern, edgeSoftmax, edgeSum } from '../../tensor/edges.ts'
import type { Features } from '../../tensor/features.ts'
import { matmul } from '../../tensor/linear.ts'
import type { Matrix } from '../../tensor/matrix.ts'
import { times } from '../rows.ts'
import { glorot } from './initial.ts'

/** weight: inputs × outputs; source and target: outputs × 1. */
export type Attention = { readonly weight: Matrix; readonly source: Matrix; readonly target: Matrix }

export function createAttention(inputs: number, outputs: number, rng: Random): Attention {
  return {
    weight: glorot(inputs, outputs, rng.stream('weight')),
    source: glorot(outputs, 1, rng.stream('source')),
    target: glorot(outputs, 1, rng.stream('target')),
  }
}

/** Whom each node attends to, and M: a constant per edge (entries × 1), null for 1. */
export interface Neighbours {
  readonly edges: EdgePattern
  readonly proximity: Matrix | null
}

/** h' before any activation: [n × inputs] → [n × outputs]. */
export function attend({ edges, proximity }: Neighbours, x: Features, layer: Attention, slope = 0.2): Matrix {
  const h = times(x, layer.weight)
  const sums = edgeSum(edges, matmul(h, layer.source), matmul(h, layer.target))
  const scores = leakyRelu(proximity ? mul(sums, proximity) : sums, slope)
  return edgeProduct(edges, edgeSoftmax(edges, scores), h)
}
