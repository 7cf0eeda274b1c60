/** How often walks are expected to come by each node. */
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Graph } from './graph.ts'
import type { WalkSettings } from './walks/settings.ts'

/**
 * Σ_{t < length} Pᵗ s: expected tokens of each node in the walks of an epoch, exact for first-order walks and the usual stand-in for
 * second-order ones. P moves along edges in proportion to their weights and stops at dead ends; s are the starts.
 */
export function expectedVisits(
  { adjacency }: Graph,
  { walks, length, start }: Pick<WalkSettings, 'walks' | 'length' | 'start'>,
): Float64Array {
  const n = adjacency.rows
  const { indptr, values } = adjacency
  const strength = Float64Array.from({ length: n }, (_, v) => {
    if (!values) return indptr[v + 1] - indptr[v]
    let sum = 0
    for (let e = indptr[v]; e < indptr[v + 1]; e++) sum += values[e]
    return sum
  })
  const total = strength.reduce((sum, w) => sum + w, 0)
  return heap.scope(() => {
    const back = adjacency.transposed.placed()
    const here = heap.f32(n)
    const leaving = heap.f32(n)
    const visits = new Float64Array(n)
    for (let v = 0; v < n; v++) here[v] = start === 'every' ? 1 : (n * strength[v]) / total
    for (let t = 0; ; t++) {
      for (let v = 0; v < n; v++) visits[v] += walks * here[v]
      if (t === length - 1) return visits
      for (let v = 0; v < n; v++) leaving[v] = strength[v] > 0 ? here[v] / strength[v] : 0
      kernels().spmm(back.indptr, back.indices, back.values, leaving, 1, 1, 0, here, null, null)
    }
  })
}
