/** The family of recommenders. A new method is one file and one line here. */
import { fail } from '../../errors.ts'
import type { RecommenderDefinition } from './family/definition.ts'
import { ease } from './ease.ts'
import { fastLightGCN } from './fast-lightgcn.ts'
import { gfCF } from './gf-cf.ts'
import { itemKNN } from './item-knn.ts'
import { lightGCN } from './lightgcn.ts'
import { mfBPR } from './mf-bpr.ts'
import { popularity } from './popularity.ts'

export const recommenders: readonly RecommenderDefinition[] = [
  popularity,
  itemKNN,
  ease,
  gfCF,
  mfBPR,
  lightGCN,
  fastLightGCN,
]

/** The method of this name; an unknown one is an error that lists the nearest. */
export function findRecommender(name: string): RecommenderDefinition {
  const found = recommenders.find((r) => r.name === name)
  if (!found) throw fail('UNKNOWN_NAME', { kind: 'method', name, known: recommenders.map((r) => r.name) })
  return found
}
