/** The job that builds the indexes of nearest neighbours of a version. */
import { fail } from '../errors.ts'
import type { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { Random } from '../random.ts'
import { buildIndexes, type IndexFacts, indexesFor, type IndexName } from '../retrieval/neighbours/indexes.ts'
import { run } from '../train/run.ts'
import { loadRecommender } from '../workspace/recommenders.ts'
import type { JobContext } from './context.ts'
import { indexJob, type IndexWhen } from './schemas.ts'

export async function indexVersion(context: JobContext): Promise<unknown> {
  const { version, when } = indexJob.parse({ kind: 'index', ...(context.config as object) })
  const number = version ?? (await context.workspace.currentVersion(context.model))
  if (number === undefined) {
    throw fail('MISSING', {
      what: 'there is no version in service to index',
      todo: 'Train one, or name one.',
    })
  }
  using model = await loadRecommender(context.workspace, context.model, number)
  return { version: number, indexes: await indexModel(context, model, number, indexesWhen(model, when)) }
}

/** Which indexes a model gets. */
export function indexesWhen(model: FittedRecommender, when: IndexWhen): IndexName[] {
  if (when === 'never') return []
  return when === 'always' ? indexesFor(model, 0) : indexesFor(model)
}

/** Builds these indexes for a version that is saved. */
export async function indexModel(
  { workspace, model: name, signal, onProgress }: JobContext,
  model: FittedRecommender,
  version: number,
  names: readonly IndexName[],
): Promise<IndexFacts[]> {
  if (names.length === 0) return []
  const rng = new Random(model.origin.seed).stream('index')
  const kept = await run(buildIndexes(model, names, rng), { signal, onProgress })
  onProgress({ phase: 'index: save', done: 0, of: names.length, unit: 'indexes' })
  await workspace.saveIndexes(name, version, kept)
  return kept.map(({ facts }) => facts)
}
