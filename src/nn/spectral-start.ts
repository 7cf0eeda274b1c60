/** Where embeddings of users and items can start instead of at random: the leading singular vectors of their interactions. */
import { normalizedInteractions } from '../graph/bipartite.ts'
import type { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { randomizedSvd } from '../tensor/svd.ts'
import type { Job } from '../train/run.ts'

/** Root mean square of the start, as of random ones. Where scores are cosines, only its ratio to the learning rate matters. */
const START_SCALE = 0.1

/** Leading singular vectors of D_u^-½ R D_i^-½, users over items. */
export function* spectralStart(
  interactions: Sparse,
  dim: number,
  rng: Random,
): Job<Matrix<'node', 'latent'>> {
  const { rows: users, cols: items } = interactions
  const normal = normalizedInteractions(interactions)
  const rank = Math.min(dim, users, items)
  const svd = randomizedSvd(normal, { rank, rng })
  let step = svd.next()
  while (!step.done) {
    yield { phase: 'start', ...step.value, unit: 'passes' }
    step = svd.next()
  }
  const e = Matrix.zeros<'node', 'latent'>(users + items, dim)
  const fill = (from: Float32Array, rows: number, offset: number): void => {
    const factor = START_SCALE * Math.sqrt(rows)
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < rank; c++) e.data[(offset + r) * dim + c] = factor * from[r * rank + c]
    }
  }
  fill(step.value.u, users, 0)
  fill(step.value.v, items, users)
  return e
}
