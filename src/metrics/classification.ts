/** How well predicted labels agree with true ones, where each example may have several of them. */
import { fail } from '../errors.ts'
import type { Sparse } from '../tensor/sparse.ts'

export interface LabelScores {
  /** F1 of the counts over all labels: for one label per example and one prediction, the share that is right. */
  readonly microF1: number
  /** Mean of the labels' own F1, every label weighing the same. */
  readonly macroF1: number
  /** Share of examples whose set of labels is predicted exactly. */
  readonly exact: number
  /** F1 of each label. */
  readonly perLabel: Float64Array
}

/**
 * F1 = 2·TP / (2·TP + FP + FN) of labels: `truth` and `predicted` are examples × labels, an entry for each label an example has.
 * A label that no example has and none is predicted to have counts as F1 = 0 in the macro mean, as in scikit-learn's default. NaN
 * without examples (micro: 0 where there is not one label).
 *
 * @throws SHAPE where the two differ in shape.
 */
export function labelScores(truth: Sparse, predicted: Sparse): LabelScores {
  if (truth.rows !== predicted.rows || truth.cols !== predicted.cols) {
    const shape = (m: Sparse): string => `${m.rows} examples × ${m.cols} labels`
    throw fail('SHAPE', { op: 'labelScores', expected: shape(truth), got: shape(predicted) })
  }
  const labels = truth.cols
  const hits = new Float64Array(labels)
  const sizes = new Float64Array(labels)
  let exact = 0
  for (let r = 0; r < truth.rows; r++) {
    let found = 0
    for (const label of truth.row(r)) sizes[label]++
    for (const label of predicted.row(r)) {
      sizes[label]++
      if (!truth.has(r, label)) continue
      hits[label]++
      found++
    }
    if (found === truth.degree(r) && found === predicted.degree(r)) exact++
  }
  const perLabel = hits.map((tp, label) => f1(tp, sizes[label]))
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
  const empty = truth.rows === 0
  return {
    microF1: empty ? NaN : f1(sum(hits), sum(sizes)),
    macroF1: empty ? NaN : sum(perLabel) / labels,
    exact: exact / truth.rows,
    perLabel,
  }
}

/** 2·TP / (TP + FN + TP + FP): `both` is how many are true plus how many are predicted. */
function f1(hits: number, both: number): number {
  return both === 0 ? 0 : (2 * hits) / both
}
