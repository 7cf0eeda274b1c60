/**
 * The job that compares versions of the model in service on one split of the events: the settings of each are trained on the earlier
 * events and evaluated on the latest, since the versions themselves have seen these.
 */
import { compareModels } from '../evaluate/compare.ts'
import { evaluateRecommender } from '../evaluate/evaluate-recommender.ts'
import { fail } from '../errors.ts'
import { Random } from '../random.ts'
import type { JobContext } from './context.ts'
import { trainOn } from './evaluate.ts'
import { compareJob } from './schemas.ts'
import { snapshot, splitSnapshot } from './snapshot.ts'

export async function compareVersions(context: JobContext): Promise<unknown> {
  const { versions, test, seed, metric, weights } = compareJob.parse({
    kind: 'compare',
    ...(context.config as object),
  })
  const { workspace, model, signal, onProgress } = context
  const inService = await workspace.currentVersion(model)
  const wanted = [...new Set(versions)]
  // Before any training: a version that is not there is told at once.
  const recipes = await Promise.all(
    wanted.map(async (version) => {
      const { method, config, seed } = await workspace.loadModel(model, version)
      return { version, method, config, seed }
    }),
  )
  const { interactions, upTo } = await snapshot(context, weights)
  const split = splitSnapshot(interactions, test, seed)
  if (!split.test) {
    throw fail('EMPTY', {
      what: 'there are too few events to keep any for a test',
      todo: 'Store more of them, or raise the share for the test.',
    })
  }
  const runs = []
  for (const recipe of recipes) {
    const started = performance.now()
    using fitted = await trainOn(context, split, recipe)
    const seconds = (performance.now() - started) / 1000
    const result = await evaluateRecommender(fitted, split.test, { signal, onProgress })
    runs.push({ name: String(recipe.version), result, seconds })
  }
  const baseline = wanted.find((version) => version === inService) ?? wanted[0]
  const { rows, counts, rules } = compareModels(runs, {
    baseline: String(baseline),
    metric,
    rng: new Random(seed),
  })
  return {
    metric,
    baseline,
    upTo,
    users: counts.evaluated,
    rules,
    warnings: split.warnings,
    rows: rows.map(({ name, seconds, means, interval, difference }, at) => ({
      version: Number(name),
      method: recipes[at].method,
      seconds,
      means,
      interval,
      difference,
    })),
  }
}
