/**
 * Node classification as in DeepWalk (Perozzi et al. 2014, https://arxiv.org/abs/1403.6652, section 4 and 5): how well the labels of
 * nodes follow from their vectors by logistic regression, on random splits of the labelled nodes. The vectors were made without
 * labels; nothing here goes back to them.
 */
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { labelScores } from '../metrics/classification.ts'
import { decisions, fitLogistic } from '../nn/logistic-regression.ts'
import type { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { Sparse } from '../tensor/sparse.ts'
import { inRegion, type Job } from '../train/run.ts'
import { type Spread, spread } from './seeds.ts'

const classificationRules: readonly string[] = [
  'Each split draws its training nodes evenly from all labelled nodes; the rest is test. Split s is the same for every method.',
  'One-vs-rest logistic regression on the vectors as they are: C · Σ loss + ½‖w‖², the intercept penalised, as LIBLINEAR has it.',
  'A node gets as many labels as it truly has, those with the highest scores (the DeepWalk protocol): F1 is higher than where the number of labels must be guessed too.',
  'A label that no training node has scores below all others; one that every training node has, above (scikit-learn’s one-vs-rest).',
  'Macro-F1 is the mean over all labels of the data; a label without test nodes that is not predicted either counts as 0 (scikit-learn).',
  'Labelled nodes without a vector and nodes without a label are left out.',
]

export interface ClassificationOptions {
  /** Shares of labelled nodes to train on. Default 0.1, 0.5, 0.9. */
  readonly shares?: readonly number[]
  /** Random splits for each share. Default 10. */
  readonly splits?: number
  /** C of the regression. Default 1. */
  readonly c?: number
  /**
   * Above 0: this share of each split's training nodes is held out and scored instead of the test nodes, which then play no part.
   * For choosing settings.
   */
  readonly validation?: number
  readonly rng: Random
}

export interface SplitScores {
  readonly microF1: number
  readonly macroF1: number
  /** Labels of the data that no training node of the split has. */
  readonly absent: number
}

export interface ShareScores {
  readonly share: number
  /** Nodes trained on and scored. */
  readonly train: number
  readonly test: number
  readonly microF1: Spread
  readonly macroF1: Spread
  /** One entry per split. */
  readonly splits: readonly SplitScores[]
}

export interface ClassificationResult {
  readonly kind: 'classification'
  /** What was scored. */
  readonly part: 'test' | 'validation'
  readonly shares: readonly ShareScores[]
  readonly c: number
  readonly counts: {
    readonly nodes: number
    readonly labelled: number
    readonly labels: number
    readonly assignments: number
  }
  readonly rules: readonly string[]
}

/**
 * `vectors`: nodes × dim. `labels`: nodes × labels, an entry for each label a node has.
 * @throws SHAPE, ARGUMENT for shares outside of (0, 1), EMPTY where a split would have no node on a side.
 */
export function* evaluateClassification(
  vectors: Matrix,
  labels: Sparse,
  options: ClassificationOptions,
): Job<ClassificationResult> {
  const { shares = [0.1, 0.5, 0.9], splits = 10, c = 1, validation = 0, rng } = options
  if (vectors.rows !== labels.rows) {
    const got = `labels of ${labels.rows}`
    throw fail('SHAPE', { op: 'evaluateClassification', expected: `labels of ${vectors.rows} nodes`, got })
  }
  checkOptions(shares, splits, validation)
  const labelled = Int32Array.from({ length: labels.rows }, (_, v) => v).filter((v) => labels.degree(v) > 0)
  const results: ShareScores[] = []
  for (const [s, share] of shares.entries()) {
    const scores: SplitScores[] = []
    let [train, test] = [0, 0]
    for (let split = 0; split < splits; split++) {
      yield { phase: 'classify', done: s * splits + split, of: shares.length * splits, unit: 'splits' }
      const order = rng.stream('classification split', split).shuffle(labelled.slice())
      const parts = divide(order, share, validation)
      train = parts.train.length
      test = parts.test.length
      scores.push(yield* inRegion(scoreSplit(vectors, labels, parts, c), (result) => result))
    }
    const over = (of: 'microF1' | 'macroF1'): Spread => spread(scores.map((each) => each[of]))
    results.push({ share, train, test, microF1: over('microF1'), macroF1: over('macroF1'), splits: scores })
  }
  return {
    kind: 'classification',
    part: validation > 0 ? 'validation' : 'test',
    shares: results,
    c,
    counts: {
      nodes: labels.rows,
      labelled: labelled.length,
      labels: labels.cols,
      assignments: labels.nnz,
    },
    rules: classificationRules,
  }
}

interface Parts {
  readonly train: Int32Array
  readonly test: Int32Array
}

/** The first ⌊share · n⌋ nodes are for training; with `validation`, the last of those are scored, else all others. */
function divide(order: Int32Array, share: number, validation: number): Parts {
  const known = Math.floor(share * order.length)
  const fitted = validation > 0 ? known - Math.max(1, Math.round(validation * known)) : known
  const [train, test] = [
    order.subarray(0, fitted),
    validation > 0 ? order.subarray(fitted, known) : order.subarray(known),
  ]
  if (train.length > 0 && test.length > 0) return { train, test }
  throw fail('EMPTY', {
    what: `${order.length} labelled nodes with a share of ${share} leave ${train.length} to train on and ${test.length} to score`,
    todo: 'Give more labelled nodes, or another share.',
  })
}

function* scoreSplit(vectors: Matrix, labels: Sparse, { train, test }: Parts, c: number): Job<SplitScores> {
  const placed = heap.place(vectors.data)
  const rowsOf = (nodes: Int32Array): Matrix => {
    const out = new Matrix(nodes.length, vectors.cols, heap.scratchF32(nodes.length * vectors.cols))
    kernels().gatherRows(placed, vectors.cols, heap.copy(nodes), out.data)
    return out
  }
  const model = yield* fitLogistic(rowsOf(train), rowsOfPairs(labels, train), { c, intercept: 'penalised' })
  const truth = rowsOfPairs(labels, test)
  const { microF1, macroF1 } = labelScores(truth, mostLikely(decisions(model, rowsOf(test)), truth))
  const absent = model.intercepts.filter((b) => b === -Infinity).length
  return { microF1, macroF1, absent }
}

/** The k highest scores of each row, k = how many labels the row truly has; equal scores by label. */
export function mostLikely(scores: Float64Array, truth: Sparse): Sparse {
  const indices = new Int32Array(truth.nnz)
  const order = Array.from({ length: truth.cols }, (_, l) => l)
  for (let r = 0; r < truth.rows; r++) {
    const row = scores.subarray(r * truth.cols, (r + 1) * truth.cols)
    const best = order.toSorted((a, b) => (row[a] === row[b] ? a - b : row[a] < row[b] ? 1 : -1))
    indices.set(
      best.slice(0, truth.degree(r)).sort((a, b) => a - b),
      truth.indptr[r],
    )
  }
  return new Sparse(truth.rows, truth.cols, truth.indptr, indices, null)
}

function rowsOfPairs(matrix: Sparse, rows: Int32Array): Sparse {
  const indptr = new Uint32Array(rows.length + 1)
  rows.forEach((row, i) => (indptr[i + 1] = indptr[i] + matrix.degree(row)))
  const indices = new Int32Array(indptr[rows.length])
  rows.forEach((row, i) => indices.set(matrix.row(row), indptr[i]))
  return new Sparse(rows.length, matrix.cols, indptr, indices, null)
}

function checkOptions(shares: readonly number[], splits: number, validation: number): void {
  for (const share of shares) {
    if (share > 0 && share < 1) continue
    throw fail('ARGUMENT', {
      what: 'share of training nodes',
      expected: 'between 0 and 1',
      got: String(share),
    })
  }
  if (shares.length === 0)
    throw fail('ARGUMENT', { what: 'shares of training nodes', expected: 'at least one', got: 'none' })
  if (!Number.isSafeInteger(splits) || splits < 1) {
    throw fail('ARGUMENT', { what: 'splits', expected: 'a whole number of at least 1', got: String(splits) })
  }
  if (!(validation >= 0 && validation < 1)) {
    throw fail('ARGUMENT', {
      what: 'share of validation',
      expected: 'from 0 to below 1',
      got: String(validation),
    })
  }
}
