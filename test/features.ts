/** Ways to write tables and read features in tests. */
import { Matrix } from '../src/tensor/matrix.ts'
import { applyFeatures, type Features } from '../src/data/features/apply.ts'
import { fitFeatures, type FeaturePlan, type FitOptions } from '../src/data/features/plan.ts'
import { parseFeature } from '../src/data/features/spec.ts'
import { tableFrom, type Cell } from '../src/data/table.ts'

export type Row = Readonly<Record<string, Cell>>

/** The features of `rows` by a plan fitted on them, or on `fitted`. */
export function features(
  rows: readonly Row[],
  asked: readonly string[],
  options: FitOptions & { fitted?: readonly Row[] } = {},
): Features {
  return applyFeatures(plan(options.fitted ?? rows, asked, options), tableFrom(rows))
}

export function plan(
  rows: readonly Row[],
  asked: readonly string[] = [],
  options: FitOptions = {},
): FeaturePlan {
  const given = Object.fromEntries(asked.map(parseFeature).map(({ column, spec }) => [column, spec]))
  return fitFeatures(tableFrom(rows), { layout: 'dense', ...options, features: given })
}

export function dense({ matrix }: Features): number[][] {
  return Array.from({ length: matrix.rows }, (_, r) => {
    if (matrix instanceof Matrix) return [...matrix.row(r)]
    const row = Array.from({ length: matrix.cols }, () => 0)
    for (let e = matrix.indptr[r]; e < matrix.indptr[r + 1]; e++) row[matrix.indices[e]] = matrix.values![e]
    return row
  })
}

/** One column `x`. */
export const column = (...values: Cell[]): Row[] => values.map((x) => ({ x }))

/** To compare with what a hand computes. */
export function rounded(rows: readonly (readonly number[])[]): number[][] {
  return rows.map((row) => row.map((x) => Math.round(x * 1e5) / 1e5 + 0))
}
