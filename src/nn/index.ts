/** `homophily/nn`: what deep clustering methods are composed of. See docs/clustering-grammar.md. */
export { createDense, createStack, dense, type Dense, stack, stackStates } from './layers/dense.ts'
export { fanIn, glorot } from './layers/initial.ts'
export { batchNorm, type BatchNorm, type BatchStatistics, createBatchNorm } from './layers/batch-norm.ts'
export { convolve, createConvolutions, graphConvolution } from './layers/graph-convolution.ts'
export { attend, type Attention, createAttention, type Neighbours } from './layers/graph-attention.ts'
export { type Autoencoder, createAutoencoder, encodeAll, encodeRows } from './networks/autoencoder.ts'
export {
  encodeVariational,
  reparameterise,
  type Variational,
  variationalFrom,
} from './networks/variational.ts'
export { createGraphEncoder, encodeGraph, type GraphEncoder } from './networks/graph-autoencoder.ts'
export { deliver, type Dual, dualForward } from './networks/dual.ts'
export { bernoulliError, meanSquaredError } from './terms/reconstruction.ts'
export { decodedError } from './terms/linear-reconstruction.ts'
export { klDivergence } from './terms/cross-entropy.ts'
export { linkReconstruction } from './terms/link-reconstruction.ts'
export { mixtureLogits, mixturePrior, type MixturePrior, standardPrior } from './terms/priors.ts'
export {
  argmaxRows,
  ownTarget,
  SelfTrainingHead,
  type Soft,
  studentAssignment,
  studentLogits,
  targetDistribution,
} from './heads/self-training.ts'
export { type Assigned, assigner, type Assigner, assigners } from './heads/assigners.ts'
export {
  descend,
  learned,
  type Losses,
  type Objective,
  type Step,
  type Term,
  type Weight,
} from './training/objective.ts'
export {
  type Batches,
  fullBatch,
  minibatches,
  type Phase,
  type PhaseResult,
  runPhase,
} from './training/phase.ts'
export { autoencoderSettings, corrupt, pretrain, type Pretrained } from './training/pretraining.ts'
export { sliceRows, takeRows, times, withTranspose } from './rows.ts'
export { umap, type UmapOptions } from './projection/umap.ts'
export { principalComponents } from './projection/principal.ts'
