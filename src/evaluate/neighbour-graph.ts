/** The graph of nearest neighbours as a job of its own, in ordinary memory: for methods that read a graph where there are only features. */
import { nearestNeighbourGraph, type NeighbourOptions } from '../graph/knn.ts'
import { type Features, checkFinite } from '../tensor/features.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { inRegion, type Job, run, type RunOptions } from '../train/run.ts'

/** @throws ARGUMENT for values that are not finite, or unless 1 ≤ neighbours < rows. */
export function neighbourGraph(features: Features, options: NeighbourOptions & RunOptions): Promise<Sparse> {
  checkFinite(features, 'features')
  function* work(): Job<Sparse> {
    const job = nearestNeighbourGraph(features, options)
    let step = job.next()
    for (; !step.done; step = job.next()) yield { phase: 'neighbours', ...step.value, unit: 'rows' }
    return step.value
  }
  return run(
    inRegion(work(), (graph) => graph),
    options,
  )
}
