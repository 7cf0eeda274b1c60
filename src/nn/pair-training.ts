/**
 * Learns embeddings of users and items from pairs: what MF-BPR and LightGCN share. They differ in how the embeddings of a
 * batch come from the parameters, which is the `represent` they bring.
 */
import { type NegativeSampler, popularityNegatives, uniformNegatives } from '../graph/negatives.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Random } from '../random.ts'
import { add, scale } from '../tensor/elementwise.ts'
import { Matrix } from '../tensor/matrix.ts'
import { adam } from '../tensor/optimiser.ts'
import { gather, rowDot } from '../tensor/rowwise.ts'
import { constant, cosine } from '../tensor/schedule.ts'
import type { Sparse } from '../tensor/sparse.ts'
import { valueAndGrad } from '../tensor/tape.ts'
import { type EpochsResult, trainEpochs } from '../train/epochs.ts'
import { type Job, pace, type Snapshot } from '../train/run.ts'
import { blockSoftmaxLoss } from './block-softmax.ts'
import type { EdgeMask } from './edge-folds.ts'
import { BatchNodes, type PairBatch, pairBatches } from './pair-batches.ts'
import type { PairSettings } from './pair-settings.ts'
import { batchPenalty, bprLoss } from './ranking-losses.ts'
import { scoreStrength, weightedCosines } from './weighted-cosines.ts'

export interface PairTraining {
  readonly interactions: Sparse
  readonly settings: PairSettings
  readonly rng: Random
  readonly resume: Snapshot | null
  /** Where the embeddings of the nodes start, users first, null for normal numbers. */
  readonly start: Matrix<'node', 'latent'> | null
  /** The row of E of each node, users first, items after them. */
  readonly rowOf: Int32Array
  /** Hides the pairs of a batch from what `represent` looks at, null if it may look at them. */
  readonly mask: EdgeMask | null
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
  const e = training.start
    ? moveRows(training.start, training.rowOf)
    : normalMatrix(users + interactions.cols, settings.dim, settings.initialDeviation, rng.stream('init'))
  const optimiser = adam(e, { rate: settings.rate })
  const rate = settings.schedule === 'cosine' ? cosine(settings.rate) : constant(settings.rate)
  const nodes = new BatchNodes(training.rowOf)
  const strength = moveRows(scoreStrength(interactions, settings.itemPower), training.rowOf)
  const negative: NegativeSampler =
    settings.negatives === 'popularity'
      ? popularityNegatives(interactions, settings.popularityPower)
      : uniformNegatives(interactions)
  // The softmax draws its own negatives; one each tells who has any.
  const pool = settings.loss === 'bpr' && settings.negatives === 'hard' ? settings.pool : 1
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
            const prepared = prepare(batch, nodes, strength, users, settings, negative, shared)
            training.mask?.hide(batch.entries)
            const { value, grads } = valueAndGrad((p) => batchLoss(p, prepared, training), e)
            training.mask?.restore()
            optimiser.step(grads, rate((epoch - 1 + pairs / interactions.nnz) / settings.epochs))
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

/** Embeddings whose dot products are the scores that `settings` ask for. e: (users + items) × dim, users first. */
export function answers(
  e: Matrix<'node', 'latent'>,
  interactions: Sparse,
  settings: PairSettings,
): Matrix<'node', 'latent'> {
  if (settings.similarity === 'dot') return e
  return weightedCosines(e, scoreStrength(interactions, settings.itemPower))
}

/** A batch with its nodes numbered: local places into `rows`. */
interface Prepared {
  readonly rows: Int32Array
  readonly users: Int32Array
  readonly positives: Int32Array
  readonly negatives: Int32Array
  /** What multiplies the cosines of each row. */
  readonly strength: Matrix<'node', 'one'>
}

function prepare(
  batch: PairBatch,
  nodes: BatchNodes,
  strength: Matrix<'node', 'one'>,
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
  const rows = heap.place(Int32Array.from(nodes.rows))
  return { rows, users, positives, negatives, strength: gather(strength, rows) as typeof strength }
}

/** Negatives for a whole batch: each is none of the items of one random user of the batch. */
function sharedNegatives(
  batch: PairBatch,
  count: number,
  negative: NegativeSampler,
  rng: Random,
): Int32Array {
  return Int32Array.from({ length: count }, () => negative(batch.users[rng.int(batch.users.length)], rng))
}

function batchLoss(
  e: Matrix<'node', 'latent'>,
  batch: Prepared,
  { interactions, settings, represent }: PairTraining,
): Matrix {
  const learned = represent(e, batch.rows)
  const final = settings.similarity === 'cosine' ? weightedCosines(learned, batch.strength) : learned
  if (settings.loss === 'softmax')
    return add(softmaxLoss(final, batch, interactions.cols, settings), penalty(batch.negatives))
  const chosen = settings.negatives === 'hard' ? hardest(final, batch, settings.pool) : batch.negatives
  const [u, i, j] = [batch.users, batch.positives, chosen].map((list) => gather(final, list))
  return add(bprLoss(rowDot(u, i), rowDot(u, j)), penalty(chosen))

  function penalty(negatives: Int32Array): Matrix {
    const counts = occurrences(batch.rows.length, [batch.users, batch.positives, negatives])
    return scale(batchPenalty(gather(e, batch.rows), counts, batch.users.length), settings.l2)
  }
}

/** Pairs whose scores with the negatives are computed at a time, so that they stay in the caches. */
const BLOCK = 256

/**
 * Sampled softmax with negatives shared by the batch (https://arxiv.org/abs/2201.02327). Together they stand for all items, as
 * uniform samples that estimate the whole softmax do.
 */
function softmaxLoss(
  final: Matrix,
  batch: Prepared,
  catalogue: number,
  { temperature }: PairSettings,
): Matrix {
  const count = batch.negatives.length
  const blocks = Math.ceil(batch.users.length / BLOCK)
  const negatives = heap.i32(blocks * count)
  for (let b = 0; b < blocks; b++) negatives.set(batch.negatives, b * count)
  const weights = heap.scratchF32(batch.users.length).fill(1)
  const [users, items] = [batch.users, batch.positives]
  return blockSoftmaxLoss(
    final,
    { users, items, weights, negatives, block: BLOCK, count, each: catalogue / count },
    temperature,
  )
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

/** Row v of m at row rowOf[v]. */
function moveRows<C extends string>(m: Matrix<'node', C>, rowOf: Int32Array): Matrix<'node', C> {
  const out = Matrix.zeros<'node', C>(m.rows, m.cols)
  kernels().scatterAddRows(m.data, m.cols, heap.place(rowOf), out.data)
  return out
}
