/**
 * An item as the weighted sum of its own vector and those of its side information, with an attention of its own.
 * Wang et al. 2018, https://arxiv.org/abs/1803.02349, section 3.3.
 */
import { add } from '../tensor/elementwise.ts'
import { matmul, spmm } from '../tensor/linear.ts'
import { Matrix } from '../tensor/matrix.ts'
import { scaleRows, softmax } from '../tensor/rowwise.ts'
import type { FieldBags, LocalBag } from './field-bags.ts'

/** α_v^j = e^{a_v^j} / Σ_i e^{a_v^i} over the views that v has: `absent` is 0 for those, and far below 0 for what it lacks. */
export function attention(a: Matrix<'item', 'view'>, absent: Matrix<'item', 'view'>): Matrix<'item', 'view'> {
  return softmax(add(a, absent))
}

/** H_v = Σ_j α_v^j W_v^j, from the vectors of each view, an item a row. */
export function combine(
  views: readonly Matrix<'item', 'latent'>[],
  weights: Matrix<'item', 'view'>,
): Matrix<'item', 'latent'> {
  const weighed = views.map((view, j) => {
    const one = Matrix.zeros<'view', 'one'>(views.length, 1)
    one.data[j] = 1
    return scaleRows(view, matmul(weights, one))
  })
  return weighed.reduce((sum, view) => add(sum, view))
}

/** The rows of the tables that a batch of items needs. `attention` is empty where all views weigh the same. */
export type SideParams = {
  readonly items: Matrix<'item', 'latent'>
  readonly fields: readonly Matrix<'value', 'latent'>[]
  readonly attention: readonly Matrix<'item', 'view'>[]
}

/** Which values the items have, and what they lack. */
export interface SideBatch {
  readonly bags: readonly LocalBag[]
  readonly absent: Matrix<'item', 'view'>
}

/** H of a batch of items: several values of a field count as their mean. */
export function represent(params: SideParams, { bags, absent }: SideBatch): Matrix<'item', 'latent'> {
  if (bags.length === 0) return params.items
  const views = params.fields.map((w, j) => spmm<'item', 'latent'>(bags[j].mean, w))
  const a = params.attention[0] ?? Matrix.zeros<'item', 'view'>(absent.rows, absent.cols)
  return combine([params.items, ...views], attention(a, absent))
}

/** Low enough that its exponential is 0. */
const NEVER = -1e4

/** The side information of `items`, in the region that is open. */
export function sideBatch(fields: readonly FieldBags[], items: ArrayLike<number>): SideBatch {
  const absent = Matrix.zeros<'item', 'view'>(items.length, fields.length + 1)
  for (let k = 0; k < items.length; k++) {
    fields.forEach((field, j) => {
      if (!field.has(items[k])) absent.row(k)[j + 1] = NEVER
    })
  }
  return { bags: fields.map((field) => field.local(items)), absent }
}
