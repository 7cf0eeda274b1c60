/** The multi-view metric of M2GRL: items near as neighbours but far as members of one category. */
import type { AttributeField } from '../../../data/attributes.ts'
import { fail } from '../../../errors.ts'
import { aliasTable } from '../../../graph/alias.ts'
import type { Graph } from '../../../graph/graph.ts'
import { heap } from '../../../kernels/heap.ts'
import { diversityLoss, metricSpace } from '../../../nn/metric-learning.ts'
import type { Random } from '../../../random.ts'
import { concatColumns, gather, normalizeRows } from '../../../tensor/rowwise.ts'
import { matmul } from '../../../tensor/linear.ts'
import { Matrix } from '../../../tensor/matrix.ts'
import { adam } from '../../../tensor/optimiser.ts'
import { linear } from '../../../tensor/schedule.ts'
import { valueAndGrad } from '../../../tensor/tape.ts'
import { type Job, pace } from '../../../train/run.ts'

export interface MetricSettings {
  /** How much members of one category push each other away. */
  readonly diversity: number
  /** How far apart those should be that are pushed, of at most 2. */
  readonly margin: number
  readonly metricSteps: number
  readonly metricBatch: number
  readonly metricRate: number
}

/** [instance space ; relation space]: an item's own vector and Wᵀ of it, each at unit length. */
export function bothSpaces(
  items: Matrix<'item', 'latent'>,
  relation: Matrix<'latent', 'relation'>,
): Matrix<'item', 'view'> {
  return concatColumns(normalizeRows(items), normalizeRows(matmul(items, relation))) as Matrix<'item', 'view'>
}

/**
 * Learns A of z = A x for x of {@link bothSpaces}. Of each anchor: a neighbour by a transition, a stranger, and a sibling of its
 * category, drawn at random. It begins as the instance space itself.
 */
export function* learnDiversityMetric(
  x: Matrix<'item', 'view'>,
  graph: Graph,
  category: AttributeField,
  { diversity, margin, metricSteps, metricBatch, metricRate }: MetricSettings,
  rng: Random,
): Job<{ items: Matrix<'item', 'latent'>; metric: Matrix<'view', 'latent'>; losses: number[] }> {
  const dim = x.cols / 2
  const { adjacency } = graph
  if (category.features.rows !== x.rows) {
    throw fail('SHAPE', {
      op: 'learnDiversityMetric',
      expected: `categories of ${x.rows} items`,
      got: String(category.features.rows),
    })
  }
  const ends = edgeSources(graph)
  const drawEdge = aliasTable(Float64Array.from(adjacency.values ?? new Float32Array(adjacency.nnz).fill(1)))
  const active = Int32Array.from(new Set([...ends, ...adjacency.indices])).sort()
  const siblings = siblingsOf(category, active)
  const a = Matrix.zeros<'view', 'latent'>(x.cols, dim)
  for (let c = 0; c < dim; c++) a.data[c * dim + c] = 1
  const optimiser = adam(a, { rate: metricRate })
  const rate = linear(metricRate)
  const due = pace()
  const losses: number[] = []
  let mean = 0
  for (let step = 0; step < metricSteps; step++) {
    const stream = rng.stream('metric', step)
    mean += heap.scope(() => {
      const places = [0, 1, 2, 3].map(() => heap.i32(metricBatch))
      for (let k = 0; k < metricBatch; k++) {
        const e = drawEdge(stream)
        places[0][k] = ends[e]
        places[1][k] = adjacency.indices[e]
        places[2][k] = active[stream.int(active.length)]
        places[3][k] = siblings(ends[e], stream)
      }
      const [anchor, neighbour, stranger, sibling] = places.map(
        (at) => gather(x, at) as Matrix<'item', 'view'>,
      )
      const { value, grads } = valueAndGrad(
        (p) =>
          diversityLoss(
            metricSpace(anchor, p),
            metricSpace(neighbour, p),
            metricSpace(stranger, p),
            metricSpace(sibling, p),
            margin,
            diversity,
          ),
        a,
      )
      optimiser.step(grads, rate(step / metricSteps))
      return value
    })
    if ((step + 1) % 50 === 0) {
      losses.push(mean / 50)
      mean = 0
    }
    if (due()) yield { phase: 'metric', done: step, of: metricSteps, unit: 'steps' }
  }
  return { items: metricSpace(x, a), metric: a, losses }
}

/** The row of each entry. */
function edgeSources({ adjacency }: Graph): Int32Array {
  const out = new Int32Array(adjacency.nnz)
  for (let v = 0; v < adjacency.rows; v++) out.fill(v, adjacency.indptr[v], adjacency.indptr[v + 1])
  return out
}

/** Draws an item of the same category among `active`; any of them for an item without a category. */
function siblingsOf({ features }: AttributeField, active: Int32Array): (item: number, rng: Random) => number {
  const { indptr, indices } = features.transposed
  const isActive = new Uint8Array(features.rows)
  for (const v of active) isActive[v] = 1
  const members = Array.from({ length: features.cols }, (_, c) =>
    indices.subarray(indptr[c], indptr[c + 1]).filter((v) => isActive[v] === 1),
  )
  return (item, rng) => {
    const own = features.degree(item) > 0 ? members[features.row(item)[0]] : active
    return own[rng.int(own.length)]
  }
}
