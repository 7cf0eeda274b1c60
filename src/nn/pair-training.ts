/**
 * Learns embeddings of users and items from pairs: what MF-BPR and LightGCN share. They differ in how the embeddings of a
 * batch come from the parameters, which is the `represent` they bring.
 */
import { z } from 'zod'
import { type NegativeSampler, popularityNegatives, uniformNegatives } from '../graph/negatives.ts'
import { heap } from '../kernels/heap.ts'
import type { Random } from '../random.ts'
import { add, scale } from '../tensor/elementwise.ts'
import { Matrix } from '../tensor/matrix.ts'
import { adam } from '../tensor/optimiser.ts'
import { gather, normalizeRows, rowDot } from '../tensor/rowwise.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { valueAndGrad } from '../tensor/tape.ts'
import { type EpochsResult, trainEpochs } from '../train/epochs.ts'
import { type Job, pace, type Snapshot } from '../train/run.ts'
import { BatchNodes, type PairBatch, pairBatches } from './pair-batches.ts'
import { batchPenalty, bprLoss, sampledSoftmaxLoss } from './ranking-losses.ts'

/** Where methods differ in what suits them. */
export interface PairDefaults {
  readonly batch: number
  /** Items from which the hardest negative is taken. */
  readonly pool: number
  readonly rate: number
  readonly l2: number
  readonly epochs: number
}

/** Settings of pairwise training, for the schemas of the methods that use it. */
export const pairSettings = (defaults: PairDefaults) => ({
  dim: z.int().positive().default(64).describe('Embedding size.'),
  loss: z
    .enum(['bpr', 'softmax'])
    .default('bpr')
    .describe('Pairwise ranking, or softmax over sampled negatives.'),
  negatives: z
    .enum(['uniform', 'popularity', 'hard'])
    .default('hard')
    .describe('How negatives are sampled; hard takes the best-scored of a pool.'),
  popularityPower: z.number().nonnegative().default(0.75).describe('Exponent of popularity sampling.'),
  pool: z.int().positive().default(defaults.pool).describe('Pool size of hard negatives.'),
  softmaxNegatives: z
    .int()
    .positive()
    .default(1024)
    .describe('Negatives shared by a batch under the softmax loss.'),
  similarity: z
    .enum(['dot', 'cosine'])
    .default('dot')
    .describe('What the softmax loss compares; answers are dot products of what it learns.'),
  temperature: z
    .number()
    .positive()
    .default(1)
    .describe('Temperature of the softmax loss; about 0.1 on cosines.'),
  sampling: z
    .enum(['interaction', 'user'])
    .default('interaction')
    .describe('Positives: every interaction once, or a random item of a random user.'),
  batch: z.int().positive().default(defaults.batch).describe('Pairs per step.'),
  rate: z.number().positive().default(defaults.rate).describe('Learning rate of Adam.'),
  l2: z
    .number()
    .nonnegative()
    .default(defaults.l2)
    .describe('L2 penalty on the embeddings of the batch, each as often as it occurs.'),
  initialDeviation: z
    .number()
    .positive()
    .default(0.1)
    .describe('Standard deviation of the initial embeddings.'),
  epochs: z.int().positive().default(defaults.epochs).describe('Most epochs.'),
  validateEvery: z
    .int()
    .positive()
    .default(5)
    .describe('Epochs between two validations, where there is a validation split.'),
  patience: z.int().positive().default(5).describe('Validations without a new best before stopping.'),
})

export type PairSettings = z.output<z.ZodObject<ReturnType<typeof pairSettings>>>

export interface PairTraining {
  readonly interactions: Sparse
  readonly settings: PairSettings
  readonly rng: Random
  readonly resume: Snapshot | null
  /** The row of E of each node, users first, items after them. */
  readonly rowOf: Int32Array
  /** Embeddings of `rows` of E, from the parameters E. */
  represent(e: Matrix<'node', 'latent'>, rows: Int32Array): Matrix<'node', 'latent'>
  validate: ((e: Matrix<'node', 'latent'>) => Job<number>) | null
}

/** E: (users + items) × dim. Negative scores of a pool are compared without gradient; the hardest is learned from. */
export function* trainPairs(
  training: PairTraining,
): Job<{ e: Matrix<'node', 'latent'>; result: EpochsResult }> {
  const { interactions, settings, rng, validate } = training
  const users = interactions.rows
  const e = normalMatrix(
    users + interactions.cols,
    settings.dim,
    settings.initialDeviation,
    rng.stream('init'),
  )
  const optimiser = adam(e, { rate: settings.rate })
  const nodes = new BatchNodes(training.rowOf)
  const negative: NegativeSampler =
    settings.negatives === 'popularity'
      ? popularityNegatives(interactions, settings.popularityPower)
      : uniformNegatives(interactions)
  const pool = settings.loss === 'softmax' ? 0 : settings.negatives === 'hard' ? settings.pool : 1
  const due = pace()

  const result = yield* trainEpochs({
    epochs: settings.epochs,
    state: { e: e.data, ...optimiser.state.arrays },
    counter: optimiser.state,
    model: ['e'],
    validate: validate && (() => validate(e)),
    validateEvery: settings.validateEvery,
    patience: settings.patience,
    resume: training.resume,
    *epoch(epoch) {
      const stream = rng.stream('epoch', epoch)
      const shared = stream.stream('softmax')
      let total = 0
      let pairs = 0
      for (const batch of pairBatches(interactions, { ...settings, negative, pool }, stream)) {
        total +=
          batch.users.length *
          heap.scope(() => {
            const prepared = prepare(batch, nodes, users, settings, negative, shared)
            const { value, grads } = valueAndGrad((p) => batchLoss(p, prepared, training), e)
            optimiser.step(grads)
            return value
          })
        pairs += batch.users.length
        if (due()) yield pairs / interactions.nnz
      }
      return pairs > 0 ? total / pairs : 0
    },
  })
  return { e, result }
}

/** A batch with its nodes numbered: local places into `rows`. */
interface Prepared {
  readonly rows: Int32Array
  readonly users: Int32Array
  readonly positives: Int32Array
  readonly negatives: Int32Array
}

function prepare(
  batch: PairBatch,
  nodes: BatchNodes,
  offset: number,
  settings: PairSettings,
  negative: NegativeSampler,
  rng: Random,
): Prepared {
  nodes.clear()
  const users = nodes.local(batch.users, 0, heap.i32(batch.users.length))
  const positives = nodes.local(batch.positives, offset, heap.i32(batch.positives.length))
  const ids =
    settings.loss === 'softmax'
      ? sharedNegatives(batch, settings.softmaxNegatives, negative, rng)
      : batch.negatives
  const negatives = nodes.local(ids, offset, heap.i32(ids.length))
  return { rows: heap.place(Int32Array.from(nodes.rows)), users, positives, negatives }
}

/** Negatives for a whole batch: each is none of the items of one random user of the batch. */
function sharedNegatives(
  batch: PairBatch,
  count: number,
  negative: NegativeSampler,
  rng: Random,
): Int32Array {
  return Int32Array.from({ length: count }, () =>
    negative(batch.users[rng.int(batch.users.length)], rng),
  ).filter((i) => i >= 0)
}

function batchLoss(
  e: Matrix<'node', 'latent'>,
  batch: Prepared,
  { settings, represent }: PairTraining,
): Matrix {
  const size = batch.users.length
  const final = represent(e, batch.rows)
  const u = gather(final, batch.users) as Matrix<'batch', 'latent'>
  const i = gather(final, batch.positives) as Matrix<'batch', 'latent'>
  const penalty = (negatives: Int32Array): Matrix => {
    const counts = occurrences(batch.rows.length, [batch.users, batch.positives, negatives])
    return scale(batchPenalty(gather(e, batch.rows), counts, size), settings.l2)
  }
  if (settings.loss === 'softmax') {
    const j = gather(final, batch.negatives) as Matrix<'negative', 'latent'>
    const [x, y, z] =
      settings.similarity === 'cosine' ? [normalizeRows(u), normalizeRows(i), normalizeRows(j)] : [u, i, j]
    return add(sampledSoftmaxLoss(x, y, z, settings.temperature), penalty(batch.negatives))
  }
  const chosen = settings.negatives === 'hard' ? hardest(final, batch, settings.pool) : batch.negatives
  const j = gather(final, chosen) as Matrix<'batch', 'latent'>
  return add(bprLoss(rowDot(u, i), rowDot(u, j)), penalty(chosen))
}

/** How often each of the first `rows` places occurs: rows × 1. */
function occurrences(rows: number, lists: readonly Int32Array[]): Matrix {
  const counts = Matrix.zeros(rows, 1)
  for (const list of lists) for (const place of list) counts.data[place] += 1
  return counts
}

/** Of each user's pool of negatives, the one with the highest score now. */
function hardest(final: Matrix, batch: Prepared, pool: number): Int32Array {
  const d = final.cols
  const out = heap.i32(batch.users.length)
  for (let b = 0; b < out.length; b++) {
    let best = -Infinity
    for (let k = b * pool; k < (b + 1) * pool; k++) {
      const at = batch.negatives[k]
      let score = 0
      for (let c = 0; c < d; c++) score += final.data[batch.users[b] * d + c] * final.data[at * d + c]
      if (score > best) {
        best = score
        out[b] = at
      }
    }
  }
  return out
}

function normalMatrix(rows: number, cols: number, deviation: number, rng: Random): Matrix<'node', 'latent'> {
  const m = Matrix.zeros<'node', 'latent'>(rows, cols)
  for (let i = 0; i < m.data.length; i++) m.data[i] = deviation * rng.normal()
  return m
}
