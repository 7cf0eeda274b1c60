/** The settings of methods that learn from pairs of users and items: see pair-training.ts. */
import { z } from 'zod'

const LOSSES = ['bpr', 'softmax'] as const
const SAMPLERS = ['uniform', 'popularity', 'hard'] as const
const SIMILARITIES = ['dot', 'cosine'] as const
const SCHEDULES = ['constant', 'cosine'] as const

/** Where methods differ in what suits them. */
export interface PairDefaults {
  readonly loss: (typeof LOSSES)[number]
  readonly negatives: (typeof SAMPLERS)[number]
  readonly similarity: (typeof SIMILARITIES)[number]
  readonly temperature: number
  readonly itemPower: number
  readonly batch: number
  readonly rate: number
  readonly schedule: (typeof SCHEDULES)[number]
  readonly l2: number
  readonly epochs: number
  readonly validateEvery: number
}

/** Settings of pairwise training, for the schemas of the methods that use it. */
export const pairSettings = (defaults: PairDefaults) => ({
  dim: z.int().positive().default(64).describe('Embedding size.'),
  loss: z
    .enum(LOSSES)
    .default(defaults.loss)
    .describe('Pairwise ranking, or softmax over sampled negatives.'),
  negatives: z
    .enum(SAMPLERS)
    .default(defaults.negatives)
    .describe(
      'How negatives are sampled; hard takes the best-scored of a pool (pairwise ranking only; the softmax then draws uniformly).',
    ),
  popularityPower: z.number().nonnegative().default(0.75).describe('Exponent of popularity sampling.'),
  pool: z.int().positive().default(16).describe('Pool size of hard negatives.'),
  softmaxNegatives: z
    .int()
    .positive()
    .default(512)
    .describe('Negatives shared by a batch under the softmax loss.'),
  similarity: z
    .enum(SIMILARITIES)
    .default(defaults.similarity)
    .describe('What scores are made of: dot products of embeddings, or their cosines.'),
  itemPower: z
    .number()
    .nonnegative()
    .default(defaults.itemPower)
    .describe('Exponent of the item degree, which multiplies cosines.'),
  temperature: z
    .number()
    .positive()
    .default(defaults.temperature)
    .describe('Temperature of the softmax loss; about 0.1 on cosines.'),
  sampling: z
    .enum(['interaction', 'user'])
    .default('interaction')
    .describe('Positives: every interaction once, or a random item of a random user.'),
  batch: z.int().positive().default(defaults.batch).describe('Pairs per step.'),
  rate: z.number().positive().default(defaults.rate).describe('Learning rate of Adam.'),
  schedule: z
    .enum(SCHEDULES)
    .default(defaults.schedule)
    .describe('Whether the learning rate stays or falls to zero along a cosine.'),
  l2: z
    .number()
    .nonnegative()
    .default(defaults.l2)
    .describe('L2 penalty on the embeddings of the batch, each as often as it occurs.'),
  initialDeviation: z
    .number()
    .positive()
    .default(0.1)
    .describe('Standard deviation of embeddings that start at random.'),
  epochs: z.int().positive().default(defaults.epochs).describe('Most epochs.'),
  validateEvery: z
    .int()
    .positive()
    .default(defaults.validateEvery)
    .describe('Epochs between two validations, where there is a validation split.'),
  patience: z.int().positive().default(5).describe('Validations without a new best before stopping.'),
})

export type PairSettings = z.output<z.ZodObject<ReturnType<typeof pairSettings>>>
