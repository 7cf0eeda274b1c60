/** The job that makes a new version of the model that is served. */
import { saveRecommender } from '../workspace/recommenders.ts'
import { eventsIn } from '../workspace/spaces.ts'
import type { JobContext } from './context.ts'
import { measure, trainOn } from './evaluate.ts'
import { judge } from './guard.ts'
import { trainJob } from './schemas.ts'
import { snapshot, splitSnapshot } from './snapshot.ts'

/**
 * Trains on the earlier events and evaluates on the latest; then trains on all of them and saves that. It goes into service unless a guard
 * is set and the figures fall below the version there.
 */
export async function trainVersion(context: JobContext): Promise<unknown> {
  const { guard, test, weights, ...recipe } = trainJob.parse({ kind: 'train', ...(context.config as object) })
  const { interactions, upTo, count } = await snapshot(context, weights)
  const split = splitSnapshot(interactions, test, recipe.seed)
  const { metrics, intervals, verdict } = await evaluate()
  using model = await trainOn(context, { train: interactions }, recipe)
  const promoted = verdict?.passed ?? true
  const { users, items, matrix } = interactions
  const saved = await saveRecommender(context.workspace, context.model, model, {
    metrics,
    inService: promoted,
    data: {
      events: { upTo, count },
      users: users.size,
      items: items.size,
      interactions: matrix.nnz,
      test,
      weights: weights ?? {},
      intervals,
      guard: verdict,
    },
  })
  await forgetOldErasures(context)
  return {
    version: saved.version,
    promoted,
    metrics,
    intervals,
    guard: verdict,
    upTo,
    warnings: split.warnings,
  }

  async function evaluate() {
    using trial = await trainOn(context, split, recipe)
    return {
      ...(await measure(context, trial, split, recipe.seed)),
      verdict: guard ? await judge(context, trial, split, guard) : null,
    }
  }
}

/** Erasures are kept as long as a version of any model on disk may know who was erased. */
async function forgetOldErasures({ workspace, store }: JobContext): Promise<void> {
  const models = await Promise.all(
    (await workspace.listModels()).map(({ name }) => workspace.showModel(name)),
  )
  const oldest = models.flatMap(({ versions }) => versions.map(({ details }) => eventsIn(details?.data)))
  await store.entities.forgetErasures(Math.min(...oldest))
}
