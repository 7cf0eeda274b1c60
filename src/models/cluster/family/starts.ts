/** Trainings from other first weights, of which the one is kept whose clusters the graph bears out: a choice that needs no labels. */
import { z } from 'zod'
import { heap } from '../../../kernels/heap.ts'
import { modularity } from '../../../metrics/modularity.ts'
import type { Random } from '../../../random.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import { inRegion, type Job } from '../../../train/run.ts'
import { type ClusterState, moved } from './state.ts'

/** How many trainings there are to choose from. */
export const startsSetting = z.int().positive()

/**
 * The state whose labels have the greatest modularity on the graph, of so many trainings, with the modularity of each among its
 * facts. The first draws from `rng` itself, so that one start is the method without this choice.
 */
export function* mostModular(
  starts: number,
  graph: Sparse,
  rng: Random,
  train: (rng: Random) => Job<ClusterState>,
): Job<ClusterState> {
  const found: number[] = []
  let best: ClusterState | undefined
  for (let start = 0; start < starts; start++) {
    const stream = start === 0 ? rng : rng.stream('start', start)
    const state = yield* inRegion(train(stream), (each) => moved(each, (array) => heap.copy(array)))
    const own = modularity({ adjacency: graph, directed: false }, state.labels)
    if (own > Math.max(-Infinity, ...found)) best = state
    found.push(own)
  }
  return { ...best!, facts: { ...best!.facts, startModularities: found } }
}
