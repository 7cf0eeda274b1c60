/** A model of any family. */
import { FittedEmbedding } from '../models/embed/family/fitted.ts'
import type { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { restoreEmbedding } from './embedders.ts'
import { familyOf } from './families.ts'
import { restoreRecommender } from './recommenders.ts'
import type { Workspace } from './workspace.ts'

/** Loads a recommender or an embedding; another family is the error that a recommender was expected. */
export async function loadAnswering(
  workspace: Workspace,
  name: string,
  version?: number,
): Promise<FittedRecommender | FittedEmbedding> {
  const model = await workspace.loadModel(name, version)
  return familyOf(model.metadata) === 'embed' ? restoreEmbedding(model) : restoreRecommender(model)
}

export function isEmbedding(model: FittedRecommender | FittedEmbedding): model is FittedEmbedding {
  return model instanceof FittedEmbedding
}
