/** Whole trainings from other first weights, of which the one is kept whose clusters a graph bears out: a choice that needs no labels. */
import { z } from 'zod'
import { modularity } from '../../../metrics/modularity.ts'
import type { Random } from '../../../random.ts'
import type { Sparse } from '../../../tensor/sparse.ts'
import { inRegion, type Job, named } from '../../../train/run.ts'
import { type ClusterState, copied, moved } from './state.ts'

export function runSettings(runs: number) {
  return {
    runs: z
      .int()
      .positive()
      .default(runs)
      .describe('Trainings to choose from, by the modularity of their clusters on the graph.'),
  }
}

/**
 * The training, of one from each of `contexts`, whose labels have the greatest modularity on the graph. What a context is for is the
 * training's own affair: at least, what it draws from.
 */
export function* mostModular<C>(
  contexts: readonly C[],
  graph: Sparse,
  train: (context: C) => Job<ClusterState>,
): Job<ClusterState> {
  if (contexts.length === 1) return yield* train(contexts[0])
  const modularities: number[] = []
  let best: ClusterState | null = null
  for (const [run, context] of contexts.entries()) {
    const training = inRegion(train(context), (made) => moved(made, copied))
    const state = yield* named(`run ${run + 1} of ${contexts.length}`, training)
    const own = modularity({ adjacency: graph, directed: false }, state.labels)
    if (!best || own > Math.max(...modularities)) best = state
    modularities.push(own)
  }
  return { ...best!, facts: { ...best!.facts, runModularities: modularities } }
}

/** What so many trainings draw from; the first from `rng` itself. */
export function runGenerators(runs: number, rng: Random): Random[] {
  return Array.from({ length: runs }, (_, run) => (run === 0 ? rng : rng.stream('run', run)))
}
