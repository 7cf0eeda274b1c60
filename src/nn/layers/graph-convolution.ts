/** Graph convolution (Kipf & Welling 2017, https://arxiv.org/abs/1609.02907): f(Â·X·W), Â a constant normalised adjacency. */
import type { Random } from '../../random.ts'
import { relu } from '../../tensor/elementwise.ts'
import type { Features } from '../../tensor/features.ts'
import { matmul, spmm } from '../../tensor/linear.ts'
import { Matrix } from '../../tensor/matrix.ts'
import type { Sparse } from '../../tensor/sparse.ts'
import { times } from '../rows.ts'
import { glorot } from './initial.ts'

/** W of each layer between sizes[0], sizes[1] …: inputs × outputs, Glorot. */
export function createConvolutions(sizes: readonly number[], rng: Random): Matrix[] {
  return sizes.slice(1).map((outputs, l) => glorot(sizes[l], outputs, rng.stream('convolution', l)))
}

/** Â·X·W: [n × n]·[n × inputs]·[inputs × outputs]. Â multiplies the narrower side, which is the same and cheaper. */
export function convolve(a: Sparse, x: Features, w: Matrix): Matrix {
  return x instanceof Matrix && w.rows < w.cols ? matmul(spmm(a, x), w) : spmm(a, times(x, w))
}

/** max(Â·X·W, 0). */
export function graphConvolution(a: Sparse, x: Features, w: Matrix): Matrix {
  return relu(convolve(a, x, w))
}
