/** Whole trainings from other first weights, of which the one is kept whose clusters a graph bears out: a choice that needs no labels. */
import { z } from 'zod'
import { modularity } from '../../../metrics/modularity.ts'
import type { Random } from '../../../random.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import { inRegion, type Job } from '../../../train/run.ts'
import { type ClusterState, copied, moved } from './state.ts'

export const runSettings = {
  runs: z
    .int()
    .positive()
    .default(1)
    .describe('Trainings to choose from, by the modularity of their clusters on the graph.'),
}

/** The training, of `runs`, whose labels have the greatest modularity on the graph. The first draws from `rng` itself. */
export function* mostModular(
  runs: number,
  graph: Sparse,
  rng: Random,
  train: (rng: Random) => Job<ClusterState>,
): Job<ClusterState> {
  if (runs === 1) return yield* train(rng)
  const modularities: number[] = []
  let best: ClusterState | null = null
  for (let run = 0; run < runs; run++) {
    const state = yield* inRegion(train(run === 0 ? rng : rng.stream('run', run)), (made) =>
      moved(made, copied),
    )
    const own = modularity({ adjacency: graph, directed: false }, state.labels)
    if (!best || own > Math.max(...modularities)) best = state
    modularities.push(own)
  }
  return { ...best!, facts: { ...best!.facts, runModularities: modularities } }
}
