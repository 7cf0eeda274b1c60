/** From what M2GRL learned to the state of an embedding of items. */
import type { Attributes } from '../../../data/attributes.ts'
import { heap } from '../../../kernels/heap.ts'
import type { Matrix } from '../../../tensor/matrix.ts'
import type { Estimate } from '../../method.ts'
import type { EmbedderShape } from './definition.ts'
import type { MultiViewSettings } from './multi-view.ts'
import type { MultiView } from './multi-view-training.ts'
import { sideState, sideVector } from './side-information.ts'
import type { EmbeddingState } from './state.ts'

/**
 * The state with `vectors` for the items, those of M2GRL or made of them. An item without edges gets the mean over its fields
 * of the mean vector of the trained items with the same value.
 */
export function multiViewState(
  model: MultiView,
  vectors: Matrix<'item', 'latent'>,
  attributes: Attributes,
): EmbeddingState {
  const { rows, cols: dim } = vectors
  const { adjacency } = model.graph
  const incoming = adjacency.transposed
  const trained = (v: number): boolean => adjacency.degree(v) > 0 || incoming.degree(v) > 0
  const { fields } = attributes
  const tables = fields.map(({ features, values }) => {
    const table = new Float32Array(values.size * dim)
    const counts = new Float64Array(values.size)
    for (let item = 0; item < rows; item++) {
      if (!trained(item)) continue
      for (const value of features.row(item)) {
        counts[value]++
        for (let c = 0; c < dim; c++) table[value * dim + c] += vectors.data[item * dim + c]
      }
    }
    for (let at = 0; at < table.length; at++) table[at] /= Math.max(1, counts[Math.floor(at / dim)])
    return table
  })
  const side = { fields, tables, weights: fields.map(() => 1), dim }
  const data = heap.copy(vectors.data.slice())
  let [count, unseen] = [0, 0]
  for (let v = 0; v < rows; v++) {
    if (trained(v)) count++
    else if (sideVector(side, v, data.subarray(v * dim, (v + 1) * dim))) unseen++
  }
  const { extra, vocabularies, turning, facts } = sideState(side)
  const views = model.fields.flatMap(({ name, values, relation }) => [
    [`view ${name}`, { data: values.data, shape: [values.rows, values.cols] }] as const,
    [`relation ${name}`, { data: relation.data, shape: [relation.rows, relation.cols] }] as const,
  ])
  return {
    vectors: { data, shape: [rows, dim] },
    extra: { ...extra, ...Object.fromEntries(views) },
    vocabularies,
    turning: { ...turning, ...(vectors === model.items ? turningViews(model) : {}) },
    facts: {
      ...facts,
      ...model.heldOut,
      trained: count,
      fromAttributes: unseen,
      trajectory: model.trajectory,
    },
  }
}

/**
 * Items and values are compared as x W and v W: where the items turn, the values turn with them and W back. Vectors made of the items, such as those
 * under a metric, are of another space, which turns without them.
 */
function turningViews({ fields }: MultiView): Required<EmbeddingState>['turning'] {
  return Object.fromEntries(
    fields.flatMap(({ name }) => [
      [`view ${name}`, 'rows'],
      [`relation ${name}`, 'map'],
    ]),
  )
}

/** Tables with two moments; the views of fields are small beside that of items. */
export function multiViewEstimate({ nodes, tokens }: EmbedderShape, settings: MultiViewSettings): Estimate {
  const { dim, batch, shared, epochs, walks, length, window } = settings
  return {
    bytes: 4 * dim * nodes * 8 + 12 * batch * (dim * 6 + shared) + 32 * tokens,
    operations: nodes * walks * length * epochs * dim * 3 * (6 * shared + 6 * (window + 1)),
  }
}
