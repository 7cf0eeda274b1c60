/**
 * homophily: from a file of interactions to evaluated, saved recommendations.
 *
 * Everything most programs need is exported here; `homophily/tensor` has the matrices, gradients and optimisers below it.
 */
export { HomophilyError, type ErrorCode } from './errors.ts'
export { Random } from './random.ts'
export { type Interactions, interactionsFrom, describeInteractions } from './data/interactions.ts'
export { readInteractions } from './data/read.ts'
export { alignAttributes, type Attributes, attributesFrom, type FieldSpec } from './data/attributes.ts'
export { readAttributes } from './data/read-attributes.ts'
export { readTable } from './data/read-table.ts'
export { type Cell, Table, tableFrom } from './data/table.ts'
export {
  describePlan,
  type FeaturePlan,
  fitFeatures,
  type FitOptions,
  parsePlan,
} from './data/features/plan.ts'
export { applyFeatures, type Features } from './data/features/apply.ts'
export { type FeatureSpec, parseFeature } from './data/features/spec.ts'
export { readMatrix } from './data/read-matrix.ts'
export { readEdges } from './data/read-edges.ts'
export { readLabels } from './data/read-labels.ts'
export { kCore } from './data/filter.ts'
export { splitDefault, splitGiven, splitGlobalTime, splitLeaveLastOut, splitRatio } from './data/split.ts'
export { sampleMarketplace } from './data/sample.ts'
export { Vocabulary } from './data/vocabulary.ts'
export { recommenders } from './models/recommend/index.ts'
export type { AnswerOptions, Ranked } from './models/answers.ts'
export { FittedRecommender, type RecommendOptions } from './models/recommend/family/fitted.ts'
export { estimateTraining, trainRecommender, type TrainOptions } from './evaluate/train-recommender.ts'
export { evaluateRecommender, type EvaluateOptions } from './evaluate/evaluate-recommender.ts'
export type { RankingResult } from './evaluate/ranking.ts'
export { compareModels } from './evaluate/compare.ts'
export { summarizeSeeds } from './evaluate/seeds.ts'
export { reportJson, reportMarkdown, reportText } from './evaluate/report.ts'
export { openWorkspace, Workspace } from './workspace/workspace.ts'
export { loadRecommender, resumeTraining, saveRecommender, snapshotKeeper } from './workspace/recommenders.ts'
export { describeBackend } from './kernels/index.ts'
export type { Progress } from './train/run.ts'
export { embedders } from './models/embed/index.ts'
export { FittedEmbedding, type Query, type RecommendFromOptions } from './models/embed/family/fitted.ts'
export type { Recent } from './models/embed/family/profile.ts'
export { estimateEmbedding, trainEmbedding, type TrainEmbeddingOptions } from './evaluate/train-embedding.ts'
export { exportEmbedding, importEmbedding, loadEmbedding, saveEmbedding } from './workspace/embedders.ts'
export { readVectors, type VectorFormat, type Vectors, writeVectors } from './workspace/vectors/index.ts'
export { maximalMarginalRelevance } from './nn/mmr.ts'
export { type PastEvent, unseenCategories, valuesOf } from './retrieval/unseen-categories.ts'
