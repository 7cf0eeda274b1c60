/** The job that makes a new version of the model that is served. */
import { alignWithService } from '../workspace/alignment.ts'
import { saveRecommender } from '../workspace/recommenders.ts'
import { eventsIn } from '../workspace/spaces.ts'
import type { JobContext } from './context.ts'
import { measure, trainOn } from './evaluate.ts'
import { judge } from './guard.ts'
import { indexesWhen, indexModel } from './index-version.ts'
import { trainJob } from './schemas.ts'
import { snapshot, splitSnapshot } from './snapshot.ts'

/**
 * Trains on the earlier events and evaluates on the latest; then trains on all of them and saves that. It goes into service, with its
 * indexes, unless a guard is set and the figures fall below the version there. Where the method has vectors they are turned onto those in
 * service.
 */
export async function trainVersion(context: JobContext): Promise<unknown> {
  const { guard, test, weights, days, index, ...recipe } = trainJob.parse({
    kind: 'train',
    ...(context.config as object),
  })
  const { interactions, upTo, count } = await snapshot(context, { weights, days })
  const split = splitSnapshot(interactions, test, recipe.seed)
  const { metrics, intervals, verdict } = await evaluate()
  const trained = await trainOn(context, { train: interactions }, recipe)
  const { model: turned, aligned } = await alignWithService(context.workspace, context.model, trained)
  using model = turned
  const promoted = verdict?.passed ?? true
  const { users, items, matrix } = interactions
  const names = indexesWhen(model, index)
  context.onProgress({ phase: 'save', done: 0, of: 1, unit: 'versions' })
  const saved = await saveRecommender(context.workspace, context.model, model, {
    metrics,
    // With indexes to build, it waits for them: the version before answers faster than a large one without.
    inService: promoted && names.length === 0,
    aligned,
    data: {
      events: { upTo, count },
      users: users.size,
      items: items.size,
      interactions: matrix.nnz,
      test,
      weights: weights ?? {},
      ...(days === undefined ? {} : { days }),
      intervals,
      guard: verdict,
    },
  })
  const indexes = await indexModel(context, model, saved.version, names)
  if (promoted && names.length > 0) await context.workspace.rollback(context.model, saved.version)
  await forgetOldErasures(context)
  const result = { version: saved.version, promoted, metrics, intervals, indexes, guard: verdict, upTo }
  return { ...result, aligned: aligned?.record ?? null, warnings: split.warnings }

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
