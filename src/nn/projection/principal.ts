/** Rows on their main axes. */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import type { Random } from '../../random.ts'
import { about } from '../../tensor/centring.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import { randomizedSvd } from '../../tensor/svd.ts'
import type { Job } from '../../train/run.ts'

/**
 * The first `rank` principal components of the rows, the greatest variance first, in the open region.
 *
 * @throws ARGUMENT for a rank above the rows or columns.
 */
export function* principalComponents(x: Matrix, rank: number, rng: Random): Job<Matrix<'row', 'component'>> {
  const [n, d] = [x.rows, x.cols]
  const mean = heap.scratchF32(d)
  kernels().columnSum(heap.place(x.data), n, d, 0, mean)
  kernels().affine(1 / n, 0, mean, mean)
  const indptr = Uint32Array.from({ length: n + 1 }, (_, i) => i * d)
  const indices = new Int32Array(n * d)
  for (let e = 0; e < indices.length; e++) indices[e] = e % d
  const centred = new Sparse(n, d, indptr, indices, about(x, mean).data)
  const job = randomizedSvd(centred, { rank, rng })
  let step = job.next()
  for (; !step.done; step = job.next()) yield { phase: 'start', ...step.value, unit: 'passes' }
  const { u, sigma } = step.value
  for (let e = 0; e < u.length; e++) u[e] *= sigma[e % rank]
  return new Matrix<'row', 'component'>(n, rank, u)
}
