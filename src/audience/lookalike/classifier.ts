/**
 * A classifier of positive and unlabelled examples (Elkan & Noto 2008, https://doi.org/10.1145/1401890.1401920). Seeds are labelled;
 * everybody else, like the seeds or not, is unlabelled. A logistic regression g(x) of labelled against unlabelled ranks as the
 * probability p(x) to be one of those whom the seeds are drawn from does, since where seeds are a fair draw
 *
 *   g(x) = c · p(x),   c = the mean of g over seeds that it was not trained on (their estimator e₁).
 *
 * Ranked by the decision w·x + b, which never ties where probabilities round to 1; shown is p = min(1, g/c). Held-out seeds of a set are
 * unlabelled in its training, as those who are looked for always are. All sets are solved together, as labels of one regression.
 * Like the centroid it looks in one direction, but in the one that best sets the seeds apart.
 */
import { heap } from '../../kernels/heap.ts'
import { kernels } from '../../kernels/index.ts'
import { decisions, fitLogistic } from '../../nn/logistic-regression.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { Sparse } from '../../tensor/sparse.ts'
import type { Job } from '../../train/run.ts'
import type { Rows, SeedScores } from './rows.ts'
import type { Folds } from './seeds.ts'

/** Weight of the loss against the penalty. Rankings of held-out seeds are much the same from .01 to 1. */
const C = 0.1
/** Rankings are the same far before the solver's usual tolerance. */
const TOLERANCE = 1e-3

export function* classifier(rows: Rows, folds: Folds): Job<SeedScores> {
  const x = scaled(rows)
  const labels = folds.count + 1
  yield { phase: 'regression', done: 0, of: labels, unit: 'labels' }
  const model = yield* fitLogistic(x, labelled(rows.rows, folds), { c: C, tolerance: TOLERANCE })
  const z = decisions(model, x)
  const sets = Array.from({ length: labels }, (_, k) =>
    Float32Array.from({ length: rows.rows }, (_, row) => z[row * labels + k]),
  )
  const c = labelFrequency(sets, folds)
  return { sets, shown: (score) => Math.min(1, sigmoid(score) / c) }
}

/** c: how probable g finds seeds it has not seen, on average; 1 where none were held out. */
function labelFrequency(sets: readonly Float32Array[], { seeds, of, count }: Folds): number {
  if (count === 0) return 1
  let sum = 0
  seeds.forEach((row, i) => (sum += sigmoid(sets[of[i]][row])))
  return sum / seeds.length
}

/** rows × (folds + 1): which rows are labelled in each set. */
function labelled(rows: number, { seeds, of, count }: Folds): Sparse {
  const foldOf = new Map(Array.from(seeds, (row, i) => [row, count === 0 ? -1 : of[i]]))
  const indptr = new Uint32Array(rows + 1)
  const indices: number[] = []
  for (let row = 0; row < rows; row++) {
    const fold = foldOf.get(row)
    if (fold !== undefined) for (let k = 0; k <= count; k++) if (k !== fold) indices.push(k)
    indptr[row + 1] = indices.length
  }
  return new Sparse(rows, count + 1, indptr, Int32Array.from(indices), null)
}

/** Scaled to mean square 1 over all columns: the penalty then means the same at every width. */
function scaled({ rows, dim, unit }: Rows): Matrix {
  const x = heap.scratchF32(rows * dim)
  kernels().affine(Math.sqrt(dim), 0, unit, x)
  return new Matrix(rows, dim, x)
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z))
}
